import { z } from "zod";

/**
 * NetworkSpec: the plain-JSON description of one convolutional network, and the only thing that spaces and scaling
 * formulas produce. Everything downstream (complexity, graph, plan, export) is computed from it.
 */

/** Upper limits at every border; far above what a browser trains, far below what overflows 2^53 in a cost. */
export const specLimits = {
  side: 4096,
  channels: 65_536,
  depth: 1_000,
  stages: 32,
  classes: 100_000,
} as const;

const side = z.int().min(1).max(specLimits.side);
const channels = z.int().min(1).max(specLimits.channels);
const stageFields = {
  /** d_i: number of blocks. */
  depth: z.int().min(1).max(specLimits.depth),
  /** w_i: output channels of every block of the stage. */
  width: channels,
  /** Stride of the stage's first block; the others have stride 1. */
  stride: z.int().min(1).max(8),
};
const ratio = z.number().min(0).max(1);

const plainStage = z.strictObject({
  block: z.enum(["vanilla", "res_basic"]),
  ...stageFields,
  /** 3×3 convolutions of a block; left out it is 2, as in pycls. V and VR of the RegNet paper's appendix have 1. */
  convolutions: z.int().min(1).max(2).optional(),
});

const bottleneckStage = z.strictObject({
  block: z.enum(["res_bottleneck", "res_bottleneck_linear"]),
  ...stageFields,
  /** b_i of the paper: block width / bottleneck width (2 halves, 0.5 inverts); pycls' BOT_MUL is 1/b. */
  bottleneckRatio: z.number().positive().max(64),
  /** g_i: channels per group of the 3×3 convolution; divides the bottleneck width. */
  groupWidth: channels,
  /** Squeeze width as a fraction of the block's INPUT width; 0 is no squeeze-and-excitation. X has 0, Y 0.25. */
  seRatio: ratio,
});

const kernel = z
  .int()
  .min(1)
  .max(15)
  .refine((k) => k % 2 === 1, "kernel must be odd");

const mbconvStage = z.strictObject({
  block: z.literal("mbconv"),
  ...stageFields,
  /** Expanded width / input width of the inverted bottleneck; 1 leaves the expanding convolution out. */
  expansion: z.number().min(1).max(64),
  kernel,
  /** Squeeze width as a fraction of the block's INPUT width (not of the expanded width). */
  seRatio: ratio,
  /**
   * Channels per group of the k×k convolution; left out it is 1, depthwise. Wider groups are G-EfficientNet's
   * (Masters et al. 2021, arXiv:2106.03640).
   */
  groupWidth: channels.optional(),
});

const fusedMbconvStage = z.strictObject({
  block: z.literal("fused_mbconv"),
  ...stageFields,
  expansion: z.number().min(1).max(64),
  kernel,
});

export const stageSchema = z.discriminatedUnion("block", [
  plainStage,
  bottleneckStage,
  mbconvStage,
  fusedMbconvStage,
]);

export const stemSchema = z.strictObject({
  /**
   * `small`: 3×3, stride 1 (pycls res_stem_cifar). `simple`: 3×3, stride 2 (simple_stem_in).
   * `resnet`: 7×7, stride 2, then 3×3 max pool, stride 2 (res_stem_in).
   */
  type: z.enum(["small", "simple", "resnet"]),
  width: channels,
});

const epsilon = z.number().positive().max(0.1);

/** Batch-independent norms: of one image, over its pixels and the channels of a group. */
const perImageNorm = {
  epsilon,
  /**
   * Proxy normalization of the activation behind the norm (arXiv:2106.03640): its ε, on the variance of the activated
   * proxy (the authors take 0.03); null leaves the activation as it is.
   */
  proxyEpsilon: epsilon.nullable(),
};

export const normSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("batch"),
    epsilon,
    /** Weight of the new batch in the running statistics. */
    momentum: z.number().positive().max(1),
  }),
  /** One group of all channels. */
  z.strictObject({ type: z.literal("layer"), ...perImageNorm }),
  z.strictObject({
    type: z.literal("group"),
    /** Channels per group; a norm whose channels it does not divide has one group of all its channels. */
    groupWidth: channels,
    ...perImageNorm,
  }),
]);

export const networkSpecSchema = z.strictObject({
  version: z.literal(1),
  name: z.string().max(200).optional(),
  input: z.strictObject({ height: side, width: side, channels: z.int().min(1).max(64) }),
  classes: z.int().min(1).max(specLimits.classes),
  stem: stemSchema,
  stages: z.array(stageSchema).min(1).max(specLimits.stages),
  /** Width of the 1×1 convolution before the pool; 0 leaves it out. */
  head: z.strictObject({ width: z.int().min(0).max(specLimits.channels) }),
  activation: z.enum(["relu", "silu"]),
  norm: normSchema,
});

type DeepReadonly<T> = T extends (infer U)[]
  ? readonly DeepReadonly<U>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

export type NetworkSpec = DeepReadonly<z.infer<typeof networkSpecSchema>>;
export type StageSpec = NetworkSpec["stages"][number];
export type BlockType = StageSpec["block"];
export type StemSpec = NetworkSpec["stem"];
export type NormSpec = NetworkSpec["norm"];
export type Activation = NetworkSpec["activation"];

/** Norm of pycls' configs. */
export const defaultNorm = { type: "batch", epsilon: 1e-5, momentum: 0.1 } as const satisfies NormSpec;

/** Layer norm with proxy-normalized activations, as the paper trains ResNets and EfficientNets. */
export const proxyLayerNorm = {
  type: "layer",
  epsilon: 1e-3,
  proxyEpsilon: 0.03,
} as const satisfies NormSpec;

/** Whether activations that directly follow a norm are proxy-normalized. */
export function isProxied(norm: NormSpec): boolean {
  return norm.type !== "batch" && norm.proxyEpsilon !== null;
}
