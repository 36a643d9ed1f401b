import { createRng } from "../math/rng.ts";
import { drawIndex } from "./draw.ts";

/** Are two populations' errors drawn from one distribution? Labels are exchanged at random. Two-sided. */
export interface PermutationTest {
  /**
   * `rank`: mean rank of a minus mean rank of b, over the pooled errors, which Cliff's δ is half of per pair, so that p and
   * effect speak of the same thing. `mean`: difference of the mean errors, which outliers can carry.
   */
  readonly of: PermutationStatistic;
  /** Of a minus of b: negative where a errs less. */
  readonly statistic: number;
  readonly pValue: number;
  /** exact: all exchanges; sampled: `rounds` of them, p = (1 + extreme)/(1 + rounds) (Phipson and Smyth 2010). */
  readonly method: "exact" | "sampled";
  readonly rounds: number;
}

export type PermutationStatistic = "rank" | "mean";

export interface PermutationOptions {
  readonly of?: PermutationStatistic;
  /** Exchanges to draw where there are too many to try all. */
  readonly rounds?: number;
  readonly seed?: number;
}

/** Up to so many exchanges all are tried. */
const exactLimit = 20_000;

/** @throws RangeError where a side has no errors */
export function permutationTest(
  a: readonly number[],
  b: readonly number[],
  { of = "rank", rounds = 1_000, seed = 1 }: PermutationOptions = {},
): PermutationTest {
  const [n, m] = [a.length, b.length];
  if (n === 0 || m === 0) throw new RangeError("the test needs at least one error on each side");
  const pooled = Float64Array.from([...a, ...b]);
  const scores = of === "rank" ? midRanks(pooled) : pooled;
  const total = scores.reduce((sum, score) => sum + score, 0);
  const sum = scores.subarray(0, n).reduce((part, score) => part + score, 0);
  // The sum over a decides the difference; sums are compared by their distance from what chance expects.
  const centre = (total * n) / (n + m);
  const observed = Math.abs(sum - centre);
  // Sums of the same scores in another order differ in their last bits; they are the same exchange.
  const extreme = observed - 1e-9 * Math.max(observed, Math.abs(total) / (n + m));
  const result = { of, statistic: sum / n - (total - sum) / m };
  if (combinations(n + m, n) <= exactLimit) {
    const { count, extremes } = countExchanges(scores, n, centre, extreme);
    return { ...result, pValue: extremes / count, method: "exact", rounds: count };
  }
  const extremes = sampleExchanges(scores, n, centre, extreme, rounds, seed);
  return { ...result, pValue: (1 + extremes) / (1 + rounds), method: "sampled", rounds };
}

function sampleExchanges(
  scores: Float64Array,
  n: number,
  centre: number,
  extreme: number,
  rounds: number,
  seed: number,
): number {
  const rng = createRng(seed, "permutation-test");
  const pool = scores.slice();
  const size = pool.length;
  // The smaller side is drawn: its sum is as far from its centre as the other's.
  const few = Math.min(n, size - n);
  const fewCentre = few === n ? centre : pool.reduce((sum, score) => sum + score, 0) - centre;
  let extremes = 0;
  for (let round = 0; round < rounds; round++) {
    let sum = 0;
    for (let i = 0; i < few; i++) {
      const other = i + drawIndex(rng, size - i);
      const drawn = pool[other]!;
      pool[other] = pool[i]!;
      pool[i] = drawn;
      sum += drawn;
    }
    if (Math.abs(sum - fewCentre) >= extreme) extremes += 1;
  }
  return extremes;
}

function countExchanges(scores: Float64Array, n: number, centre: number, extreme: number) {
  let [count, extremes] = [0, 0];
  const choose = (from: number, left: number, sum: number) => {
    if (left === 0) {
      count += 1;
      if (Math.abs(sum - centre) >= extreme) extremes += 1;
      return;
    }
    for (let i = from; i <= scores.length - left; i++) choose(i + 1, left - 1, sum + scores[i]!);
  };
  choose(0, n, 0);
  return { count, extremes };
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end += 1;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

function combinations(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    count = (count * (n - i + 1)) / i;
    if (count > exactLimit * 10) return count;
  }
  return Math.round(count);
}
