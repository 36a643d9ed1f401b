/**
 * What a statistic gives: a value, or why there is none. Populations are often too small, unfinished or all alike; a
 * reason that can be shown is worth more than a NaN that spreads.
 */
export type Finding<T> = Found<T> | Missing;

export interface Found<T> {
  readonly found: true;
  readonly value: T;
}

export interface Missing {
  readonly found: false;
  readonly reason: MissingReason;
  /** One sentence for people: what is missing and what would help. */
  readonly message: string;
}

/**
 * - `no-trials`: nothing was selected
 * - `none-finished`: trials, but none has an error yet
 * - `only-diverged`: every trial that counts diverged, so its error is 1 by definition
 * - `no-values`: trials, but none has a finite value of the metric asked for
 * - `too-few`: some, but not enough for this statistic
 * - `all-equal`: no variation to explain or to order
 */
export type MissingReason =
  | "no-trials"
  | "none-finished"
  | "only-diverged"
  | "no-values"
  | "too-few"
  | "all-equal";

export function found<T>(value: T): Found<T> {
  return { found: true, value };
}

export function missing(reason: MissingReason, message: string): Missing {
  return { found: false, reason, message };
}

/** The value, or undefined: for charts that draw nothing where there is nothing. */
export function valueIfFound<T>(finding: Finding<T>): T | undefined {
  return finding.found ? finding.value : undefined;
}
