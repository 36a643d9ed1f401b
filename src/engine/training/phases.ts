import { InputError, type InputProblem } from "../math/input-error.ts";
import { atResolution, totalStride } from "../network/input-size.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { type Regime, type Regularizer, regularizers } from "./regime.ts";
import { type SchedulePart, scheduleParts } from "./schedule-parts.ts";

/** Epochs in a row that are trained alike. Weights, momenta and averages carry over from one phase to the next. */
export interface Phase {
  /** From 1, both included. */
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  /** The network at the size of this phase's images; its epochs are evaluated at that size too. */
  readonly spec: NetworkSpec;
  /** What the regularizers are in this phase; 0 is off. */
  readonly strengths: Readonly<Record<Regularizer, number>>;
  /** The part of the run that its learning rate's schedule runs over. */
  readonly part: SchedulePart;
}

/**
 * The phases of a run, in order.
 *
 * Progressive learning (Tan & Le 2021, arXiv:2104.00298, Algorithm 1): M phases of N/M epochs each (boundaries rounded).
 * In phase i, from 0, the images' side is S₀ + (S_e − S₀)·i/(M − 1) and the strength of every regularizer
 * φ₀ + (φ_e − φ₀)·i/(M − 1): S₀ and φ₀ are the regime's `progressive`, S_e is the network's own input and φ_e the regime's
 * own values. Sides between S₀ and S_e are rounded to the nearest multiple of the network's total stride T: such an image
 * fills every map, another one pays for pixels of padding. S₀ and S_e are taken as they are.
 *
 * Fine-tuning (the last epochs at another image size, as Touvron et al. 2019, arXiv:1906.06423): its learning rate has a
 * schedule of its own, of the regime's kind, without warm-up.
 *
 * @throws InputError where an image size is none for this network.
 */
export function trainingPhases(spec: NetworkSpec, regime: Regime): readonly Phase[] {
  checkSizes(spec, regime);
  return phasesOf(spec, regime);
}

/** The network at the largest images of its run: what its memory must be for. */
export function largestInput(spec: NetworkSpec, regime: Regime): NetworkSpec {
  const specs = phasesOf(spec, regime).map((phase) => phase.spec);
  return specs.reduce((largest, each) => (each.input.height > largest.input.height ? each : largest));
}

/**
 * Epochs at the network's own image size that cost as much as the run, or as its first `epochs`: costs go with the area of
 * the images.
 */
export function fullSizeEpochs(spec: NetworkSpec, regime: Regime, epochs = regime.epochs): number {
  const own = spec.input.height;
  return phasesOf(spec, regime).reduce((sum, phase) => {
    const trained = Math.max(0, Math.min(phase.lastEpoch, epochs) - phase.firstEpoch + 1);
    return sum + trained * (phase.spec.input.height / own) ** 2;
  }, 0);
}

function phasesOf(spec: NetworkSpec, regime: Regime): readonly Phase[] {
  const { epochs, fineTune, progressive } = regime;
  const [training, tuning] = scheduleParts(regime);
  if (training === undefined) return [];
  const main = training.epochs;
  const count = progressive?.phases ?? 1;
  const phases: Phase[] = [];
  for (let i = 0; i < count; i++) {
    const t = count === 1 ? 1 : i / (count - 1);
    phases.push({
      firstEpoch: Math.round((i * main) / count) + 1,
      lastEpoch: Math.round(((i + 1) * main) / count),
      spec: sized(spec, t === 1 ? undefined : progressive?.resolution, t),
      strengths: strengthsAt(regime, t),
      part: training,
    });
  }
  if (fineTune !== undefined && tuning !== undefined)
    phases.push({
      firstEpoch: main + 1,
      lastEpoch: epochs,
      spec: atResolution(spec, fineTune.resolution),
      strengths: strengthsAt(regime, 1),
      part: tuning,
    });
  return phases;
}

/** The phase of an epoch. */
export function phaseAt(phases: readonly Phase[], epoch: number): Phase {
  const phase = phases.find(({ lastEpoch }) => epoch <= lastEpoch);
  if (phase === undefined) throw new RangeError(`epoch ${epoch} is in no phase`);
  return phase;
}

/** Whether a run sees images of several sizes: then its epochs say theirs. */
export function changesSize(phases: readonly Phase[]): boolean {
  return new Set(phases.map(({ spec }) => spec.input.height)).size > 1;
}

function sized(spec: NetworkSpec, start: number | undefined, t: number): NetworkSpec {
  if (start === undefined) return spec;
  const end = spec.input.height;
  const side = start + (end - start) * t;
  const stride = totalStride(spec);
  const rounded = t === 0 ? start : stride * Math.round(side / stride);
  return atResolution(spec, Math.min(Math.max(rounded, start), end));
}

function strengthsAt(regime: Regime, t: number): Phase["strengths"] {
  const strength = (key: Regularizer): number => {
    const end = regime[key] ?? 0;
    const start = regime.progressive?.[key] ?? end;
    return t === 1 ? end : start + (end - start) * t;
  };
  return Object.fromEntries(regularizers.map((key) => [key, strength(key)])) as Record<Regularizer, number>;
}

function checkSizes(spec: NetworkSpec, { progressive, fineTune }: Regime): void {
  const least = totalStride(spec);
  const own = spec.input.height;
  const problems: InputProblem[] = [];
  const smallest = (key: string, side: number | undefined) => {
    if (side !== undefined && side < least)
      problems.push({
        path: `regime.${key}.resolution`,
        message: `${side} is not allowed; this network's strides multiply to ${least}, its images have at least as many pixels a side`,
      });
  };
  smallest("progressive", progressive?.resolution);
  smallest("fineTune", fineTune?.resolution);
  const start = progressive?.resolution;
  if (start !== undefined && start > own)
    problems.push({
      path: "regime.progressive.resolution",
      message: `${start} is not allowed; at most the side of the network's own images (${own}), where it ends`,
    });
  if (problems.length > 0) throw new InputError(problems);
}
