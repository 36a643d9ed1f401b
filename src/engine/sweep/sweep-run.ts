import type { DatasetFacts } from "../data/catalogue.ts";
import type { RunControl } from "../runtime/worker/control.ts";
import type { EpochRecord, TrainOutcome, TrainRequest } from "../training/trainer.ts";
import type { DeviceSpeeds } from "./device-speeds.ts";
import type { GivenUpTrial, RunningTrial, SweepProgress } from "./protocol.ts";
import type { TrialRecorder } from "./recorder.ts";
import type { Study } from "./study.ts";
import type { Trial } from "./trial.ts";

/** Trains one network; the scheduler does not know how. */
export type TrialTrainer = (job: TrialJob) => Promise<TrainOutcome>;

export interface TrialJob
  extends Pick<TrainRequest, "spec" | "regime" | "seed" | "onStep" | "resume" | "control">,
    Required<Pick<TrainRequest, "onEpoch">> {
  readonly trial: RunningTrial;
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
  /** Of its images (data/digest.ts); where it is not known, records do not say it. */
  readonly dataDigest?: string | undefined;
  /** Trials of earlier runs; the settled ones are not trained again. */
  readonly recorded: readonly Trial[];
  /** Failed trials of earlier runs are trained again: all of them, or these. */
  readonly retryFailed?: boolean | readonly string[] | undefined;
  /** Recorded as failed with what it has, if it is not settled when its turn comes. */
  readonly giveUp?: GivenUpTrial | undefined;
  readonly train: TrialTrainer;
  readonly recorder: TrialRecorder;
  readonly listener: SweepListener;
  readonly control: RunControl;
  readonly device: string;
  readonly version: string;
  /** Where speeds of devices are kept between runs. */
  readonly speeds?: DeviceSpeeds;
  readonly now?: () => number;
}
