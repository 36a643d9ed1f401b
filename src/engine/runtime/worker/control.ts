import { createYield } from "./yield.ts";

/** How a run is paused and stopped between steps. The trainer asks, the user of the trainer tells. */
export interface RunControl {
  /** Asked before every step: resolves "go" at once, when a pause ends, or "stop". Lets other events in now and then. */
  gate(): Promise<"go" | "stop">;
  pause(): void;
  resume(): void;
  /** Also ends a pause. Final. */
  stop(): void;
  readonly paused: boolean;
  readonly stopped: boolean;
}

export interface ControlOptions {
  /** Resolves in a later task, so that messages and signals are delivered. */
  readonly yieldToEvents?: () => Promise<void>;
  /** Milliseconds of work between two yields. */
  readonly sliceMs?: number;
  readonly now?: () => number;
}

export function createControl(options: ControlOptions = {}): RunControl {
  const { yieldToEvents = createYield(), sliceMs = 50, now = () => performance.now() } = options;
  let paused = false;
  let stopped = false;
  let wake: (() => void) | undefined;
  let yieldedAt = now();

  const release = () => {
    wake?.();
    wake = undefined;
  };
  return {
    async gate() {
      if (now() - yieldedAt >= sliceMs) {
        await yieldToEvents();
        yieldedAt = now();
      }
      while (paused && !stopped)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      return stopped ? "stop" : "go";
    },
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      release();
    },
    stop() {
      stopped = true;
      release();
    },
    get paused() {
      return paused;
    },
    get stopped() {
      return stopped;
    },
  };
}
