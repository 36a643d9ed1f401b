import type { DatasetFacts } from "../data/catalogue.ts";
import { ExecutorError, type ModelState } from "../runtime/executor.ts";
import type { RunControl } from "../runtime/worker/control.ts";
import type { EpochRecord, TrainOutcome, TrainRequest } from "../training/trainer.ts";
import { checkPopulations, drawTrial } from "./population.ts";
import { ProgressMeter } from "./progress.ts";
import type { RunningTrial, SweepProgress, SweepSummary } from "./protocol.ts";
import { type Slot, trialOrder } from "./schedule.ts";
import type { Study } from "./study.ts";
import { isSettled, type Trial, trialId } from "./trial.ts";

/** Trains one network; the scheduler does not know how. */
export type TrialTrainer = (job: TrialJob) => Promise<TrainOutcome>;

export interface TrialJob extends Pick<TrainRequest, "spec" | "regime" | "seed" | "onStep"> {
  readonly trial: RunningTrial;
  readonly onEpoch: (epoch: EpochRecord) => Promise<void>;
}

/** Where records go; each call is awaited, and one that fails ends the run. */
export interface TrialRecorder {
  begin(trial: RunningTrial): Promise<void>;
  epoch(trial: RunningTrial, epoch: EpochRecord): Promise<void>;
  /** `state`: the weights of a trial that is done, if its trainer gave them. */
  finish(trial: Trial, state?: ModelState): Promise<void>;
}

/** What the run tells as it goes; a trial is told of after it was recorded. */
export interface SweepListener {
  trialStarted?(trial: RunningTrial): void;
  epoch?(event: { readonly trialId: string; readonly epoch: EpochRecord }): void;
  trialDone?(trial: Trial): void;
  progress?(progress: SweepProgress): void;
}

export interface SweepRun {
  readonly study: Study;
  readonly studyId: string;
  /** Of the study's data set; may be left out for one of the catalogue. */
  readonly dataset?: DatasetFacts | undefined;
  /** Trials of earlier runs; the settled ones are not trained again. */
  readonly recorded: readonly Trial[];
  readonly train: TrialTrainer;
  readonly recorder: TrialRecorder;
  readonly listener: SweepListener;
  readonly control: RunControl;
  readonly device: string;
  readonly version: string;
  readonly now?: () => number;
}

/** Milliseconds between two reports of progress within a trial. */
const progressInterval = 250;

/**
 * Runs a study to its end or until it is stopped. A network that cannot be trained is recorded with its reason and the
 * next one follows; what concerns the whole run (nothing satisfies a budget, the store refuses, the device is lost)
 * rejects.
 */
export async function runSweep(run: SweepRun): Promise<SweepSummary> {
  const { study, studyId, dataset, control, listener } = run;
  checkPopulations(study, dataset);
  const settled = new Map(run.recorded.filter(isSettled).map((trial) => [trial.id, trial]));
  const meter = new ProgressMeter(study, studyId);
  const acceptance = new Map(
    study.populations.map(({ name }) => [name, { population: name, accepted: 0, drawn: 0 }]),
  );
  const count = ({ population, draws }: Pick<Trial, "population" | "draws">) => {
    const tally = acceptance.get(population)!;
    tally.accepted += 1;
    tally.drawn += draws;
  };

  const pending: Slot[] = [];
  for (const slot of trialOrder(study.populations)) {
    const { name } = study.populations[slot.population]!;
    const known = settled.get(trialId(studyId, name, slot.index));
    if (known) {
      meter.skip(known);
      count(known);
    } else pending.push(slot);
  }
  listener.progress?.(meter.read());

  for (const { population, index } of pending) {
    if ((await control.gate()) === "stop") break;
    const path = `populations[${population}]`;
    const trial = drawTrial({ ...study, studyId, dataset }, study.populations[population]!, index, path);
    count(trial);
    const record = await runTrial(run, trial, meter);
    listener.trialDone?.(record);
    listener.progress?.(meter.read());
  }
  const { settled: trials, total } = meter.read().trials;
  const outcome = trials < total ? "stopped" : "complete";
  return { studyId, outcome, trials, acceptance: [...acceptance.values()] };
}

async function runTrial(run: SweepRun, trial: RunningTrial, meter: ProgressMeter): Promise<Trial> {
  const { study, recorder, listener, now = () => performance.now() } = run;
  await recorder.begin(trial);
  listener.trialStarted?.(trial);
  meter.start(trial);
  const epochs: EpochRecord[] = [];
  let reportedAt = now();
  const job: TrialJob = {
    trial,
    spec: trial.network.spec,
    regime: study.regime,
    seed: study.seed,
    onEpoch: async (epoch) => {
      epochs.push(epoch);
      await recorder.epoch(trial, epoch);
      listener.epoch?.({ trialId: trial.trialId, epoch });
    },
    onStep: (step, steps, ms) => {
      meter.step(step, steps, ms);
      if (now() - reportedAt < progressInterval) return;
      reportedAt = now();
      listener.progress?.(meter.read());
    },
  };
  const outcome = await trainOrFail(run.train, job, epochs);
  meter.finish(outcome.status, outcome.ms);
  const record = trialRecord(run, trial, outcome);
  await recorder.finish(record, outcome.state);
  return record;
}

type Outcome = Omit<TrainOutcome, "status"> & Pick<Trial, "status">;

async function trainOrFail(
  train: TrialTrainer,
  job: TrialJob,
  epochs: readonly EpochRecord[],
): Promise<Outcome> {
  try {
    return await train(job);
  } catch (error) {
    // Without its device no other trial would fare better.
    if (error instanceof ExecutorError && error.code === "lost") throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const ms = epochs.reduce((sum, epoch) => sum + epoch.ms, 0);
    return { status: "failed", reason, epochs, error: null, ms };
  }
}

function trialRecord({ study, device, version }: SweepRun, trial: RunningTrial, outcome: Outcome): Trial {
  const { status, reason, epochs, error, ms } = outcome;
  return {
    id: trial.trialId,
    study: trial.studyId,
    population: trial.population,
    index: trial.index,
    params: trial.params,
    network: trial.network,
    draws: trial.draws,
    seed: study.seed,
    regime: study.regime,
    status,
    ...(reason === undefined ? {} : { reason }),
    epochs,
    error,
    ms,
    device,
    version,
  };
}
