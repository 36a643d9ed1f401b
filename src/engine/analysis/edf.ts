/**
 * Error distribution function of a population (Radosavovic et al. 2019, arXiv:1905.13214, eq. 1):
 * F(e) = share of networks with an error below e, strictly. A curve further to the left is a better population.
 */
export interface Edf {
  /** The errors, ascending; one entry a network, ties included. */
  readonly errors: readonly number[];
  /** Share of networks at or below each of `errors`: (i + 1) / n. Points to draw straight lines between, as pycls does. */
  readonly shares: readonly number[];
}

export function edf(errors: readonly number[]): Edf {
  const sorted = ascending(errors);
  return { errors: sorted, shares: sorted.map((_, i) => (i + 1) / sorted.length) };
}

/** F(e): the share of errors strictly below e. */
export function edfAt(errors: readonly number[], e: number): number {
  let below = 0;
  for (const error of errors) if (error < e) below += 1;
  return below / errors.length;
}

/** The legend of pycls' plots, n | min | mean, and the median. */
export interface ErrorSummary {
  readonly n: number;
  readonly min: number;
  readonly mean: number;
  readonly median: number;
}

/** null for no errors: an empty population has none of these. */
export function summarizeErrors(errors: readonly number[]): ErrorSummary | null {
  const sorted = ascending(errors);
  const n = sorted.length;
  if (n === 0) return null;
  const mean = sorted.reduce((sum, error) => sum + error, 0) / n;
  const median = (sorted[Math.floor((n - 1) / 2)]! + sorted[Math.floor(n / 2)]!) / 2;
  return { n, min: sorted[0]!, mean, median };
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}
