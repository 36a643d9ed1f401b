import type { Rng } from "../math/rng.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * Stochastic depth (Huang et al. 2016, arXiv:1603.09382): a step leaves residual branches out at random. Branch l of L is
 * left out with probability p_l = p·l/L, the paper's linear decay; each image draws for itself, and a kept branch
 * weighs 1/(1 − p_l), so that evaluation has all branches at weight 1 (the paper scales there instead).
 * @returns for Session.step: plan.batch factors for each of plan.drops in turn, of mean 1.
 */
export function keepFactors(plan: Pick<Plan, "drops" | "batch">, p: number, rng: Rng): Float32Array {
  const factors = new Float32Array(plan.drops.length * plan.batch);
  plan.drops.forEach(({ depth }, branch) => {
    const left = p * depth;
    for (let image = 0; image < plan.batch; image++)
      factors[branch * plan.batch + image] = rng.float() < left ? 0 : 1 / (1 - left);
  });
  return factors;
}
