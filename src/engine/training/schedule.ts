import { portableExp, portableLog, portableSinCos } from "../math/portable.ts";

/**
 * How the learning rate goes from its peak to the end of the run. With t the fraction of all steps that are done and f the
 * `finalRate`, η over its peak is what pycls' LR_POLICY of that kind gives (pycls/core/optimizer.py; f is its MIN_LR):
 *
 * | schedule | pycls | η / peak |
 * |---|---|---|
 * | `cosine` | cos | f + (1 − f)·½(1 + cos πt), half a period (Loshchilov & Hutter 2017, arXiv:1608.03983) |
 * | `linear` | lin | f + (1 − f)·(1 − t) |
 * | `exponential` | exp | f^t |
 * | `step` | steps | stepFactor^(number of milestones ≤ t) |
 * | `constant` | steps, without any | 1 |
 */
export const scheduleNames = ["cosine", "linear", "exponential", "step", "constant"] as const;

export type ScheduleName = (typeof scheduleNames)[number];

/** The fields of a regime that decide its learning rate; those that are left out are `scheduleDefaults`'. */
export interface Schedule {
  /** η: the peak. */
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  /** Fraction of all steps, 0–1. */
  readonly warmup: number;
  /** f: η at the end over its peak, 0–1; above 0 for `exponential`. */
  readonly finalRate?: number | undefined;
  /** Of `step`: fractions of the run, ascending, at which η falls. */
  readonly milestones?: readonly number[] | undefined;
  /** Of `step`: what each milestone multiplies η with. */
  readonly stepFactor?: number | undefined;
}

/**
 * `cosine` and `linear` end at 0, as pycls' MIN_LR does by default; `exponential`, which cannot, at a hundredth. `step`
 * divides by ten after a half and three quarters of the run (He et al. 2016, §4.2, arXiv:1512.03385).
 */
export const scheduleDefaults = {
  finalRate: { cosine: 0, linear: 0, exponential: 0.01 },
  milestones: [0.5, 0.75],
  stepFactor: 0.1,
} as const;

/** The warm-up starts at this part of the learning rate (pycls' WARMUP_FACTOR). */
export const warmupStart = 0.1;

/**
 * η of every step: the schedule falls over the whole run, and the warm-up multiplies its beginning by a line from 0.1
 * to 1, as in pycls; per step instead of per epoch, because runs here have few epochs.
 */
export function learningRateAt(regime: Schedule, step: number, steps: number): number {
  const peak = regime.learningRate * fallAt(regime, step / steps);
  const warmupSteps = regime.warmup * steps;
  if (step >= warmupSteps) return peak;
  return peak * (warmupStart + (1 - warmupStart) * (step / warmupSteps));
}

/** η over its peak after the fraction t of the run, the warm-up aside. */
function fallAt(regime: Schedule, t: number): number {
  const { schedule } = regime;
  switch (schedule) {
    case "cosine":
      return above(finalRateOf(regime), cosineFall(t));
    case "linear":
      return above(finalRateOf(regime), 1 - t);
    case "exponential":
      return portableExp(t * portableLog(finalRateOf(regime)));
    case "step": {
      const { milestones = scheduleDefaults.milestones, stepFactor = scheduleDefaults.stepFactor } = regime;
      return milestones.reduce((fall, milestone) => (t >= milestone ? fall * stepFactor : fall), 1);
    }
    case "constant":
      return 1;
    default:
      return schedule satisfies never;
  }
}

/** f of a schedule that has one. */
export function finalRateOf({ schedule, finalRate }: Pick<Schedule, "schedule" | "finalRate">): number {
  if (schedule === "step" || schedule === "constant") return 1;
  return finalRate ?? scheduleDefaults.finalRate[schedule];
}

function above(floor: number, fall: number): number {
  return floor + (1 - floor) * fall;
}

/**
 * ½(1 + cos πt) = cos²(πt/2) for 0 ≤ t ≤ 1. Not by Math.cos, which may differ in the last bit between engines: a seed must
 * train alike in all of them.
 */
function cosineFall(t: number): number {
  const { cos } = portableSinCos((Math.PI / 2) * t);
  return cos * cos;
}
