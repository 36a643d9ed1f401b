import { type Frame, imagenetFrame, smallImageFrame } from "../network/frame.ts";
import type { WholeDraws } from "./parameter-draw.ts";

/** From the lowest to the highest value, both included. */
export type Interval = readonly [low: number, high: number];

/** How far each parameter of a space may go. */
export interface Ranges {
  /** d_i of AnyNetX: blocks of a stage. */
  readonly stageDepth: Interval;
  /** w_i of AnyNetX: block width, channels, multiples of 8. */
  readonly width: Interval;
  /** b: block width / bottleneck width. */
  readonly bottleneckRatios: readonly number[];
  /** g: channels per group; powers of two in AnyNetX, in RegNets also multiples of 8. */
  readonly groupWidth: Interval;
  /** d of RegNets: blocks of the network. */
  readonly depth: Interval;
  /** w_0 of RegNets: channels, multiples of 8. */
  readonly initialWidth: Interval;
  /** w_a of RegNets: channels per block, multiples of 0.1. */
  readonly slope: Interval;
  /** w_m of RegNets: multiples of 0.001. */
  readonly widthMultiplier: Interval;
  /** Widest stage of a RegNet, channels: the line itself has no end. */
  readonly widest: number;
}

/**
 * ImageNet, as the RegNet paper: §3.2 d_i ≤ 16, w_i ≤ 1024, b_i ∈ {1, 2, 4}, g_i ∈ {1, 2, …, 32}; §3.3 d < 64,
 * w_0, w_a < 256, 1.5 ≤ w_m ≤ 3, b and g as before. The slope starts at 8 as in pycls' sampler.
 */
export const imagenetRanges: Ranges = {
  stageDepth: [1, 16],
  width: [8, 1024],
  bottleneckRatios: [1, 2, 4],
  groupWidth: [1, 32],
  depth: [1, 63],
  initialWidth: [8, 248],
  slope: [8, 255.9],
  widthMultiplier: [1.5, 3],
  widest: Number.POSITIVE_INFINITY,
};

/**
 * Small images (28 to 32 pixels, budgets of some 1 to 10 million multiply-adds): the paper's ranges, scaled down by two
 * in depth and four in width, which is what a thousandth of the multiply-adds leaves room for. The largest network of
 * each space is then some tens of times over such a budget, as it is on ImageNet.
 */
export const smallImageRanges: Ranges = {
  stageDepth: [1, 8],
  width: [8, 256],
  bottleneckRatios: [1, 2, 4],
  groupWidth: [1, 32],
  depth: [1, 24],
  initialWidth: [8, 64],
  slope: [4, 64],
  widthMultiplier: [1.5, 3],
  widest: 256,
};

/** What a space is sampled for: the task, the number of stages and the ranges. */
export interface SpaceSetting {
  readonly frame: Frame;
  /** Number of stages, exactly. */
  readonly stages: number;
  /** Stride of each stage's first block; the last entry repeats. RegNets halve the map in every stage: [2]. */
  readonly strides: readonly number[];
  readonly ranges: Ranges;
  /** What is drawn otherwise than `ranges` say. */
  readonly draws?: WholeDraws;
}

/** The paper's: 224×224 pixels, four stages. */
export const imagenetSetting: SpaceSetting = {
  frame: imagenetFrame,
  stages: 4,
  strides: [2],
  ranges: imagenetRanges,
};

/** 28×28 pixels, three stages: maps of 14, 7 and 4 pixels after a stem that keeps the size. */
export const smallImageSetting: SpaceSetting = {
  frame: smallImageFrame,
  stages: 3,
  strides: [2],
  ranges: smallImageRanges,
};

/** Stride of stage i. */
export function strideOf(strides: readonly number[], stage: number): number {
  return strides[Math.min(stage, strides.length - 1)] ?? 2;
}

/** How many multiples of the step lie in an interval. */
export function multiplesIn([low, high]: Interval, step: number): number {
  return Math.floor(high / step) - Math.ceil(low / step) + 1;
}

/** How many of low, 2·low, 4·low, … lie in an interval. */
export function powersIn([low, high]: Interval): number {
  return Math.floor(Math.log2(high / low)) + 1;
}
