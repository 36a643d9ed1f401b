import { Input } from "@mantine/core";
import { type KeyboardEvent, useState } from "react";
import type { Refused } from "../state/explore-store.ts";
import styles from "./knobs.module.css";

export interface ValueFieldProps {
  readonly label: string;
  readonly value: number;
  readonly decimals: number;
  readonly refused: Refused | undefined;
  /** Id of the text that says why a value is refused. */
  readonly errorId: string;
  readonly onChange: (value: number) => void;
}

/**
 * A number as text: what is typed counts at once where it is legal. A refused value stays in the field beside its reason
 * until another one is entered.
 */
export function ValueField({ label, value, decimals, refused, errorId, onChange }: ValueFieldProps) {
  const [typed, setTyped] = useState<string>();
  const settled = refused === undefined ? valueText(value, decimals) : String(refused.value);
  const leave = () => setTyped(undefined);
  const keys = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") leave();
    if (event.key === "Escape") {
      leave();
      onChange(value);
    }
  };
  return (
    <Input
      size="xs"
      vars={fieldHeight}
      classNames={{ wrapper: styles.fieldBox, input: styles.field }}
      inputMode={decimals === 0 ? "numeric" : "decimal"}
      autoComplete="off"
      aria-label={label}
      aria-invalid={refused !== undefined}
      {...(refused === undefined ? {} : { "aria-describedby": errorId })}
      error={refused !== undefined}
      value={typed ?? settled}
      onChange={(event) => {
        const text = event.currentTarget.value;
        if (!/^[-+.,\deE]*$/.test(text)) return;
        setTyped(text);
        const number = Number(text.replace(",", "."));
        if (text.trim() !== "" && Number.isFinite(number)) onChange(number);
      }}
      onKeyDown={keys}
      onBlur={leave}
    />
  );
}

const fieldHeight = () => ({ wrapper: { "--input-height": "26px" } });

/** 24.480 → "24.48". */
export function valueText(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
