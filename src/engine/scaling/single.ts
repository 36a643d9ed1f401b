import type { NetworkSpec } from "../network/spec.ts";
import { type Multipliers, scaleBy } from "./multipliers.ts";
import { type Solved, solveForFlops } from "./solve.ts";

/** Scaling of one dimension alone, the usual practice that compound scaling is compared with (arXiv:1905.11946, fig. 2). */
export type Dimension = keyof Multipliers;

export function scaleDimension(baseline: NetworkSpec, dimension: Dimension, multiplier: number): NetworkSpec {
  return scaleBy(baseline, { depth: 1, width: 1, resolution: 1, [dimension]: multiplier });
}

/** The multiplier of one dimension, and its network, that meets a budget of multiply-adds most nearly. */
export function dimensionToFlops(baseline: NetworkSpec, dimension: Dimension, flops: number): Solved {
  const make = (multiplier: number) => scaleDimension(baseline, dimension, multiplier);
  return solveForFlops({ name: dimension, lowest: 0.05, highest: 16, make }, flops);
}
