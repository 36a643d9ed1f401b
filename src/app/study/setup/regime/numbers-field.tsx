import { TextInput } from "@mantine/core";
import { useState } from "react";
import styles from "../setup.module.css";

export interface NumbersFieldProps {
  readonly label: string;
  readonly values: readonly number[];
  readonly help: string;
  readonly error?: string | undefined;
  readonly onChange: (values: readonly number[]) => void;
}

/** Numbers with commas between them. What is typed counts as soon as all of it is numbers. */
export function NumbersField({ label, values, help, error, onChange }: NumbersFieldProps) {
  const [text, setText] = useState<string>();
  const shown = text ?? values.join(", ");
  const change = (next: string) => {
    setText(next);
    const numbers = next.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    if (numbers.every(Number.isFinite)) onChange(numbers);
  };
  return (
    <TextInput
      label={<span title={help}>{label}</span>}
      value={shown}
      error={error}
      inputMode="decimal"
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={() => setText(undefined)}
      classNames={{
        root: styles.field,
        label: styles.fieldLabel,
        wrapper: styles.fieldBox,
        error: styles.fieldError,
      }}
      styles={{ wrapper: { width: 132 }, input: { textAlign: "right" } }}
    />
  );
}
