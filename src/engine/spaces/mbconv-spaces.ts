import type { Rng } from "../math/rng.ts";
import { makeDivisible } from "../math/rounding.ts";
import { networkOf } from "../network/frame.ts";
import type { StageSpec } from "../network/spec.ts";
import { efficientnetB0 } from "./efficientnet-b0.ts";
import type { SpaceSetting } from "./setting.ts";
import type { SampledNetwork, Space, StageParams } from "./space.ts";

type Stage = (typeof efficientnetB0.stages)[number];

/** Stages of EfficientNet-B0, and so of these spaces. */
const fixedStages = efficientnetB0.stages.length;

/** Widths from half to twice B0's, in steps of 8. */
const widthSpread = 2;

/** Depths from 1 to twice B0's, and one more so that its single blocks vary too. */
const deepest = (stage: Stage) => 2 * stage.depth + 1;

export const mbconvSpaces = {
  mbconv: {
    id: "mbconv",
    label: "MBConv",
    description: "EfficientNet-B0 with free depths and widths; kernels, expansions and strides stay",
    fixedStages,
    degreesOfFreedom: () => 2 * fixedStages,
    log10Size: (setting) =>
      sum(setting, (stage) => Math.log10(deepest(stage)) + Math.log10(widthChoices(stage))),
    sample: (rng, setting) =>
      assemble("mbconv", setting, (stage) => ({
        ...stage,
        depth: rng.int(1, deepest(stage)),
        width: makeDivisible(rng.logUniform(stage.width / widthSpread, stage.width * widthSpread), 8),
      })),
  },
  // EfficientNetV2's search space (Tan and Le 2021, arXiv:2104.00298, §3.1): per stage the operation, the number of
  // layers, the kernel and the expansion; channel sizes are those of the backbone.
  efficientnetv2: {
    id: "efficientnetv2",
    label: "EfficientNetV2 search",
    description: "Per stage Fused-MBConv or MBConv, layers, kernel 3 or 5, expansion 1, 4 or 6; B0's widths",
    fixedStages,
    degreesOfFreedom: () => 4 * fixedStages,
    log10Size: (setting) => sum(setting, (stage) => Math.log10(2 * 2 * 3 * deepest(stage))),
    sample: (rng, setting) => assemble("efficientnetv2", setting, (stage) => searched(rng, stage)),
  },
} as const satisfies Record<string, Space>;

function searched(rng: Rng, stage: Stage): StageSpec {
  const fused = rng.int(0, 1) === 1;
  const depth = rng.int(1, deepest(stage));
  const kernel = rng.choice([3, 5]);
  const expansion = rng.choice([1, 4, 6]);
  const { width, stride, seRatio } = stage;
  const shape = { depth, width, stride, expansion, kernel };
  return fused ? { block: "fused_mbconv", ...shape } : { block: "mbconv", ...shape, seRatio };
}

function assemble(
  family: StageParams["family"],
  setting: SpaceSetting,
  draw: (stage: Stage) => StageSpec,
): SampledNetwork {
  const base = baseFor(setting);
  const stages = base.stages.map(draw);
  // The frame says which images; EfficientNets bring their own activation and head.
  const { activation, head } = base;
  const params = {
    family,
    depths: stages.map(({ depth }) => depth),
    widths: stages.map(({ width }) => width),
  };
  return { spec: networkOf({ ...setting.frame, activation, head }, stages), params };
}

/** Maps of 28, 14, 7 and 4 pixels, two stages each. */
const smallImageStrides = [1, 2, 1, 2, 1, 2, 1];

/**
 * B0; where the stem is one for small images with three halvings instead of B0's four, and scaled down as the ranges of the other spaces
 * are: a quarter of the width, half of the depth.
 */
function baseFor({ frame }: SpaceSetting): typeof efficientnetB0 {
  if (frame.stem.type !== "small") return efficientnetB0;
  const quarter = (channels: number) => makeDivisible(channels / 4, 8);
  return {
    ...efficientnetB0,
    head: { width: quarter(efficientnetB0.head.width) },
    stages: efficientnetB0.stages.map((stage, i) => ({
      ...stage,
      stride: smallImageStrides[i]!,
      depth: Math.ceil(stage.depth / 2),
      width: quarter(stage.width),
    })),
  };
}

function widthChoices({ width }: Stage): number {
  return Math.floor((width * widthSpread) / 8) - Math.ceil(width / widthSpread / 8) + 1;
}

function sum(setting: SpaceSetting, of: (stage: Stage) => number): number {
  return baseFor(setting).stages.reduce((total, stage) => total + of(stage), 0);
}
