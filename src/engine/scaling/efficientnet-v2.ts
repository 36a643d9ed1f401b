import { roundHalfEven } from "../math/rounding.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { type CompoundCoefficients, compoundScale, efficientnetCoefficients } from "./compound.ts";

/**
 * EfficientNetV2's scaling (Tan and Le 2021, arXiv:2104.00298, §3.3): compound scaling, but the inference size stays at
 * 480 pixels or below, because large images cost memory and time, and later stages get extra layers, which add capacity
 * at little run time. The paper gives no number for the latter: here the second half of the stages gets `extraLayers`·φ
 * more blocks on average, rising evenly towards the last stage.
 */
export interface V2Scaling extends CompoundCoefficients {
  /** Largest side of the image, pixels. */
  readonly largestSide: number;
  /** Blocks added to a late stage per unit of φ, on average. */
  readonly extraLayers: number;
}

export const v2Scaling: V2Scaling = { ...efficientnetCoefficients, largestSide: 480, extraLayers: 1 };

/** The baseline scaled by φ ≥ 0; φ = 0 is the baseline. */
export function v2Scale(baseline: NetworkSpec, phi: number, scaling: V2Scaling = v2Scaling): NetworkSpec {
  const scaled = compoundScale(baseline, phi, scaling);
  const { input, stages } = scaled;
  const cap = (side: number, own: number) => Math.max(own, Math.min(side, scaling.largestSide));
  const late = Math.ceil(stages.length / 2);
  return {
    ...scaled,
    input: {
      ...input,
      height: cap(input.height, baseline.input.height),
      width: cap(input.width, baseline.input.width),
    },
    stages: stages.map((stage, i) => {
      const position = i - (stages.length - late);
      if (position < 0) return stage;
      const weight = (2 * (position + 1)) / (late + 1);
      return {
        ...stage,
        depth: stage.depth + roundHalfEven(weight * scaling.extraLayers * Math.max(0, phi)),
      };
    }),
  };
}
