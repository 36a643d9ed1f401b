import type { StageRow } from "../../network/describe.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import { predictedSoFar } from "../../sweep/cost-model.ts";
import { parseLatencyKey } from "../../sweep/latency-key.ts";
import { type Trial, type TrialStatus, trialName } from "../../sweep/trial.ts";
import type { Regime } from "../../training/regime.ts";
import { reportedEpoch } from "../../training/reported-epoch.ts";

/** Every status a trial may be seen in: those that are recorded, and the two of trials that are not over. */
export type ObservedStatus = TrialStatus | "training" | "interrupted";

/**
 * A trial as statistics see it: one flat row. The command line and the page make it from their own records, so that one
 * set of functions serves both.
 */
export interface Observation {
  readonly id: string;
  readonly study: string;
  readonly population: string;
  readonly index: number;
  /** How people call the network: `RegNetX 12`. */
  readonly name: string;
  readonly status: ObservedStatus;
  /** Why it is not done. */
  readonly reason: string | null;
  readonly seed: number;
  /** Trials of the network, each with a seed of its own, that `error` is the median of; 1 of a single trial. */
  readonly seeds: number;
  /** Those trials, where several are taken together (per-network.ts). */
  readonly ofSeeds?: readonly Pick<Observation, "seed" | "status" | "error">[];
  readonly dataset: string;
  /** Of its images, where the record says it. */
  readonly dataDigest?: string;
  readonly regime: Regime;
  /** Fraction 0–1, the lowest of all epochs; 1 of a diverged trial; null where it does not count (`countedError`). */
  readonly error: number | null;
  /** Test error after every epoch. */
  readonly epochErrors: readonly number[];
  readonly spec: NetworkSpec;
  /**
   * Every number of the trial by its key: costs, what the space drew, what the network is made of, one entry a stage
   * where a parameter has one (`width4`). `observedMetrics` describes them. e_fit is not here, because it takes
   * milliseconds: `metricValue` computes it when it is asked for.
   */
  readonly values: Readonly<Record<string, number>>;
}

/** What an observation is made of: a recorded trial, or one under way. */
export type ObservableTrial = Pick<
  Trial,
  "id" | "study" | "population" | "index" | "params" | "network" | "seed" | "regime" | "epochs"
> & {
  readonly status: ObservedStatus;
  readonly reason?: string | undefined;
  readonly error?: number | null | undefined;
  readonly ms?: number | undefined;
  readonly predictedMs?: number | undefined;
  readonly measured?: Trial["measured"] | undefined;
  readonly dataDigest?: string | undefined;
};

const known = new WeakMap<ObservableTrial, Observation>();

/** The row of a trial; the same record gives the same row each time. */
export function observe(trial: ObservableTrial): Observation {
  const seen = known.get(trial);
  if (seen) return seen;
  const { id, study, population, index, network, status, seed, regime, epochs } = trial;
  const observation: Observation = {
    id,
    study,
    population,
    index,
    name: trialName(trial),
    status,
    reason: trial.reason ?? null,
    seed,
    seeds: 1,
    dataset: regime.dataset,
    ...(trial.dataDigest === undefined ? {} : { dataDigest: trial.dataDigest }),
    regime,
    error: countedError(status, trial.error),
    epochErrors: epochs.map(({ testError }) => testError),
    spec: network.spec,
    values: numbersOf(trial),
  };
  known.set(trial, observation);
  return observation;
}

export function observeAll(trials: Iterable<ObservableTrial>): Observation[] {
  return Array.from(trials, observe);
}

/**
 * The error with which a trial counts in an EDF. A diverged network is a member of its population that never gets below
 * any error: 1. A failed, cut or unfinished one says nothing about the population.
 */
function countedError(status: ObservedStatus, error: number | null | undefined): number | null {
  if (status === "diverged") return 1;
  return status === "done" && typeof error === "number" && Number.isFinite(error) ? error : null;
}

function numbersOf(trial: ObservableTrial): Record<string, number> {
  const { network, params, epochs, regime } = trial;
  const { flops, acts, trainBytes, spec, stages } = network;
  const numbers: Record<string, number | null | undefined> = {
    flops,
    params: network.params,
    acts,
    trainBytes,
    ms: trial.ms,
    predictedMs: predictedSoFar(trial),
    resolution: spec.input.height,
    stages: stages.length,
    depth: stages.reduce((sum, stage) => sum + stage.depth, 0),
    maxWidth: stages.reduce((widest, { width }) => Math.max(widest, width), 0),
    seRatio: sharedBy(stages, "seRatio"),
    // Where the space draws one of its own it counts, below: groups shrink where a stage is narrower than g.
    groupWidth: sharedBy(stages, "groupWidth"),
    bottleneckRatio: sharedBy(stages, "bottleneckRatio"),
    expansion: sharedBy(stages, "expansion"),
    kernel: sharedBy(stages, "kernel"),
    ...scalarsOf(params),
    validationError: reportedEpoch(epochs)?.validationError,
    emaError: epochs.at(-1)?.emaError,
    finalError: epochs.at(-1)?.testError,
    trainError: epochs.at(-1)?.trainError,
    trainLoss: epochs.at(-1)?.trainLoss,
    epochs: regime.epochs,
    ...latenciesOf(trial),
  };
  stages.forEach((stage, i) => {
    for (const [key, value] of stageNumbers(stage)) numbers[`${key}${i + 1}`] = value;
  });
  return Object.fromEntries(
    Object.entries(numbers).filter((entry): entry is [string, number] => isNumber(entry[1])),
  );
}

/** Latencies, without their spreads. */
function latenciesOf({ measured = {} }: ObservableTrial): Record<string, number> {
  return Object.fromEntries(Object.entries(measured).filter(([key]) => parseLatencyKey(key) !== undefined));
}

/**
 * What a space draws as one number, or as a list of one a stage that are all the same: the b and g of AnyNetXB and C. Other
 * lists are in the stages.
 */
function scalarsOf(params: object): Record<string, number> {
  const numbers: Record<string, number> = {};
  for (const [key, value] of Object.entries(params)) {
    const shared = sharedLists[key];
    if (isNumber(value)) numbers[key] = value;
    else if (shared && Array.isArray(value) && isNumber(value[0]) && value.every((each) => each === value[0]))
      numbers[shared] = value[0];
  }
  return numbers;
}

const sharedLists: Readonly<Record<string, string>> = {
  bottleneckRatios: "bottleneckRatio",
  groupWidths: "groupWidth",
};

/** Parameters that every stage has of its own; keys with the stage's number behind them, from 1. */
export const stageKeys = ["depth", "width", "bottleneckRatio", "groupWidth", "expansion", "kernel"] as const;

function stageNumbers(stage: StageRow): [string, number | null][] {
  return stageKeys.map((key) => [key, stage[key]]);
}

/** A stage's parameter where all stages agree on it. */
function sharedBy(stages: readonly StageRow[], key: "seRatio" | (typeof stageKeys)[number]): number | null {
  const first = stages[0]?.[key] ?? null;
  return stages.every((stage) => stage[key] === first) ? first : null;
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}
