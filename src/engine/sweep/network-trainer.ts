import type { Executor } from "../runtime/executor.ts";
import type { TrainControl } from "../training/control.ts";
import { planTraining } from "../training/plan-training.ts";
import { type TrainingData, trainNetwork } from "../training/trainer.ts";
import type { TrialTrainer } from "./scheduler.ts";

/** The scheduler's trainer: plans a trial's network and trains it on an executor. */
export function createNetworkTrainer(
  executor: Executor,
  data: TrainingData,
  control: TrainControl,
): TrialTrainer {
  return ({ trial, study: { regime, seed }, onEpoch, onStep }) =>
    trainNetwork({
      plan: planTraining(trial.network.spec, regime),
      regime,
      seed,
      executor,
      data,
      control,
      onEpoch,
      onStep,
    });
}
