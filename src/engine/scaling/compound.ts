import type { NetworkSpec } from "../network/spec.ts";
import { type Multipliers, scaleBy } from "./multipliers.ts";
import { type Solved, solveForFlops } from "./solve.ts";

/**
 * Compound scaling (Tan and Le 2019, arXiv:1905.11946, eq. 3): one φ scales depth, width and resolution together,
 * d = α^φ, w = β^φ, r = γ^φ, with α·β²·γ² ≈ 2, so that flops grow by 2^φ. α, β, γ ≥ 1.
 */
export interface CompoundCoefficients {
  /** α: growth of depth per unit of φ. */
  readonly alpha: number;
  /** β: growth of width. */
  readonly beta: number;
  /** γ: growth of resolution. */
  readonly gamma: number;
}

/** Found for EfficientNet-B0 by grid search (§4, step 1). */
export const efficientnetCoefficients: CompoundCoefficients = { alpha: 1.2, beta: 1.1, gamma: 1.15 };

/** α·β²·γ²: how many times the flops grow per unit of φ; the paper holds it near 2. */
export function flopsGrowth({ alpha, beta, gamma }: CompoundCoefficients): number {
  return alpha * beta ** 2 * gamma ** 2;
}

export function compoundMultipliers(phi: number, coefficients = efficientnetCoefficients): Multipliers {
  const { alpha, beta, gamma } = coefficients;
  return { depth: alpha ** phi, width: beta ** phi, resolution: gamma ** phi };
}

/** The baseline scaled by φ; φ = 0 is the baseline, a negative φ shrinks it. */
export function compoundScale(
  baseline: NetworkSpec,
  phi: number,
  coefficients = efficientnetCoefficients,
): NetworkSpec {
  return scaleBy(baseline, compoundMultipliers(phi, coefficients));
}

/** The φ, and its network, that meets a budget of multiply-adds most nearly. */
export function compoundToFlops(
  baseline: NetworkSpec,
  flops: number,
  coefficients = efficientnetCoefficients,
): Solved {
  const make = (phi: number) => compoundScale(baseline, phi, coefficients);
  return solveForFlops({ name: "φ", lowest: -8, highest: 8, make }, flops);
}
