import type { Checkpoint, EpochRecord, KeptWeights } from "../training/trainer.ts";
import type { RunningTrial } from "./protocol.ts";
import type { Trial } from "./trial.ts";

/** Where a trial can go on from: its last epoch, and what it was trained on so far. */
export interface TrialCheckpoint extends Checkpoint {
  /** Devices in turn, e.g. one that was lost and one after it. */
  readonly devices: readonly string[];
  /** Of the program. */
  readonly version: string;
  /** Of the images (data/digest.ts). */
  readonly dataDigest?: string;
  /** Of the whole trial, made before it began. */
  readonly predictedMs?: number;
}

/** Where records go; each call is awaited, and one that fails ends the run. */
export interface TrialRecorder {
  /** What the last epoch of a trial under way left; undefined if it begins anew. */
  checkpoint(trialId: string): Promise<TrialCheckpoint | undefined>;
  /** @param from the checkpoint it goes on from; what else was recorded of its epochs is dropped. */
  begin(trial: RunningTrial, from?: TrialCheckpoint): Promise<void>;
  /** An epoch and what the trial can go on from, both or neither; the checkpoint before is replaced. */
  epoch(trial: RunningTrial, epoch: EpochRecord, checkpoint?: TrialCheckpoint): Promise<void>;
  /**
   * A stopped trial keeps its checkpoint, all others drop it.
   * @param kept weights of a trial that is done, if its trainer gave them.
   */
  finish(trial: Trial, kept?: KeptWeights): Promise<void>;
}
