import type { Rng } from "../math/rng.ts";
import { logUniform, powerOfTwoOrLogUniform, uniformInteger } from "./distributions.ts";
import { possibleStages, quantizedWidths } from "./quantized.ts";
import type { RegNetParams } from "./regnet.ts";
import type { SpaceSetting } from "./setting.ts";

/**
 * Draws params of RegNetX (RegNet paper, §3.3) with the distributions of pycls' `regnet_sampler`: d uniform; w_0, w_a and
 * w_m log-uniform in steps of 8, 0.1 and 0.001; g a power of two below 8 and a log-uniform multiple of 8 from there on.
 * `seRatio` 0.25 makes it RegNetY. Not every draw is a network of the setting: `regnetFits` says which are.
 */
export function sampleRegnet(rng: Rng, setting: SpaceSetting, seRatio = 0): RegNetParams {
  const { ranges } = setting;
  return {
    depth: uniformInteger(rng, ...ranges.depth),
    initialWidth: logUniform(rng, ...ranges.initialWidth, 8),
    slope: logUniform(rng, ...ranges.slope, 0.1),
    widthMultiplier: logUniform(rng, ...ranges.widthMultiplier, 0.001),
    groupWidth: powerOfTwoOrLogUniform(rng, ...ranges.groupWidth, 8),
    bottleneckRatio: rng.choice(ranges.bottleneckRatios),
    seRatio,
  };
}

/**
 * Whether the params give the wanted number of stages, with none skipped (pycls rejects where `num_stages` differs from
 * `total_stages`), and no stage too wide.
 */
export function regnetFits(params: RegNetParams, { stages, ranges }: SpaceSetting): boolean {
  if (possibleStages(params) !== stages) return false;
  const { stageWidths } = quantizedWidths(params);
  return stageWidths.length === stages && stageWidths.at(-1)! <= ranges.widest;
}
