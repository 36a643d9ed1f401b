import { type Observation, observe } from "../../../engine/analysis/trials/observation.ts";
import type { RunningTrial } from "../../../engine/sweep/protocol.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import {
  type EpochRecord,
  isSettled,
  type Trial,
  type TrialNetwork,
  type TrialParams,
  type TrialStatus,
  trialName,
} from "../../../engine/sweep/trial.ts";
import type { Regime } from "../../../engine/training/regime.ts";
import { reportedEpoch } from "../../../engine/training/reported-epoch.ts";
import { populationColor } from "../../theme/theme.ts";
import type { RunState } from "../state/run-store.ts";

/** A trial as the table and the network panel show it, whether it is recorded, under way or was cut short. */
export interface TrialRow {
  readonly id: string;
  readonly population: string;
  readonly index: number;
  /** `RegNetX 12`: its population and its place there, from 1; `RegNetX 12 #2` trained with its second seed. */
  readonly name: string;
  readonly color: string;
  readonly status: TrialStatus | "training" | "interrupted";
  readonly reason: string | undefined;
  readonly network: TrialNetwork;
  readonly params: TrialParams;
  readonly epochs: readonly EpochRecord[];
  readonly regime: Regime;
  /**
   * Test error of the reported epoch of those so far; undefined before the first epoch, and for trials that never got one.
   * A cut trial's is of fewer epochs than others': for a look only, statistics take `observation.error`.
   */
  readonly error: number | undefined;
  readonly ms: number | undefined;
  readonly device: string | undefined;
  /** The same trial as statistics and charts see it. */
  readonly observation: Observation;
  /** Measured after training: latencies. */
  readonly measured?: Trial["measured"];
  readonly weights?: Trial["weights"];
}

type Trials = Pick<RunState, "study" | "trials" | "live" | "interrupted">;

/**
 * Gives all trials that have begun, in the order of their populations. The same record gives the same row each time, so
 * that what is drawn of it is not drawn again at every update.
 */
export function createTrialRows(): (state: Trials) => TrialRow[] {
  const kept = new WeakMap<Trial, TrialRow>();
  const keptRow = (trial: Trial, population: number) => {
    const known = kept.get(trial);
    if (known?.color === populationColor(population)) return known;
    const row = recordedRow(trial, population);
    kept.set(trial, row);
    return row;
  };
  return ({ study, trials, live, interrupted }) => {
    if (study === undefined) return [];
    const order = new Map(study.populations.map(({ name }, i) => [name, i]));
    // What goes on, from a stop or from a rung, is shown as it goes on.
    const goesOn = ({ trialId }: Pick<RunningTrial, "trialId">) => {
      const known = trials.get(trialId);
      return known === undefined || !isSettled(known);
    };
    const unfinished = new Map(
      (live === undefined ? interrupted : [...interrupted, live])
        .filter(goesOn)
        .map((trial) => [trial.trialId, trial]),
    );
    const rows = [...trials.values()]
      .filter(({ id }) => !unfinished.has(id))
      .map((trial) => keptRow(trial, order.get(trial.population) ?? 0));
    for (const trial of unfinished.values()) {
      const status = trial === live ? "training" : "interrupted";
      rows.push(openRow(trial, status, order.get(trial.population) ?? 0, study));
    }
    return rows.sort(
      (a, b) => (order.get(a.population) ?? 0) - (order.get(b.population) ?? 0) || a.index - b.index,
    );
  };
}

/** Of the trials trained to the end, the one with the lowest error. */
export function bestRow(rows: readonly TrialRow[]): TrialRow | undefined {
  const done = rows.filter((row) => row.status === "done" && row.error !== undefined);
  return done.reduce<TrialRow | undefined>(
    (best, row) => (best === undefined || row.error! < best.error! ? row : best),
    undefined,
  );
}

function recordedRow(trial: Trial, population: number): TrialRow {
  return {
    id: trial.id,
    population: trial.population,
    index: trial.index,
    name: rowName(trial),
    color: populationColor(population),
    status: trial.status,
    reason: trial.reason,
    network: trial.network,
    params: trial.params,
    epochs: trial.epochs,
    regime: trial.regime,
    error: shownError(trial),
    ms: trial.ms,
    device: trial.device,
    observation: observe(trial),
    ...(trial.measured === undefined ? {} : { measured: trial.measured }),
    ...(trial.weights === undefined ? {} : { weights: trial.weights }),
  };
}

function rowName(trial: Pick<Trial, "network" | "population" | "index" | "repeat">): string {
  const { repeat = 1 } = trial;
  return repeat === 1 ? trialName(trial) : `${trialName(trial)} #${repeat}`;
}

/** A diverged trial counts as error 1 in the EDF, but it has no error to show; one that was cut or goes on has that of its epochs. */
function shownError({ status, error, epochs }: Trial): number | undefined {
  if (status === "cut" || !isSettled({ status })) return reportedEpoch(epochs)?.testError;
  return status === "diverged" ? undefined : (error ?? undefined);
}

function openRow(
  trial: NonNullable<RunState["live"]>,
  status: "training" | "interrupted",
  population: number,
  study: Study,
): TrialRow {
  const reason =
    status === "interrupted"
      ? "the page was closed, or its worker ended, while it trained; it goes on from its last epoch"
      : undefined;
  return {
    id: trial.trialId,
    population: trial.population,
    index: trial.index,
    name: rowName(trial),
    color: populationColor(population),
    status,
    reason,
    network: trial.network,
    params: trial.params,
    epochs: trial.epochs,
    regime: study.regime,
    error: reportedEpoch(trial.epochs)?.testError,
    ms: undefined,
    device: undefined,
    observation: observe({
      ...trial,
      id: trial.trialId,
      study: trial.studyId,
      seed: study.seed,
      regime: study.regime,
      status,
      reason,
    }),
  };
}
