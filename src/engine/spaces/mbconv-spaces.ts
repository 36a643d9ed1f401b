import type { Rng } from "../math/rng.ts";
import { makeDivisible } from "../math/rounding.ts";
import { networkOf } from "../network/frame.ts";
import type { StageSpec } from "../network/spec.ts";
import { groupParameter, squeezeParameter, squeezeRatio } from "./block-parameters.ts";
import { efficientnetB0 } from "./efficientnet-b0.ts";
import { drawsOf, type SpaceParameter } from "./parameter.ts";
import { drawValue } from "./parameter-draw.ts";
import type { SpaceSetting } from "./setting.ts";
import type { SampledNetwork, Space, StageParams } from "./space.ts";
import { stageInfo } from "./stage-info.ts";

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
    parameters: () => mbconvParameters,
    sample: (rng, setting) =>
      assemble("mbconv", setting, (stage) => ({
        ...stage,
        depth: rng.int(1, deepest(stage)),
        width: makeDivisible(rng.logUniform(stage.width / widthSpread, stage.width * widthSpread), 8),
        ...said(rng, setting, stage),
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
    parameters: () => searchParameters,
    sample: (rng, setting) => assemble("efficientnetv2", setting, (stage) => searched(rng, setting, stage)),
  },
} as const satisfies Record<string, Space>;

/** What a population says of expansions, kernels, groups and squeezes; a block that does not expand stays so. */
function said(rng: Rng, { draws = {} }: SpaceSetting, stage: Stage): Partial<Stage> {
  const { expansion, kernel, groupWidth, seRatio } = draws;
  return {
    ...(expansion && { expansion: stage.expansion === 1 ? 1 : drawValue(rng, expansion) }),
    ...(kernel && { kernel: drawValue(rng, kernel) }),
    ...(groupWidth && { groupWidth: drawValue(rng, groupWidth) }),
    seRatio: squeezeRatio(rng, seRatio, stage.seRatio),
  };
}

const expansionParameter: SpaceParameter = {
  name: "expansion",
  info: { ...stageInfo.expansions, label: "Expansion" },
  usual: undefined,
  limits: [1, 16],
  grid: 0,
  step: 0.01,
};

const kernelParameter: SpaceParameter = {
  name: "kernel",
  info: { ...stageInfo.kernels, label: "Kernel" },
  usual: undefined,
  limits: [1, 9],
  // Odd ones: 1, 3, 5, …
  grid: 1,
  step: 2,
  odd: true,
};

const mbconvParameters: readonly SpaceParameter[] = [
  expansionParameter,
  kernelParameter,
  { ...groupParameter, info: { ...groupParameter.info, help: "in a group of the k×k; 1 is depthwise" } },
  { ...squeezeParameter, usual: [0.25] },
];

const searchParameters: readonly SpaceParameter[] = [
  {
    name: "fused",
    info: { ...stageInfo.fused, label: "Fused" },
    usual: { from: 0, to: 1, distribution: "uniform", step: 1 },
    limits: [0, 1],
    grid: 1,
    step: 1,
  },
  { ...expansionParameter, usual: [1, 4, 6] },
  { ...kernelParameter, usual: [3, 5] },
  { ...squeezeParameter, usual: [0.25] },
];

const searchDraws = drawsOf(() => searchParameters);

function searched(rng: Rng, setting: SpaceSetting, stage: Stage): StageSpec {
  const draws = searchDraws(setting);
  const fused = drawValue(rng, draws.fused!) === 1;
  const depth = rng.int(1, deepest(stage));
  const kernel = drawValue(rng, draws.kernel!);
  const expansion = drawValue(rng, draws.expansion!);
  const seRatio = squeezeRatio(rng, draws.seRatio, stage.seRatio);
  const { width, stride } = stage;
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
