import { makeDivisible, roundHalfEven } from "../math/rounding.ts";
import { adjustBlock } from "../network/adjust.ts";
import { bottleneckWidth } from "../network/blocks/bottleneck.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";

/** What depth, width and resolution of a baseline are multiplied by. */
export interface Multipliers {
  /** d: blocks of every stage. */
  readonly depth: number;
  /** w: channels of stem, stages and head. */
  readonly width: number;
  /** r: side of the image. */
  readonly resolution: number;
}

/** How scaled numbers become whole ones. */
export interface RoundingRules {
  depth(blocks: number): number;
  width(channels: number): number;
  side(pixels: number): number;
}

/**
 * EfficientNet's rules, as torchvision: depth rounded up (`adjust_depth`), widths to multiples of 8 and never below 90 %
 * (`_make_divisible`), sides to the nearest pixel.
 */
export const efficientnetRounding: RoundingRules = {
  depth: (blocks) => Math.max(1, Math.ceil(blocks)),
  width: (channels) => makeDivisible(channels, 8),
  side: (pixels) => Math.max(1, roundHalfEven(pixels)),
};

/** The baseline with every dimension multiplied; a multiplier of 1 leaves its dimension exactly as it is. */
export function scaleBy(
  baseline: NetworkSpec,
  multipliers: Multipliers,
  rounding: RoundingRules = efficientnetRounding,
): NetworkSpec {
  const scaled = (value: number, multiplier: number, round: (value: number) => number) =>
    multiplier === 1 ? value : round(value * multiplier);
  const width = (channels: number) => scaled(channels, multipliers.width, rounding.width);
  const side = (pixels: number) => scaled(pixels, multipliers.resolution, rounding.side);
  const { input, stem, head, stages } = baseline;
  return {
    ...baseline,
    input: { ...input, height: side(input.height), width: side(input.width) },
    stem: { ...stem, width: width(stem.width) },
    stages: stages.map((stage) => {
      const depth = scaled(stage.depth, multipliers.depth, rounding.depth);
      return multipliers.width === 1
        ? { ...stage, depth }
        : withWidth({ ...stage, depth }, width(stage.width));
    }),
    head: { width: head.width === 0 ? 0 : width(head.width) },
  };
}

/**
 * A stage of another width. Groups keep their width, and the block width gives way where they do not divide it
 * (`adjustBlock`); a stage of one single group, as ResNet's, keeps one.
 */
export function withWidth(stage: StageSpec, width: number): StageSpec {
  if (stage.block !== "res_bottleneck" && stage.block !== "res_bottleneck_linear") return { ...stage, width };
  const { bottleneckRatio, groupWidth } = stage;
  const single = groupWidth === bottleneckWidth(stage.width, bottleneckRatio);
  const requested = { width, bottleneckRatio, groupWidth: single ? Number.POSITIVE_INFINITY : groupWidth };
  return { ...stage, ...adjustBlock(requested) };
}
