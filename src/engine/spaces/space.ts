import type { Rng } from "../math/rng.ts";
import type { NetworkSpec } from "../network/spec.ts";
import type { AnyNetParams } from "./anynet.ts";
import type { SpaceParameter } from "./parameter.ts";
import type { PlainBlock, RegNetParams } from "./regnet.ts";
import type { SpaceSetting } from "./setting.ts";

/** Where a network comes from: the parameters that its family builds it of. */
export type NetworkParams =
  | ({ readonly family: "anynet" } & AnyNetParams)
  | ({ readonly family: "regnet" } & RegNetParams)
  /** RegNet's line with plain blocks. */
  | ({ readonly family: "regnet-plain"; readonly block: PlainBlock } & RegNetParams)
  | StageParams;

/** Families whose params are their stages themselves: what was free, one entry a stage. */
export interface StageParams {
  readonly family: "resnet" | "resnext" | "mbconv" | "efficientnetv2";
  readonly depths: readonly number[];
  readonly widths: readonly number[];
}

export interface SampledNetwork {
  readonly spec: NetworkSpec;
  readonly params: NetworkParams;
}

/** A design space: a set of networks with a distribution over it. */
export interface Space {
  readonly id: string;
  readonly label: string;
  /** One line: what is free and what is bound. */
  readonly description: string;
  /** The number of stages that every network of the space has, where a setting cannot choose it. */
  readonly fixedStages?: number;
  /** What a population may be told to draw otherwise, with the ranges of a setting. */
  parameters(setting: Pick<SpaceSetting, "ranges">): readonly SpaceParameter[];
  /** Number of free parameters, given the number of stages. */
  degreesOfFreedom(stages: number): number;
  /** log₁₀ of the number of configurations, counted as the RegNet paper's table does. */
  log10Size(setting: SpaceSetting): number;
  /** Draws once; undefined when the draw is not a network of the space in this setting. */
  sample(rng: Rng, setting: SpaceSetting): SampledNetwork | undefined;
}
