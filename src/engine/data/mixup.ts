import { drawBeta } from "../math/beta.ts";
import type { Rng } from "../math/rng.ts";
import type { BatchTransforms } from "../runtime/executor.ts";

/**
 * Mixup (Zhang et al. 2018, arXiv:1710.09412): every image meets a partner, the batch in a random order, with a weight
 * λ ~ Beta(α, α) of its own.
 * @param alpha α > 0: small ones leave images nearly as they are, 1 is uniform.
 */
export function mixPairs(count: number, alpha: number, rng: Rng): NonNullable<BatchTransforms["mix"]> {
  const partners = rng.shuffle(Uint32Array.from({ length: count }, (_, n) => n));
  const lambdas = Float32Array.from({ length: count }, () => drawBeta(alpha, alpha, rng));
  return { partners, lambdas };
}
