import type { Executor } from "../runtime/executor.ts";
import type { TuningState } from "./protocol.ts";

/** Finds and keeps how a device computes fastest. */
export interface Tuner {
  /** Undefined for executors that have nothing to tune. */
  state(executor: Executor): Promise<TuningState | undefined>;
  /** Devices that are opened afterwards compute so. Rejects when the signal ends it, and where the result is wrong. */
  tune(executor: Executor, onProgress: (share: number) => void, signal: AbortSignal): Promise<TuningState>;
  /** Devices that are opened afterwards compute as before any tuning. */
  untune(executor: Executor): Promise<void>;
}
