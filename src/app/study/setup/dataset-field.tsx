import { NativeSelect, UnstyledButton } from "@mantine/core";
import { useEffect } from "react";
import { datasets as catalogue } from "../../../engine/data/catalogue.ts";
import type { Regime } from "../../../engine/training/regime.ts";
import { useDatasets } from "../../datasets/state/context.tsx";
import { factsOf, presenceOf, titleOf } from "../../datasets/state/datasets-store.ts";
import { fittedTo } from "../../datasets/state/fitted.ts";
import styles from "./setup.module.css";

/** What a study trains on; beside it the way to all data sets, and to one that is missing. */
export function DatasetField({
  regime,
  error,
  onChange,
}: {
  readonly regime: Regime;
  readonly error: string | undefined;
  readonly onChange: (change: Partial<Regime>) => void;
}) {
  const value = regime.dataset;
  const state = useDatasets((all) => all);
  const { ask, show } = state;
  useEffect(() => void ask(value), [ask, value]);
  const own = state.kept.map(({ manifest }) => manifest.name).filter((name) => name.startsWith("own:"));
  const names = [...catalogue.map(({ name }) => name), ...own];
  const absent = presenceOf(state, value) === "absent";
  const label = (name: string) => {
    const facts = factsOf(state, name);
    return facts === undefined ? name : `${facts.title}, ${facts.shape[0]}×${facts.shape[1]}`;
  };
  return (
    <>
      <NativeSelect
        label="Data"
        data={[...new Set([...names, value])].map((name) => ({ value: name, label: label(name) }))}
        value={value}
        error={error ?? (absent ? `${titleOf(state, value)} is not here yet` : undefined)}
        onChange={(event) => onChange(fittedTo(state, event.currentTarget.value, regime))}
        classNames={{
          root: styles.field,
          label: styles.fieldLabel,
          wrapper: styles.fieldBox,
          error: styles.fieldError,
        }}
      />
      <UnstyledButton className={styles.textButton} onClick={() => show(value)}>
        {absent ? "Add it: data sets …" : "Data sets …"}
      </UnstyledButton>
    </>
  );
}
