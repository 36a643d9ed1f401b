import type { BandRow, StepRow } from "./steps.ts";

/** One population's error distribution function, ready to draw. */
export interface EdfCurve {
  readonly id: string;
  readonly label: string;
  /** Any CSS colour; the population's colour everywhere. */
  readonly color: string;
  /** F to the right of each error, errors ascending. Strict: F(x) counts the errors below x. */
  readonly rows: readonly StepRow[];
  readonly band: readonly BandRow[];
  readonly n: number;
  readonly min: number;
  readonly mean: number;
}
