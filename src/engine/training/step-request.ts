import { augmentBatch } from "../data/augment.ts";
import { createRng } from "../math/rng.ts";
import type { Plan } from "../plan/plan.ts";
import type { BatchTransforms, ImageHandle, StepRequest } from "../runtime/executor.ts";
import { keepFactors } from "./keep-factors.ts";
import type { Phase } from "./phases.ts";
import type { Regime } from "./regime.ts";
import { rateInPart } from "./schedule-parts.ts";

/** What decides a step besides its number and its images. */
export interface StepSource {
  readonly seed: number;
  readonly regime: Regime;
  readonly phase: Phase;
  readonly plan: Plan;
  readonly images: ImageHandle;
}

/**
 * Step `step` of a run, from 0. Everything that it draws has a random stream of its own for each step, so that none depends
 * on what other steps drew: a run that goes on from an epoch sees the same images and leaves out the same branches.
 */
export function stepRequest(source: StepSource, step: number, indices: Uint32Array): StepRequest {
  const { images, regime, phase } = source;
  const keep = keepAt(source, step);
  return {
    batch: { from: "resident", images, indices, ...transformsAt(source, step, indices) },
    learningRate: rateInPart(phase.part, regime, step),
    ...(keep ? { keep } : {}),
  };
}

function keepAt({ seed, phase, plan }: StepSource, step: number): Float32Array | undefined {
  const { strengths } = phase;
  if (strengths.stochasticDepth === 0 && strengths.dropout === 0) return undefined;
  return keepFactors(plan, strengths, (stream) => createRng(seed, stream, step));
}

function transformsAt(
  { seed, regime, phase, plan, images }: StepSource,
  step: number,
  indices: Uint32Array,
): { readonly transforms?: BatchTransforms } {
  const [height, width, channels] = images.shape;
  const source = { height, width, channels, pixelsOf: (n: number) => images.pixelsOf(indices[n]!) };
  const rng = createRng(seed, "augment", step);
  const settings = { ...regime, ...phase.strengths };
  const transforms = augmentBatch(settings, source, plan.input, regime.batch, rng);
  return transforms === undefined ? {} : { transforms };
}
