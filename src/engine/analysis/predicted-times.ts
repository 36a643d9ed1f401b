import { percentText } from "../math/percent.ts";
import { median } from "../sweep/halving.ts";
import { type Finding, found, missing } from "./finding.ts";
import type { Observation } from "./trials/observation.ts";

/** A trial whose time was predicted before it began. Milliseconds. */
export interface TimedTrial {
  readonly id: string;
  readonly population: string;
  /** What people call its network. */
  readonly name: string;
  readonly predictedMs: number;
  /** What it took. */
  readonly ms: number;
}

/** Predicted times of trials against those they took. */
export interface PredictedTimes {
  /** Trials that were trained to the end and had a prediction. */
  readonly n: number;
  /** Of |predicted − measured| / measured. */
  readonly median: number;
  /**
   * ≥ 1: nine of ten trials (of fewer than ten: all) took between 1/factor and factor times what was predicted, as the
   * smallest such factor.
   */
  readonly factor: number;
  readonly trials: readonly TimedTrial[];
}

/** Of single trials, not of networks: every seed has a time of its own. */
export function predictedTimes(
  observations: readonly Pick<Observation, "id" | "population" | "name" | "status" | "values">[],
): Finding<PredictedTimes> {
  if (observations.length === 0) return missing("no-trials", "No trial to tell the time of.");
  const trials = observations.flatMap(({ id, population, name, status, values }): TimedTrial[] => {
    const { ms = 0, predictedMs = 0 } = values;
    return status === "done" && ms > 0 && predictedMs > 0 ? [{ id, population, name, predictedMs, ms }] : [];
  });
  if (trials.length === 0)
    return missing(
      "no-values",
      "No trial that was trained to the end had its time predicted: that needs an earlier trial on the same device.",
    );
  const factors = trials
    .map(({ ms, predictedMs }) => Math.max(ms / predictedMs, predictedMs / ms))
    .sort((a, b) => a - b);
  return found({
    n: trials.length,
    median: median(trials.map(({ ms, predictedMs }) => Math.abs(predictedMs - ms) / ms)),
    factor: factors[Math.ceil(0.9 * factors.length) - 1]!,
    trials,
  });
}

/** The same in a sentence. */
export function predictedTimesSentence({ n, median: off, factor }: PredictedTimes): string {
  const error = percentText(off, off < 0.1 ? 1 : 0);
  if (n === 1) return `The time of 1 trial was predicted before it began: off by ${error}.`;
  return (
    `The time of ${n} trials was predicted before they began: median relative error ${error}, ` +
    `${n < 10 ? "all" : "nine of ten"} within a factor of ${factorText(factor)}.`
  );
}

/** Rounded up, so that what is said to lie within it does. */
export function factorText(factor: number): string {
  const digits = factor < 10 ? 100 : 1;
  return String(Math.ceil(factor * digits - 1e-9) / digits);
}
