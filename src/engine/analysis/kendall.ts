import { type Finding, found, missing } from "./finding.ts";

/** How far two orders of the same things agree. */
export interface RankCorrelation {
  /** Kendall's τ-b: 1 the same order, 0 unrelated, −1 reversed; ties are taken into account on both sides. */
  readonly tau: number;
  /** Chance of a |τ| at least this large among unrelated orders, by the normal approximation with ties. Two-sided. */
  readonly pValue: number;
  readonly n: number;
}

/**
 * Kendall's τ-b in O(n log n) (Knight 1966): pairs in order of x, then the exchanges that sorting by y takes are the
 * discordant ones. Pairs with a missing or infinite value take no part.
 */
export function kendallTau(
  xs: readonly (number | null | undefined)[],
  ys: readonly (number | null | undefined)[],
): Finding<RankCorrelation> {
  if (xs.length === 0) return missing("no-trials", "No trials to put in order.");
  const pairs: [number, number][] = [];
  xs.forEach((x, i) => {
    const y = ys[i];
    if (isNumber(x) && isNumber(y)) pairs.push([x, y]);
  });
  const n = pairs.length;
  if (n === 0) return missing("no-values", "No trial has both values.");
  if (n < 2) return missing("too-few", "One trial has no order.");
  pairs.sort(([x1, y1], [x2, y2]) => x1 - x2 || y1 - y2);
  const all = (n * (n - 1)) / 2;
  const x = tiesIn(Float64Array.from(pairs, ([value]) => value));
  const both = tiedPairs(pairs);
  const order = Float64Array.from(pairs, ([, value]) => value);
  const discordant = exchanges(order);
  const y = tiesIn(order);
  if (x.pairs === all || y.pairs === all)
    return missing("all-equal", "All values are equal on one side: there is no order to agree with.");
  const difference = all - x.pairs - y.pairs + both - 2 * discordant;
  const tau = difference / Math.sqrt((all - x.pairs) * (all - y.pairs));
  return found({ tau: Math.max(-1, Math.min(1, tau)), pValue: normalP(difference, n, x, y), n });
}

interface Ties {
  /** Σ t(t−1)/2 over runs of t equal values. */
  readonly pairs: number;
  /** Σ t(t−1)(t−2) and Σ t(t−1)(2t+5): what the variance needs. */
  readonly cubic: number;
  readonly variance: number;
}

/** Of sorted values. */
function tiesIn(sorted: Float64Array): Ties {
  let [pairs, cubic, variance] = [0, 0, 0];
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (end < sorted.length && sorted[end] === sorted[start]) end += 1;
    const t = end - start;
    pairs += (t * (t - 1)) / 2;
    cubic += t * (t - 1) * (t - 2);
    variance += t * (t - 1) * (2 * t + 5);
    start = end;
  }
  return { pairs, cubic, variance };
}

function tiedPairs(sorted: readonly (readonly [number, number])[]): number {
  let count = 0;
  let run = 1;
  for (let i = 1; i <= sorted.length; i++) {
    const same =
      i < sorted.length && sorted[i]![0] === sorted[i - 1]![0] && sorted[i]![1] === sorted[i - 1]![1];
    if (same) run += 1;
    else {
      count += (run * (run - 1)) / 2;
      run = 1;
    }
  }
  return count;
}

/** Exchanges that a merge sort makes, in place: pairs i < j with values[i] > values[j]. */
function exchanges(values: Float64Array): number {
  const n = values.length;
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(n);
  let count = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let [i, j] = [start, middle];
      for (let k = start; k < end; k++) {
        if (i < middle && (j >= end || from[i]! <= from[j]!)) to[k] = from[i++]!;
        else {
          count += middle - i;
          to[k] = from[j++]!;
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return count;
}

/** As scipy's asymptotic p: variance of concordant minus discordant pairs under ties. */
function normalP(difference: number, n: number, x: Ties, y: Ties): number {
  const m = n * (n - 1);
  const variance =
    (m * (2 * n + 5) - x.variance - y.variance) / 18 +
    (2 * x.pairs * y.pairs) / m +
    (n > 2 ? (x.cubic * y.cubic) / (9 * m * (n - 2)) : 0);
  if (!(variance > 0)) return 1;
  return Math.min(1, erfc(Math.abs(difference) / Math.sqrt(2 * variance)));
}

/** 1 − erf(x) for x ≥ 0, by its series below 2 and its continued fraction above. */
export function erfc(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let k = 1; k < 60; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k >= 1; k--) fraction = k / 2 / (x + fraction);
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * (x + fraction));
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
