import type { Look } from "../chart-props.ts";
import type { BandRow, StepRow } from "../steps.ts";

/** One population's error distribution function, ready to draw. */
export interface EdfCurve extends Look {
  readonly id: string;
  readonly label: string;
  /** F to the right of each error, errors ascending. Strict: F(x) counts the errors below x. */
  readonly rows: readonly StepRow[];
  readonly band: readonly BandRow[];
  /** The trial of each row; without them selected trials are not marked on the curve. */
  readonly ids?: readonly string[] | undefined;
  readonly n: number;
  readonly min: number;
  readonly mean: number;
}
