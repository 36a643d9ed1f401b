import { createStore } from "zustand/vanilla";
import type {
  DeviceInfo,
  ExecutorOffers,
  InterruptedTrial,
  RunningTrial,
  StudyOrigin,
  StudySummary,
  SweepProgress,
} from "../../../engine/sweep/protocol.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import type { EpochRecord, Trial } from "../../../engine/sweep/trial.ts";
import type { DeviceChoice } from "./device-choice.ts";

/**
 * Where a study stands.
 * - `idle`: the set-up is open for editing, nothing is recorded of it
 * - `starting`: kernels compile, data load
 * - `pausing`: the epoch under way is being finished
 * - `stopped`: some trials are recorded, nothing runs; it can go on
 * - `elsewhere`: another tab runs it; its records are shown as they come
 * - `failed`: something outside a trial went wrong; what is recorded is shown, and it can go on
 */
export type RunPhase =
  | "idle"
  | "starting"
  | "running"
  | "pausing"
  | "paused"
  | "stopping"
  | "stopped"
  | "complete"
  | "elsewhere"
  | "failed";

/** The trial under way, with its epochs so far. */
export interface LiveTrial extends RunningTrial {
  readonly epochs: readonly EpochRecord[];
}

export interface RunFailure {
  readonly message: string;
  readonly path?: string | undefined;
  /** The worker died, rather than said that something is wrong. */
  readonly crashed: boolean;
  /** The browser's storage is. */
  readonly full?: true;
}

/** The last time that the training worker ended before the run did. */
export interface WorkerLoss {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: string;
  /** How often it did in this run, this time included. */
  readonly times: number;
  /** The trial that was under way, as people call it, and how many of its epochs were complete. */
  readonly trial?: { readonly name: string; readonly epochs: number } | undefined;
  /** What came of it: training goes on; it does with the next trial, this one failed; or it waits for the user. */
  readonly outcome: "goes on" | "given up" | "waits";
}

export interface RunState {
  readonly phase: RunPhase;
  readonly studyId: string | undefined;
  /** The study whose trials are shown. */
  readonly study: Study | undefined;
  /** Recorded trials by id. */
  readonly trials: ReadonlyMap<string, Trial>;
  readonly live: LiveTrial | undefined;
  /** Where it came from, if not from here. */
  readonly origin: StudyOrigin | undefined;
  /** Trials that a closed tab cut short. */
  readonly interrupted: readonly InterruptedTrial[];
  readonly progress: SweepProgress | undefined;
  readonly failure: RunFailure | undefined;
  readonly loss: WorkerLoss | undefined;
  readonly device: DeviceInfo | undefined;
  /** What the next run is to be trained with; nothing: the best there is. */
  readonly choice: DeviceChoice;
  /** Share of the time that is worked, above 0 to 1. */
  readonly duty: number;
  /** What this browser can train with, once it was asked. */
  readonly offers: ExecutorOffers | undefined;
  /** Why nothing can be trained here at all. */
  readonly deviceFailure: string | undefined;
  readonly imagesPerSecond: number | undefined;
  /** Studies kept in this browser, newest first. */
  readonly studies: readonly StudySummary[];
  /** False until the store was asked for the last study: the page must not flash its empty state before that. */
  readonly ready: boolean;
}

export type RunStore = ReturnType<typeof createRunStore>;

export const emptyRun: Pick<
  RunState,
  | "phase"
  | "studyId"
  | "study"
  | "origin"
  | "trials"
  | "live"
  | "interrupted"
  | "progress"
  | "failure"
  | "loss"
> = {
  phase: "idle",
  studyId: undefined,
  study: undefined,
  origin: undefined,
  trials: new Map(),
  live: undefined,
  interrupted: [],
  progress: undefined,
  failure: undefined,
  loss: undefined,
};

export function createRunStore(initial: Partial<RunState> = {}) {
  return createStore<RunState>()(() => ({
    ...emptyRun,
    device: undefined,
    choice: {},
    duty: 1,
    offers: undefined,
    deviceFailure: undefined,
    imagesPerSecond: undefined,
    studies: [],
    ready: false,
    ...initial,
  }));
}

/** A worker is busy with the study, or about to be. */
export function isActive(phase: RunPhase): boolean {
  return ["starting", "running", "pausing", "paused", "stopping"].includes(phase);
}
