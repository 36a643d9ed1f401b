import { type Regime, stepsPerEpoch } from "./regime.ts";
import { learningRateAt, type Schedule } from "./schedule.ts";

/** Epochs in a row that one schedule runs over. */
export interface SchedulePart {
  readonly schedule: Schedule;
  /** From 1. */
  readonly firstEpoch: number;
  readonly epochs: number;
}

/** The run, or all but the epochs of a fine-tuning and then those: they have a schedule of their own, without warm-up. */
export function scheduleParts(regime: Regime): readonly SchedulePart[] {
  const { epochs, fineTune } = regime;
  if (fineTune === undefined) return [{ schedule: regime, firstEpoch: 1, epochs }];
  const main = epochs - fineTune.epochs;
  const tuning: Schedule = { ...regime, learningRate: fineTune.learningRate, warmup: 0 };
  return [
    { schedule: regime, firstEpoch: 1, epochs: main },
    { schedule: tuning, firstEpoch: main + 1, epochs: fineTune.epochs },
  ];
}

/** η of a step of the whole run, from 0, that is in this part. */
export function rateInPart(
  { schedule, firstEpoch, epochs }: SchedulePart,
  regime: Pick<Regime, "images" | "batch">,
  step: number,
): number {
  const perEpoch = stepsPerEpoch(regime);
  return learningRateAt(schedule, step - (firstEpoch - 1) * perEpoch, epochs * perEpoch);
}

/** A point of the curve of η. */
export interface RatePoint {
  /** From 0. */
  readonly step: number;
  readonly rate: number;
}

/** η over a run for a picture: the first and last step of every part, and about `count` steps between them. */
export function learningRateCurve(regime: Regime, count: number): RatePoint[] {
  const perEpoch = stepsPerEpoch(regime);
  const total = regime.epochs * perEpoch;
  return scheduleParts(regime).flatMap((part) => {
    const steps = part.epochs * perEpoch;
    if (!(steps >= 1)) return [];
    const first = (part.firstEpoch - 1) * perEpoch;
    const points = Math.max(2, Math.min(steps, Math.ceil((count * steps) / total)));
    return Array.from({ length: points }, (_, i) => {
      const step = first + Math.round((i * (steps - 1)) / (points - 1));
      return { step, rate: rateInPart(part, regime, step) };
    });
  });
}
