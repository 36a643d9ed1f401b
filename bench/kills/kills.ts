import { createRng } from "../../src/engine/math/rng.ts";
import { parseStudy } from "../../src/engine/sweep/study.ts";
import { type Trial, withoutTimes } from "../../src/engine/sweep/trial.ts";

/** What the two benchmarks of this folder share: the study, the moments of the kills, and the comparison afterwards. */

/** 40 networks of two populations, three epochs each. */
export const study = parseStudy({
  version: 1,
  name: "Killed",
  seed: 9,
  populations: (["anynetxa", "regnetx"] as const).map((space) => ({
    name: space,
    space,
    count: 20,
    budget: { flops: "0.3M..1M" },
  })),
  regime: { images: 512, testImages: 200, batch: 32, epochs: 3, ema: 0.9, flip: true },
});

/**
 * The same under halving and a rule, with two seeds: fewer networks, as every trial waits at the rungs. The rule cuts about
 * half of the trials, so that halving has some to cut and some to go on with.
 */
export const halvedStudy = parseStudy({
  ...study,
  populations: study.populations.map((population) => ({ ...population, count: 10 })),
  repeats: 2,
  halving: { epochs: 1, factor: 2 },
  stop: { error: { epochs: 1, above: 0.895 } },
});

export const networks = 40;

export interface Moment {
  /** So many trials are recorded. */
  readonly trials: number;
  /** Milliseconds after that. */
  readonly later: number;
}

/** One moment in every equal part of the run. */
export function moments(kills: number, seed: number): Moment[] {
  const rng = createRng(seed, "kill");
  return Array.from({ length: kills }, (_, i) => ({
    trials: Math.floor(((i + rng.uniform(0, 1)) * (networks - 1)) / kills),
    later: rng.uniform(0, 1_500),
  }));
}

/** Ids of trials whose records are not the same, times aside. */
export function differing(ours: readonly Trial[], theirs: readonly Trial[]): string[] {
  const texts = (trials: readonly Trial[]) =>
    new Map(trials.map((trial) => [trial.id, JSON.stringify(withoutTimes(trial))]));
  const [a, b] = [texts(ours), texts(theirs)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((id) => a.get(id) !== b.get(id));
}

export function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
