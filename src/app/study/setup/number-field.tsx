import { NumberInput, type NumberInputProps } from "@mantine/core";
import styles from "./setup.module.css";

export interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  readonly width?: number;
  readonly onChange: (value: number) => void;
}

/** Name left, number right. What is typed counts as soon as it is a number; leaving the field brings it into its limits. */
export function NumberField(props: NumberFieldProps) {
  const { label, value, min, max, integer, help, error, width = 92, onChange } = props;
  const change: NumberInputProps["onChange"] = (next) => {
    if (typeof next === "number" && Number.isFinite(next)) onChange(next);
  };
  return (
    <NumberInput
      label={<span title={help}>{label}</span>}
      value={value}
      min={min}
      max={max}
      step={integer ? 1 : value / 10 || 0.01}
      allowDecimal={!integer}
      allowNegative={false}
      decimalScale={integer ? 0 : 6}
      thousandSeparator={integer ? "," : ""}
      clampBehavior="blur"
      error={error}
      onChange={change}
      classNames={{
        root: styles.field,
        label: styles.fieldLabel,
        wrapper: styles.fieldBox,
        error: styles.fieldError,
      }}
      styles={{ wrapper: { width }, input: { textAlign: "right" } }}
      inputMode={integer ? "numeric" : "decimal"}
    />
  );
}
