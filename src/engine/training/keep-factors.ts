import type { Rng } from "../math/rng.ts";
import type { Plan } from "../plan/plan.ts";

/** How likely training leaves out what it may, 0–1. */
export interface KeepChances {
  /**
   * p of stochastic depth (Huang et al. 2016, arXiv:1603.09382): branch l of L is left out with probability
   * p_l = p·l/L, the paper's linear decay; each image draws for itself.
   */
  readonly stochasticDepth: number;
  /** p of dropout (Srivastava et al. 2014): each unit before the classifier, for each image. */
  readonly dropout: number;
}

/**
 * The factors of one step: 0 for what is left out, 1/(1 − p) for what is kept, so that evaluation has all of it at weight
 * 1 (the papers scale there instead).
 * @param rng a stream for each kind, so that one does not move the other's draws.
 * @returns for Session.step: batch · perImage factors for each of plan.drops in turn, of mean 1.
 */
export function keepFactors(
  plan: Pick<Plan, "drops" | "batch">,
  chances: KeepChances,
  rng: (stream: string) => Rng,
): Float32Array {
  const branches = rng("stochastic depth");
  const units = rng("dropout");
  const factors: number[] = [];
  for (const drop of plan.drops) {
    const branch = drop.of === "branch";
    const left = branch ? chances.stochasticDepth * drop.depth : chances.dropout;
    const stream = branch ? branches : units;
    for (let i = 0; i < plan.batch * drop.perImage; i++)
      factors.push(stream.float() < left ? 0 : 1 / (1 - left));
  }
  return Float32Array.from(factors);
}
