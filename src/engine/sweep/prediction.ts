import { median } from "./halving.ts";
import type { Trial } from "./trial.ts";

/** Predicted times of trials against those they took. */
export interface PredictionErrors {
  /** Trials that were trained to the end and had a prediction. */
  readonly n: number;
  /** Of |predicted − actual| / actual. */
  readonly median: number;
}

type Timed = { readonly status: string } & {
  readonly [key in "ms" | "predictedMs"]?: Trial[key] | undefined;
};

/** undefined where no trial that is done had a prediction. */
export function predictionErrors(trials: Iterable<Timed>): PredictionErrors | undefined {
  const errors = Array.from(trials).flatMap(({ status, ms, predictedMs }) =>
    status === "done" && predictedMs !== undefined && ms !== undefined && ms > 0
      ? [Math.abs(predictedMs - ms) / ms]
      : [],
  );
  return errors.length > 0 ? { n: errors.length, median: median(errors) } : undefined;
}

/** The same in a sentence; nothing where there is nothing to tell. */
export function predictionNotes(trials: Iterable<Timed>): string[] {
  const errors = predictionErrors(trials);
  if (errors === undefined) return [];
  const { n, median: off } = errors;
  return [
    `The time of ${n} ${n === 1 ? "trial" : "trials"} was predicted before ${n === 1 ? "it" : "they"} began: ` +
      `${n === 1 ? "off by" : "median relative error"} ${(100 * off).toFixed(off < 0.1 ? 1 : 0)} %.`,
  ];
}
