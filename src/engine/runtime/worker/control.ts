import { createRest } from "./rest.ts";
import { createYield } from "./yield.ts";

/** Where a run stands when it asks: between two epochs (or trials), or within an epoch. */
export type Boundary = "epoch" | "step";

/** How a run is paused and stopped. The trainer asks, the user of the trainer tells. */
export interface RunControl {
  /**
   * Asked before every step: resolves "go" at once, when a pause ends, or "stop". A pause holds only between epochs, so
   * that what is under way is finished; where nothing is said, it is such a place. Lets other events in now and then, and
   * rests as the duty cycle asks.
   */
  gate(at?: Boundary): Promise<"go" | "stop">;
  pause(): void;
  resume(): void;
  /** Also ends a pause. Final. */
  stop(): void;
  readonly paused: boolean;
  readonly stopped: boolean;
  /** Share of the time that is worked, above 0 to 1; may be changed while the run goes on. */
  duty: number;
}

export interface ControlOptions {
  /** Resolves in a later task, so that messages and signals are delivered. */
  readonly yieldToEvents?: () => Promise<void>;
  /** Milliseconds of work between two yields. */
  readonly sliceMs?: number;
  readonly now?: () => number;
  /** Resolves after so many milliseconds. */
  readonly rest?: (ms: number) => Promise<void>;
  readonly duty?: number;
  /** Called when a pause takes hold. */
  readonly onHeld?: () => void;
}

/** Milliseconds. Shorter rests are saved up: a timer is not exact, and a pause between any two steps helps nobody. */
const shortestRest = 10;
/** Milliseconds. Longer rests are cut, so that a stop is heard. */
const longestRest = 100;

export function createControl(options: ControlOptions = {}): RunControl {
  const { yieldToEvents = createYield(), sliceMs = 50, now = () => performance.now() } = options;
  const { rest = createRest(), onHeld = () => {} } = options;
  let { duty = 1 } = options;
  let paused = false;
  let stopped = false;
  let wake: (() => void) | undefined;
  let yieldedAt = now();
  let workedSince = now();
  /** Milliseconds of rest that the work so far has earned. */
  let owed = 0;

  const release = () => {
    wake?.();
    wake = undefined;
  };
  const hold = async () => {
    if (!paused || stopped) return;
    onHeld();
    while (paused && !stopped)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    owed = 0;
  };
  const restAWhile = async () => {
    owed += (now() - workedSince) * (1 / duty - 1);
    if (owed < shortestRest) return;
    while (owed > 0 && duty < 1 && !stopped) {
      const ms = Math.min(owed, longestRest);
      await rest(ms);
      await yieldToEvents();
      owed -= ms;
    }
    owed = 0;
    yieldedAt = now();
  };
  return {
    async gate(at = "epoch") {
      if (duty < 1) await restAWhile();
      if (now() - yieldedAt >= sliceMs) {
        await yieldToEvents();
        yieldedAt = now();
      }
      if (at === "epoch") await hold();
      workedSince = now();
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
    get duty() {
      return duty;
    },
    set duty(share) {
      if (!(share > 0 && share <= 1)) throw new RangeError(`duty ${share}: above 0 to 1 is allowed`);
      duty = share;
    },
  };
}
