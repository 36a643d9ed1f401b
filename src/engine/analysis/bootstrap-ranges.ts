import { createRng } from "../math/rng.ts";
import { drawIndex } from "./draw.ts";
import { type Finding, found, missing } from "./finding.ts";
import { percentile } from "./percentiles.ts";

/**
 * Empirical bootstrap of what good networks look like (Radosavovic et al. 2020, §3.1, arXiv:2003.13678; `get_filters` of
 * pycls): take a quarter of the population at random with replacement, keep its best network, repeat. Where a parameter
 * of the winners lies is the range of good values.
 */
export interface BootstrapOptions {
  /** Networks a round: a share of the population up to 1, a number above. pycls' 0.25. */
  readonly sample?: number;
  readonly rounds?: number;
  /** 1 − confidence of the range: 0.05 gives the 2.5th to the 97.5th percentile. */
  readonly alpha?: number;
  readonly seed?: number;
}

export const bootstrapDefaults = { sample: 0.25, rounds: 2_500, alpha: 0.05, seed: 1 } as const;

/** A parameter's values of the winners. */
export interface GoodRange {
  readonly low: number;
  /** The median of the winners: pycls' "best". */
  readonly best: number;
  readonly high: number;
  /** Networks that the range rests on. */
  readonly n: number;
}

/** Networks a round of a population of n. */
export function roundSize(n: number, sample: number): number {
  return sample > 1 ? Math.floor(sample) : Math.max(1, Math.floor(n * sample));
}

/**
 * Index of the best network of every round. It does not depend on the parameter, so that one set of winners serves all.
 * Of equal errors the first drawn wins, as numpy's argmin has it. `errors` must not be empty.
 */
export function drawWinners(errors: ArrayLike<number>, options: BootstrapOptions = {}): Uint32Array {
  const { sample, rounds, seed } = { ...bootstrapDefaults, ...options };
  const n = errors.length;
  if (n === 0) throw new RangeError("no errors to draw winners from");
  const size = roundSize(n, sample);
  const rng = createRng(seed, "bootstrap-winners");
  const winners = new Uint32Array(rounds);
  for (let round = 0; round < rounds; round++) {
    let best = drawIndex(rng, n);
    for (let i = 1; i < size; i++) {
      const drawn = drawIndex(rng, n);
      if (errors[drawn]! < errors[best]!) best = drawn;
    }
    winners[round] = best;
  }
  return winners;
}

/**
 * The range of one parameter over the winners. Networks without the parameter, or without an error, take no part; the
 * winners are then drawn among the others.
 */
export function bootstrapRange(
  errors: readonly (number | null | undefined)[],
  values: readonly (number | null | undefined)[],
  options: BootstrapOptions = {},
): Finding<GoodRange> {
  const kept = pairs(errors, values);
  if (!kept.found) return kept;
  const [e, v] = kept.value;
  return found(rangeOfWinners(v, drawWinners(e, options), options.alpha ?? bootstrapDefaults.alpha));
}

/** A column of numbers, one a network. */
export interface Column {
  readonly key: string;
  readonly values: readonly (number | null | undefined)[];
}

export interface ColumnRange {
  readonly key: string;
  readonly range: Finding<GoodRange>;
}

/** The ranges of several parameters; those that the same networks have share their winners. */
export function bootstrapRanges(
  errors: readonly (number | null | undefined)[],
  columns: readonly Column[],
  options: BootstrapOptions = {},
): ColumnRange[] {
  const drawn = new Map<string, Uint32Array>();
  return columns.map(({ key, values }) => {
    const kept = pairs(errors, values);
    if (!kept.found) return { key, range: kept };
    const [e, v, networks] = kept.value;
    const who = networks.join();
    const winners = drawn.get(who) ?? drawWinners(e, options);
    drawn.set(who, winners);
    return { key, range: found(rangeOfWinners(v, winners, options.alpha)) };
  });
}

/** The range of a parameter, `values[i]` of network i, over winners that are drawn already. */
export function rangeOfWinners(
  values: ArrayLike<number>,
  winners: Uint32Array,
  alpha: number = bootstrapDefaults.alpha,
): GoodRange {
  const sorted = new Float64Array(winners.length);
  for (let i = 0; i < winners.length; i++) sorted[i] = values[winners[i]!]!;
  sorted.sort();
  return {
    low: percentile(sorted, 50 * alpha),
    best: percentile(sorted, 50),
    high: percentile(sorted, 100 - 50 * alpha),
    n: values.length,
  };
}

/**
 * The same range for infinitely many rounds. The network of rank r (1 is best) wins a round of m with probability
 * ((n − r + 1)/n)^m − ((n − r)/n)^m; a quantile is the smallest value whose cumulative probability reaches the level.
 */
export function limitRange(
  errors: readonly (number | null | undefined)[],
  values: readonly (number | null | undefined)[],
  options: Pick<BootstrapOptions, "sample" | "alpha"> = {},
): Finding<GoodRange> {
  const kept = pairs(errors, values);
  if (!kept.found) return kept;
  const [e, v] = kept.value;
  const { sample, alpha } = { ...bootstrapDefaults, ...options };
  const n = e.length;
  const m = roundSize(n, sample);
  const byError = Array.from(e.keys()).sort((a, b) => e[a]! - e[b]!);
  const weighted = byError.map((network, rank) => ({
    value: v[network]!,
    weight: ((n - rank) / n) ** m - ((n - rank - 1) / n) ** m,
  }));
  weighted.sort((a, b) => a.value - b.value);
  const quantile = (level: number) => {
    let cumulative = 0;
    for (const { value, weight } of weighted) {
      cumulative += weight;
      // The weights add up to 1 only within rounding.
      if (cumulative >= level - 1e-12) return value;
    }
    return weighted.at(-1)!.value;
  };
  return found({ low: quantile(alpha / 2), best: quantile(0.5), high: quantile(1 - alpha / 2), n });
}

function pairs(
  errors: readonly (number | null | undefined)[],
  values: readonly (number | null | undefined)[],
): Finding<readonly [errors: Float64Array, values: Float64Array, networks: readonly number[]]> {
  if (errors.length === 0) return missing("no-trials", "No trials to draw from.");
  const withError = Array.from(errors.keys()).filter((i) => isNumber(errors[i]));
  if (withError.length === 0) return missing("none-finished", "No trial has an error yet.");
  const both = withError.filter((i) => isNumber(values[i]));
  if (both.length === 0) return missing("no-values", "None of the finished trials has this value.");
  if (both.length === 1)
    return missing("too-few", "One network shows no range of good values; at least two are needed.");
  return found([
    Float64Array.from(both, (i) => errors[i]!),
    Float64Array.from(both, (i) => values[i]!),
    both,
  ]);
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
