import type { TrainControl } from "../training/control.ts";
import type { EpochRecord, TrainOutcome } from "../training/trainer.ts";
import type { TrialJob, TrialRecorder, TrialTrainer } from "./scheduler.ts";
import { parseStudy, type Study } from "./study.ts";
import type { Trial } from "./trial.ts";

/** For tests: a study of small counts, and a trainer that answers at once with errors that depend on the network only. */
export const smallStudy: Study = parseStudy({
  version: 1,
  name: "small",
  seed: 3,
  populations: [
    { name: "wide", space: "anynetxa", count: 2, budget: { flops: "1M..3M" } },
    { name: "line", space: "regnetx", count: 4, budget: { flops: "1M..3M" } },
  ],
  regime: { images: 64, testImages: 32, batch: 16, epochs: 2 },
});

export function fakeEpochs({ trial, study }: TrialJob): EpochRecord[] {
  const error = (trial.network.flops % 1000) / 1000;
  return Array.from({ length: study.regime.epochs }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 2 - i / 10,
    trainError: error,
    testError: error / (i + 1),
    learningRate: 0.1,
    ms: 10,
  }));
}

/** `before` is asked at every epoch; what it throws is the trial's failure. */
export function fakeTrainer(
  control: TrainControl,
  before: (job: TrialJob, epoch: number) => void | Promise<void> = () => {},
): TrialTrainer {
  return async (job): Promise<TrainOutcome> => {
    const epochs: EpochRecord[] = [];
    for (const epoch of fakeEpochs(job)) {
      await before(job, epoch.epoch);
      if ((await control.gate()) === "stop")
        return { status: "stopped", reason: `stopped in epoch ${epoch.epoch}`, epochs, error: null, ms: 1 };
      epochs.push(epoch);
      job.onStep(epoch.epoch, job.study.regime.epochs, 10 * epoch.epoch);
      await job.onEpoch(epoch);
    }
    return { status: "done", epochs, error: Math.min(...epochs.map((each) => each.testError)), ms: 20 };
  };
}

export interface MemoryRecorder extends TrialRecorder {
  readonly trials: Trial[];
  readonly log: string[];
}

export function memoryRecorder(): MemoryRecorder {
  const trials: Trial[] = [];
  const log: string[] = [];
  return {
    trials,
    log,
    begin: async ({ trialId }) => void log.push(`begin ${trialId}`),
    epoch: async ({ trialId }, { epoch }) => void log.push(`epoch ${epoch} ${trialId}`),
    finish: async (trial) => {
      trials.push(trial);
      log.push(`${trial.status} ${trial.id}`);
    },
  };
}
