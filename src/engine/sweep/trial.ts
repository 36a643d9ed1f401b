import { createRng } from "../math/rng.ts";
import type { NetworkDescription } from "../network/describe.ts";
import type { NetworkParams } from "../spaces/registry.ts";
import type { Regime } from "../training/regime.ts";
import type { EpochRecord } from "../training/trainer.ts";
import { median } from "./halving.ts";
import type { ScalingRule } from "./scaled-population.ts";

/**
 * A trial: one network trained once under a regime with a seed. This record is what stores keep, the command line
 * appends to results.jsonl and analyses read. Errors are fractions 0–1, times milliseconds.
 */
export interface Trial {
  /** `study/population/index`, and `#2` … for other seeds: the same trial of the same study always has the same id. */
  readonly id: string;
  readonly study: string;
  readonly population: string;
  /** Position in the population. */
  readonly index: number;
  /** Which of the network's seeds, from 2; absent for the first, the study's own. */
  readonly repeat?: number;
  /** What the space drew. */
  readonly params: TrialParams;
  readonly network: TrialNetwork;
  /** Networks of the space that were drawn until one was in the budget, this one included. */
  readonly draws: number;
  readonly seed: number;
  readonly regime: Regime;
  readonly status: TrialStatus;
  /** Why it is not "done". */
  readonly reason?: string;
  readonly epochs: readonly EpochRecord[];
  /**
   * The test error of the reported epoch: the lowest of all epochs, as pycls counts its sweeps, or that of the epoch with
   * the lowest validation error (training/reported-epoch.ts). A diverged trial counts as 1: in an EDF it is a
   * network of the population that never gets below any error. null if it failed, was cut, waits or was stopped.
   */
  readonly error: number | null;
  readonly ms: number;
  /** What `ms` was predicted to be before the trial began; left out where nothing was known of its device. */
  readonly predictedMs?: number;
  /** Of earlier programs: that the weights kept of it are moving averages, after the last epoch. */
  readonly weights?: "averages";
  /** What it was trained on, e.g. "wasm relaxed-simd, 1 thread"; several, "…, then …", where it went on on another. */
  readonly device: string;
  /** Of the program. */
  readonly version: string;
  /** Of the images it was trained and tested on (data/digest.ts): a name alone may come to mean others. */
  readonly dataDigest?: string;
  /**
   * What was measured of the trained network afterwards, by key: `latency.webgl.1` is the median time of one image on
   * TF.js' webgl backend, `latency.webgl.1.spread` the distance between its quartiles, both in milliseconds.
   */
  readonly measured?: Readonly<Record<string, number>>;
}

/** Where a trial's network comes from: what a space drew, a scaling formula at a value of its knob, or the study itself. */
export type TrialParams =
  | NetworkParams
  | { readonly family: "scaled"; readonly scaling: ScalingRule; readonly factor: number }
  | { readonly family: "given" };

/**
 * done: trained to the end. diverged: the loss became NaN or infinite. failed: could not be trained (its reason says
 * why). cut: a rule of the study ended it, its errors are of fewer epochs than others' and enter no statistic. waits: it
 * came to a rung of halving and is compared when the others are there. stopped: the user stopped it; it goes on when the
 * study is resumed.
 */
export type TrialStatus = "done" | "diverged" | "failed" | "cut" | "waits" | "stopped";

/**
 * A network as `describe` prints it, and the bytes a training step of the regime's batch needs (at the largest images of a
 * regime that changes their size; the other costs are those at the network's own).
 */
export interface TrialNetwork extends NetworkDescription {
  readonly trainBytes: number;
}

/** Part of the record; the trainer measures it. */
export type { EpochRecord };

/** How people call a trial's network: `RegNetX 12`, its place counted from 1. */
export function trialName({
  network,
  population,
  index,
}: Pick<Trial, "network" | "population" | "index">): string {
  return network.name ?? `${population} ${index + 1}`;
}

export function trialId(study: string, population: string, index: number, repeat = 1): string {
  return `${study}/${population}/${index}${repeat > 1 ? `#${repeat}` : ""}`;
}

/** The seed a network is trained with; networks are drawn with the study's. */
export function repeatSeed(seed: number, repeat: number): number {
  return repeat > 1 ? createRng(seed, "repeat", repeat).bits() : seed;
}

/** Trials that are settled: a resumed study does not train them again. */
export function isSettled(trial: Pick<Trial, "status">): boolean {
  return trial.status !== "stopped" && trial.status !== "waits";
}

/**
 * The errors that an EDF of these trials is made of, one a network: the median over its seeds. A diverged trial counts, as
 * 1; all others do not.
 */
export function errorsOf(
  trials: readonly Pick<Trial, "study" | "population" | "index" | "status" | "error">[],
): number[] {
  const networks = new Map<string, number[]>();
  for (const { study, population, index, status, error } of trials) {
    if ((status !== "done" && status !== "diverged") || error === null) continue;
    const key = trialId(study, population, index);
    const known = networks.get(key);
    if (known) known.push(error);
    else networks.set(key, [error]);
  }
  return [...networks.values()].map(median);
}

/** The record without what differs between two runs of one seed on one device: its times. */
export function withoutTimes(trial: Trial): Omit<Trial, "ms" | "predictedMs" | "epochs" | "measured"> & {
  readonly epochs: readonly Omit<EpochRecord, "ms">[];
} {
  const { ms: _, predictedMs: __, measured: ___, epochs, ...rest } = trial;
  return { ...rest, epochs: epochs.map(({ ms: _, ...epoch }) => epoch) };
}
