import { RangeSlider } from "@mantine/core";
import { formatSi, formatSiRange } from "../../../charts/format.ts";
import type { Range } from "../../../engine/sweep/quantity.ts";
import type { BudgetKey } from "../../../engine/sweep/study.ts";
import styles from "./setup.module.css";

/** Ends of the sliders: what networks for small images cost, from hardly anything to more than a browser trains. */
export const budgetScales: Readonly<
  Record<
    BudgetKey,
    { readonly label: string; readonly hint: string; readonly min: number; readonly max: number }
  >
> = {
  flops: { label: "FLOPs", hint: "multiply-adds of one image", min: 1e5, max: 1e9 },
  params: { label: "Params", hint: "trained weights and biases", min: 1e3, max: 1e7 },
  acts: { label: "Acts", hint: "output elements of all convolutions", min: 1e3, max: 1e7 },
};

export interface BudgetSliderProps {
  readonly budget: BudgetKey;
  readonly range: Range | undefined;
  readonly color: string;
  readonly population: string;
  readonly onChange: (range: Range | undefined) => void;
}

/** Two ends on a log scale; an end at the slider's own end is open. */
export function BudgetSlider({ budget, range, color, population, onChange }: BudgetSliderProps) {
  const { label, hint, min, max } = budgetScales[budget];
  const lo = Math.log10(min);
  const hi = Math.log10(max);
  const place = (value: number | undefined, open: number) =>
    value === undefined ? open : Math.min(hi, Math.max(lo, Math.log10(Math.max(1, value))));
  const value: [number, number] = [place(range?.min, lo), place(range?.max, hi)];
  const change = ([from, to]: [number, number]) => {
    const next: Range = {
      ...(from <= lo ? {} : { min: niceAmount(10 ** from) }),
      ...(to >= hi ? {} : { max: niceAmount(10 ** to) }),
    };
    onChange(next.min === undefined && next.max === undefined ? undefined : next);
  };

  return (
    <div className={styles.budget}>
      <span className={styles.fieldLabel} title={hint}>
        {label}
      </span>
      <output className={styles.budgetValue}>{rangeText(range)}</output>
      <RangeSlider
        className={styles.slider}
        color={color}
        min={lo}
        max={hi}
        step={0.02}
        minRange={0}
        value={value}
        onChange={change}
        label={null}
        thumbFromLabel={`${population}: least ${label}`}
        thumbToLabel={`${population}: most ${label}`}
        thumbValueText={(exponent) => formatSi(niceAmount(10 ** exponent))}
        thumbSize={16}
      />
    </div>
  );
}

export function rangeText(range: Range | undefined): string {
  if (range?.min !== undefined && range.max !== undefined) return formatSiRange(range.min, range.max);
  if (range?.min !== undefined) return `≥ ${formatSi(range.min)}`;
  if (range?.max !== undefined) return `≤ ${formatSi(range.max)}`;
  return "any";
}

/** Two significant digits: what a slider can be set to on purpose. */
function niceAmount(value: number): number {
  return Math.round(Number(value.toPrecision(2)));
}
