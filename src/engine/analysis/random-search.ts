import { type Finding, found, missing } from "./finding.ts";
import { sortedFinite } from "./percentiles.ts";

/**
 * Random search efficiency (Radosavovic et al. 2019, "On Network Design Spaces", arXiv:1905.13214, after Bergstra and
 * Bengio 2012): the error one expects of the best of m networks drawn at random. A space whose curve falls faster needs
 * less search. The papers simulate it; the expectation over a population of n is exact by order statistics.
 */
export interface RandomSearchCurve {
  /** m of every point: 1 … maximum. */
  readonly sizes: readonly number[];
  /** E[min of m errors]. */
  readonly expected: readonly number[];
  /** Standard deviation of the best of m over repeated searches. */
  readonly deviation: readonly number[];
  /** Nine of ten searches end between these: the 5th and the 95th percentile of the best of m. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Networks of the population. */
  readonly n: number;
}

/**
 * `without` replacement is a search among the very networks that were trained, m ≤ n; what the paper does: it splits its
 * pool into about n/m experiments of m models. `with` replacement is a search in a space of which the population is the
 * best estimate; m may exceed n, and the best of the population is only approached.
 */
export type Replacement = "without" | "with";

export interface RandomSearchOptions {
  readonly replacement?: Replacement;
  /** Largest m; left out it is n. Without replacement it is never more than n. */
  readonly maximum?: number;
}

/** E[best of m] for all m from 1. Errors that are not finite take no part. */
export function randomSearchCurve(
  errors: readonly (number | null | undefined)[],
  { replacement = "without", maximum }: RandomSearchOptions = {},
): Finding<RandomSearchCurve> {
  if (errors.length === 0) return missing("no-trials", "No trials to search among.");
  const sorted = sortedFinite(errors);
  const n = sorted.length;
  if (n === 0) return missing("none-finished", "No trial has an error yet.");
  const wanted = Math.max(1, Math.floor(maximum ?? n));
  const last = replacement === "without" ? Math.min(n, wanted) : wanted;
  const sizes = Array.from({ length: last }, (_, i) => i + 1);
  const points = sizes.map((m) => bestOf(sorted, m, replacement));
  return found({
    sizes,
    expected: points.map(({ mean }) => mean),
    deviation: points.map(({ deviation }) => deviation),
    low: points.map(({ low }) => low),
    high: points.map(({ high }) => high),
    n,
  });
}

/** E[best of m]; NaN-free: m is at least 1 and, without replacement, at most n. */
export function expectedBest(
  errors: readonly (number | null | undefined)[],
  m: number,
  replacement: Replacement = "without",
): Finding<number> {
  const sorted = sortedFinite(errors);
  if (sorted.length === 0)
    return errors.length === 0
      ? missing("no-trials", "No trials to search among.")
      : missing("none-finished", "No trial has an error yet.");
  if (replacement === "without" && m > sorted.length)
    return missing("too-few", `The best of ${m} needs ${m} trials; there are ${sorted.length}.`);
  return found(bestOf(sorted, Math.max(1, Math.floor(m)), replacement).mean);
}

/**
 * The best of m is the i-th smallest error (i from 0) where no smaller one is drawn: P(best is at rank ≥ i) is
 * ((n − i)/n)^m with replacement and C(n − i, m)/C(n, m) without. Summed by parts around the smallest error, so that
 * nearly equal errors lose no digits: E = e_0 + Σ P(rank ≥ i)·(e_i − e_{i−1}).
 */
function bestOf(sorted: Float64Array, m: number, replacement: Replacement) {
  const n = sorted.length;
  const least = sorted[0]!;
  let survival = 1;
  let mean = 0;
  let square = 0;
  let [low, high] = [least, least];
  for (let i = 1; i < n; i++) {
    // C(n−i, m)/C(n−i+1, m) = (n − i + 1 − m)/(n − i + 1).
    survival =
      replacement === "with" ? ((n - i) / n) ** m : (survival * Math.max(0, n - i + 1 - m)) / (n - i + 1);
    if (survival === 0) break;
    // A quantile q is the smallest error whose cumulative probability, 1 − survival of the next, reaches q.
    if (survival > 0.95 + 1e-12) low = sorted[i]!;
    if (survival > 0.05 + 1e-12) high = sorted[i]!;
    const [from, to] = [sorted[i - 1]! - least, sorted[i]! - least];
    mean += survival * (to - from);
    square += survival * (to * to - from * from);
  }
  return { mean: least + mean, deviation: Math.sqrt(Math.max(0, square - mean * mean)), low, high };
}
