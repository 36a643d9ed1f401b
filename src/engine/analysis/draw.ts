import type { Rng } from "../math/rng.ts";

/**
 * A random index below `size`, for statistics that draw millions: one multiplication instead of the exact `Rng.int`. No
 * index is favoured by more than size/2³², far below what any number of draws could show.
 */
export function drawIndex(rng: Rng, size: number): number {
  return Math.floor((rng.bits() * size) / 0x100000000);
}
