import type { ProfileRequest } from "../bench/profile-network.ts";
import type { Roofline } from "../bench/roofline.ts";
import type { ExecutorKind } from "../runtime/executor.ts";
import type { EpochRecord } from "../training/trainer.ts";
import type { Population, Study } from "./study.ts";
import type { Trial, TrialNetwork, TrialParams } from "./trial.ts";

/**
 * The worker protocol: every request the page may make of the sweep worker and every event the worker may send. Both
 * ends derive their types from these two maps (runtime/worker/rpc.ts).
 */
export type SweepRequests = {
  /**
   * Starts a study, or goes on with it if trials of it are stored: those are not trained again. One study runs at a time;
   * starting another while one runs is an error. A StudyBusyError if another tab runs it.
   */
  startSweep(study: Study, options: SweepOptions): StartedSweep;
  /** Takes effect at the end of the epoch under way (`paused` tells); the session stays loaded. */
  pause(): void;
  /** Share of the time that is worked, above 0 to 1, from the next step on. */
  setDuty(duty: number): void;
  resume(): void;
  /** Ends the run at the next step. The running trial is recorded as stopped; resolves when it is stored. */
  stop(): void;
  /** Newest first. */
  listStudies(): readonly StudySummary[];
  /** undefined if there is none with this id. */
  loadStudy(id: string): StoredStudy | undefined;
  /** Draws up to `count` networks of a population as the study would, without training: sizes, acceptance. */
  previewPopulation(population: Population, options: PreviewOptions): PopulationPreview;
  /** What trains with these options; what is in use while a study runs. */
  device(options?: SweepOptions): DeviceInfo;
  /** What earlier trials taught of a device by its text: rates of the cost model, the newest last. */
  speedsOf(device: string): readonly number[];
  /** Where the time of a network's training step goes on the device of these options; an error while a study runs. */
  profile(request: ProfileRequest, options: SweepOptions): Roofline;
  /** How the device of these options computes, and whether it was tuned; undefined where there is nothing to tune. */
  tuning(options: SweepOptions): TuningState | undefined;
  /** Finds how it computes fastest, and keeps that; an error while a study runs, and where stopTuning() ends it. */
  tune(options: SweepOptions): TuningState;
  stopTuning(): void;
  /** Goes back to what holds where nothing was tuned. */
  untune(options: SweepOptions): TuningState | undefined;
  /** Looks at all that this browser could train with; may take seconds. */
  executors(): ExecutorOffers;
};

export type SweepEvents = {
  /** Networks of a population are drawn one by one, as they are needed. */
  trialStarted: RunningTrial;
  epoch: { readonly trialId: string; readonly epoch: EpochRecord };
  /** Done, diverged, failed or stopped; already stored. */
  trialDone: Trial;
  /** At most a few per second while training, and after every trial. */
  progress: SweepProgress;
  /** The epoch under way is finished, and nothing is trained until `resumed`. */
  paused: { readonly studyId: string };
  resumed: { readonly studyId: string };
  /** The run is over; every population's acceptance is known. */
  finished: SweepSummary;
  /** Something outside a trial failed: data set, store, a budget nothing satisfies. The run is over. */
  failed: {
    readonly studyId: string;
    readonly message: string;
    readonly path?: string;
    /** The browser's storage is. */
    readonly full?: true;
    /** There was no memory for it: a fresh worker may have some. */
    readonly outOfMemory?: true;
  };
  device: DeviceInfo;
  /** Share of a profile that is done, 0–1. */
  profiling: { readonly share: number };
  /** Share of a tuning that is done, 0–1. */
  tuning: { readonly share: number };
};

export interface TuningState {
  readonly tuned: boolean;
  /** What is in use, in words. */
  readonly tiles: string;
  /** What was found, of every shape that was tried. */
  readonly fastest?: readonly { readonly shape: string; readonly variant: string; readonly gflops: number }[];
}

export interface SweepOptions {
  /** Left out: the best that this browser has. */
  readonly executor?: ExecutorKind;
  readonly threads?: number;
  /** Share of the time that is worked, above 0 to 1; all of it where not given. */
  readonly duty?: number;
  /** Trials that failed are trained again: all of them, or these. */
  readonly retryFailed?: boolean | readonly string[];
  /** A trial that is recorded as failed, without being trained any further: no worker survives it. */
  readonly giveUp?: GivenUpTrial | undefined;
}

export interface GivenUpTrial {
  readonly trialId: string;
  readonly reason: string;
}

/** What this browser can train with. */
export interface ExecutorOffers {
  readonly webgpu: GpuOffer;
  readonly wasm: WasmOffer;
  /** What is taken where nothing is asked for. */
  readonly automatic: ExecutorKind;
}

export interface GpuOffer {
  readonly available: boolean;
  /** Why it is not. */
  readonly reason?: string;
  /** E.g. "webgpu nvidia ada"; left out where there is no adapter. */
  readonly device?: string;
  /** Computes on the processor. */
  readonly software?: boolean;
  /** Of a tiny network against the reference. */
  readonly selfTest?: "passed" | "failed";
}

export interface WasmOffer {
  readonly available: boolean;
  readonly reason?: string;
  readonly cores: number;
  /** Threads where none are asked for, and why they are not more. */
  readonly suggested: number;
  readonly threadsNote?: string;
}

export interface StartedSweep {
  readonly studyId: string;
  /** Trials of all populations, and how many of them were recorded before. */
  readonly trials: number;
  readonly recorded: number;
}

/** A trial under way. */
export interface RunningTrial {
  readonly trialId: string;
  readonly studyId: string;
  readonly population: string;
  readonly index: number;
  /** Which of the network's seeds, from 2; absent for the first. */
  readonly repeat?: number;
  readonly params: TrialParams;
  readonly network: TrialNetwork;
  /** Networks of the space that were drawn until one was in the budget, this one included. */
  readonly draws: number;
}

export interface SweepProgress {
  readonly studyId: string;
  readonly trials: { readonly settled: number; readonly total: number };
  /** Of all trials' work, by the cost model; 0–1. */
  readonly fraction: number;
  /** Of the running trial. */
  readonly step: number;
  readonly steps: number;
  /** Milliseconds; undefined until a trial has been measured. */
  readonly etaMs?: number;
  readonly imagesPerSecond?: number;
  /** Of halving: how many trials come to each rung, and how many were there; the last is the end of the regime. */
  readonly rungs?: readonly RungProgress[];
}

export interface RungProgress {
  readonly epochs: number;
  readonly reached: number;
  readonly of: number;
}

export interface SweepSummary {
  readonly studyId: string;
  readonly outcome: "complete" | "stopped";
  /** Why it stopped, where a rule of the study did it. */
  readonly reason?: string;
  /** Settled ones, of this run and earlier ones. */
  readonly trials: number;
  readonly acceptance: readonly PopulationAcceptance[];
}

/** How many networks of a space a budget let through. */
export interface PopulationAcceptance {
  readonly population: string;
  readonly accepted: number;
  /** Networks of the space that were drawn, accepted ones included. */
  readonly drawn: number;
}

export interface StudySummary {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly settled: number;
  readonly total: number;
  readonly populations: readonly string[];
  /** Trials that were under way when a tab closed; of a study that runs, the one under way. */
  readonly interrupted: number;
  /** Known by its records alone. */
  readonly archive: boolean;
}

/** Where a study of another place came from. */
export interface StudyOrigin {
  /** Name of the file, or of the studies it was put together from. */
  readonly from: string;
  /** What of it could not be taken over, or means something else here; sentences. */
  readonly notes: readonly string[];
}

export interface StoredStudy {
  readonly id: string;
  readonly study: Study;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly trials: readonly Trial[];
  /** A trial that was running when the tab closed: its epochs so far. It goes on from them when the study does. */
  readonly interrupted: readonly InterruptedTrial[];
  readonly origin?: StudyOrigin;
}

export interface InterruptedTrial extends RunningTrial {
  /** When it was begun, or gone on with, last; milliseconds since 1970. */
  readonly startedAt: number;
  readonly epochs: readonly EpochRecord[];
}

export interface PreviewOptions {
  readonly seed: number;
  readonly dataset: Study["regime"]["dataset"];
  readonly batch: number;
  readonly count: number;
}

export interface PopulationPreview extends PopulationAcceptance {
  readonly networks: readonly TrialNetwork[];
}

export interface DeviceInfo {
  readonly executor: ExecutorKind;
  /** E.g. "wasm relaxed-simd, 1 thread". */
  readonly device: string;
  /** How many share the work, where that can be chosen. */
  readonly threads?: number;
  /** Why it is not the best one, in words for the user. */
  readonly note?: string;
}
