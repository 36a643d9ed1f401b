import { percentOf, percentText } from "../math/percent.ts";
import type { RunControl } from "../runtime/worker/control.ts";
import type { EpochRecord } from "../training/trainer.ts";
import type { StopRules } from "./scheduling.ts";

/** How a rule ends a trial before its time: for good, or until the trial is taken up again. */
export interface EarlyEnding {
  readonly status: "cut" | "waits";
  readonly reason: string;
}

/** What the run asks of a trial. */
export interface TrialRules {
  /** Asked before every step, with the complete epochs and the milliseconds so far. */
  ending(epochs: readonly EpochRecord[], ms: number): EarlyEnding | undefined;
  /** Asked between two epochs: the study has had its time, this trial's milliseconds included. */
  timeIsUp(ms: number): boolean;
}

/** Where a trial is compared with others, or ends. */
export interface Rung {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** Epochs up to it. */
  readonly goal: number;
}

/** The rule that ends a trial now, if any. @param rung that the trial is on its way to. */
export function earlyEnding(
  stop: StopRules | undefined,
  { goal, number, of }: Rung,
  epochs: readonly EpochRecord[],
  ms: number,
): EarlyEnding | undefined {
  const { error, trialMinutes } = stop ?? {};
  if (error !== undefined && epochs.length >= error.epochs) {
    const lowest = Math.min(...epochs.slice(0, error.epochs).map(choosingError));
    if (lowest >= error.above) {
      const found = `error ${percentText(lowest)} after ${counted(error.epochs)}`;
      return { status: "cut", reason: `${found}, not below ${percentOf(error.above)}%` };
    }
  }
  if (trialMinutes !== undefined && ms >= trialMinutes * 60_000)
    return { status: "cut", reason: `its ${trialMinutes} minutes were over after ${counted(epochs.length)}` };
  if (epochs.length >= goal)
    return { status: "waits", reason: `at rung ${number} of ${of} after ${counted(epochs.length)}` };
  return undefined;
}

/** Whether a trial with these epochs once waited at a rung: it got so far, and no rule cut it there. */
export function cameTo(rung: Rung, epochs: readonly EpochRecord[], stop: StopRules | undefined): boolean {
  const upTo = epochs.slice(0, rung.goal);
  const ms = upTo.reduce((sum, epoch) => sum + epoch.ms, 0);
  return earlyEnding(stop, rung, upTo, ms)?.status === "waits";
}

/** The error that decides who goes on: on images held out for that, where the regime holds some out. */
export function choosingError({ validationError, testError }: EpochRecord): number {
  return validationError ?? testError;
}

/** A control that is another one but for its gate. */
export function following(control: RunControl, gate: RunControl["gate"]): RunControl {
  return {
    gate,
    pause: () => control.pause(),
    resume: () => control.resume(),
    stop: () => control.stop(),
    get paused() {
      return control.paused;
    },
    get stopped() {
      return control.stopped;
    },
    get duty() {
      return control.duty;
    },
    set duty(share) {
      control.duty = share;
    },
  };
}

export function counted(epochs: number): string {
  return `${epochs} epoch${epochs === 1 ? "" : "s"}`;
}
