import { canonicalJson } from "../sweep/study-id.ts";
import { type Finding, found, missing } from "./finding.ts";
import { kendallTau, type RankCorrelation } from "./kendall.ts";
import type { Observation } from "./trials/observation.ts";

/** How well the order after few epochs agrees with the order at the end. */
export interface EpochStability {
  /** e, from 1 to the last but one. */
  readonly epoch: number;
  /** E. */
  readonly ofEpochs: number;
  readonly correlation: Finding<RankCorrelation>;
}

/**
 * Kendall's τ-b between the lowest test error up to epoch e and that of all E epochs, for every e < E: could the study have
 * been shorter? Diverged trials take no part: they have no error of their own. Trials of another length than the longest
 * are left out.
 */
export function epochStability(observations: readonly Observation[]): Finding<EpochStability[]> {
  if (observations.length === 0) return missing("no-trials", "No trials to put in order.");
  const done = observations.filter(({ status, error }) => status === "done" && error !== null);
  if (done.length === 0) return missing("none-finished", "No trial was trained to its end.");
  const last = done.reduce((most, { epochErrors }) => Math.max(most, epochErrors.length), 0);
  if (last < 2)
    return missing("too-few", "The regime has one epoch: there is no shorter one to compare with.");
  const whole = done.filter(({ epochErrors }) => epochErrors.length === last);
  const best = whole.map(({ epochErrors }) => lowestSoFar(epochErrors));
  const final = best.map((errors) => errors.at(-1));
  return found(
    Array.from({ length: last - 1 }, (_, i) => ({
      epoch: i + 1,
      ofEpochs: last,
      correlation: kendallTau(
        best.map((errors) => errors[i]),
        final,
      ),
    })),
  );
}

/** How well two seeds agree on the order of the same networks. */
export interface SeedStability {
  readonly seeds: readonly [number, number];
  readonly correlation: Finding<RankCorrelation>;
  /** Standard deviation of one network's error over seeds, from the differences of all pairs: √(Σ d² / 2n). */
  readonly noise: number;
}

/**
 * Kendall's τ-b between the errors of the same networks under different seeds, for every pair of seeds. Networks are the
 * same where their specs are, whatever they are called; rows that take several seeds together count with each of them. Missing where no network was trained under two seeds.
 */
export function seedStability(observations: readonly Observation[]): Finding<SeedStability[]> {
  if (observations.length === 0) return missing("no-trials", "No trials to put in order.");
  const bySeed = new Map<number, Map<string, number>>();
  for (const observation of observations) {
    const network = canonicalJson({ ...observation.spec, name: undefined });
    for (const { seed, status, error } of observation.ofSeeds ?? [observation]) {
      if (status !== "done" || error === null) continue;
      const networks = bySeed.get(seed) ?? new Map<string, number>();
      bySeed.set(seed, networks);
      // The same network drawn twice under one seed is the same run: one of them says it all.
      networks.set(network, error);
    }
  }
  if (bySeed.size === 0) return missing("none-finished", "No trial was trained to its end.");
  const seeds = [...bySeed.keys()].sort((a, b) => a - b);
  const pairs = seeds.flatMap((a, i) => seeds.slice(i + 1).map((b) => [a, b] as const));
  const stabilities = pairs.flatMap((pair): SeedStability[] => {
    const [first, second] = pair.map((seed) => bySeed.get(seed)!) as [
      Map<string, number>,
      Map<string, number>,
    ];
    const shared = [...first.keys()].filter((network) => second.has(network));
    if (shared.length === 0) return [];
    const [x, y] = [first, second].map((errors) => shared.map((network) => errors.get(network)!)) as [
      number[],
      number[],
    ];
    const squares = x.reduce((sum, error, i) => sum + (error - y[i]!) ** 2, 0);
    return [{ seeds: pair, correlation: kendallTau(x, y), noise: Math.sqrt(squares / (2 * shared.length)) }];
  });
  if (stabilities.length === 0)
    return missing(
      "too-few",
      "No network was trained under two seeds. Give the study several (repeats), or the same networks to two studies with " +
        "different seeds.",
    );
  return found(stabilities);
}

function lowestSoFar(errors: readonly number[]): number[] {
  let lowest = Number.POSITIVE_INFINITY;
  return errors.map((error) => {
    lowest = Math.min(lowest, error);
    return lowest;
  });
}
