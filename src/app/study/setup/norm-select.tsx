import { NativeSelect } from "@mantine/core";
import { type NormChoice, normChoices, normLabel } from "../../../engine/sweep/norm-choice.ts";
import styles from "./setup.module.css";

export interface NormSelectProps {
  readonly population: string;
  readonly value: NormChoice | undefined;
  /** undefined: batch norm, which is what a population has where nothing is said. */
  readonly onChange: (norm: NormChoice | undefined) => void;
}

/** The norm of every network of a population. */
export function NormSelect({ population, value, onChange }: NormSelectProps) {
  return (
    <NativeSelect
      label="Norm"
      aria-label={`${population}: norm`}
      data={normChoices.map((choice) => ({ value: choice, label: normLabel(choice) }))}
      value={value ?? "batch"}
      onChange={(event) => {
        const chosen = event.currentTarget.value as NormChoice;
        onChange(chosen === "batch" ? undefined : chosen);
      }}
      classNames={{ root: styles.field, label: styles.fieldLabel, wrapper: styles.fieldBox }}
    />
  );
}
