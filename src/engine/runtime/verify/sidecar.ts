import { z } from "zod";
import { parseInput } from "../../math/input-error.ts";
import { parseNetworkSpec } from "../../network/parse.ts";
import type { BlockType, NetworkSpec, StageSpec } from "../../network/spec.ts";

/**
 * The sidecar of a golden file: a network in pycls' terms (BOT_MUL is 1/b, SE ratio of the block's input), the
 * optimizer and what the reference itself is off by. Fields that only document are let through.
 */

const whole = z.int().min(0);
const perStage = z.array(z.number().nullable());

const common = {
  name: z.string(),
  stem_w: whole,
  head_w: whole,
  input_hw: z.tuple([whole, whole]),
  batch: z.int().min(1),
  num_classes: z.int().min(1),
  bn_eps: z.number(),
  bn_momentum: z.number(),
  label_smoothing: z.number().default(0),
  activation: z.enum(["relu", "silu"]),
  structural_zeros: z.array(z.string()).default([]),
  optimizer: z.object({
    lr: z.number(),
    momentum: z.number(),
    nesterov: z.boolean(),
    weight_decay: z.number(),
    steps: z.int().min(1),
  }),
};

const anynet = z.object({
  ...common,
  type: z.literal("anynet"),
  stem_type: z.enum(["res_stem_cifar", "simple_stem_in", "res_stem_in"]),
  block_type: z.enum([
    "vanilla_block",
    "res_basic_block",
    "res_bottleneck_block",
    "res_bottleneck_linear_block",
  ]),
  se_r: z.number(),
  depths: perStage,
  widths: perStage,
  strides: perStage,
  bot_muls: perStage,
  group_ws: perStage,
});

const effnet = z.object({
  ...common,
  type: z.literal("effnet"),
  se_r: z.number(),
  depths: perStage,
  widths: perStage,
  strides: perStage,
  exp_ratios: perStage,
  kernels: perStage,
});

const effnetV2 = z.object({
  ...common,
  type: z.literal("effnet_v2"),
  stages: z.array(
    z.object({
      block: z.enum(["FusedMBConv", "MBConv"]),
      expand_ratio: z.number(),
      kernel: whole,
      stride: whole,
      out_w: whole,
      depth: whole,
    }),
  ),
});

const sidecarSchema = z.discriminatedUnion("type", [anynet, effnet, effnetV2]);

export type Sidecar = z.infer<typeof sidecarSchema>;

/** @throws InputError naming the field of the sidecar that does not fit. */
export function parseSidecar(value: unknown, file: string): Sidecar {
  return parseInput(sidecarSchema, value, file);
}

/** torchvision's MBConv squeezes to a quarter of the block's input width. */
const torchvisionSqueeze = 0.25;

export function specOfSidecar(sidecar: Sidecar, inputChannels: number): NetworkSpec {
  const [height, width] = sidecar.input_hw;
  return parseNetworkSpec(
    {
      version: 1,
      name: sidecar.name,
      input: { height, width, channels: inputChannels },
      classes: sidecar.num_classes,
      stem: { type: stemOf(sidecar), width: sidecar.stem_w },
      stages: stagesOf(sidecar),
      head: { width: sidecar.head_w },
      activation: sidecar.activation,
      norm: { type: "batch", epsilon: sidecar.bn_eps, momentum: sidecar.bn_momentum },
    },
    sidecar.name,
  );
}

function stemOf(sidecar: Sidecar): NetworkSpec["stem"]["type"] {
  if (sidecar.type !== "anynet") return "simple";
  return ({ res_stem_cifar: "small", simple_stem_in: "simple", res_stem_in: "resnet" } as const)[
    sidecar.stem_type
  ];
}

function stagesOf(sidecar: Sidecar): StageSpec[] {
  if (sidecar.type === "effnet_v2") {
    return sidecar.stages.map(({ block, expand_ratio: expansion, kernel, stride, out_w: width, depth }) =>
      block === "FusedMBConv"
        ? { block: "fused_mbconv", depth, width, stride, expansion, kernel }
        : { block: "mbconv", depth, width, stride, expansion, kernel, seRatio: torchvisionSqueeze },
    );
  }
  return sidecar.depths.map((_, i) => {
    const pick = (values: readonly (number | null)[]) => values[i] ?? Number.NaN;
    const stage = {
      depth: pick(sidecar.depths),
      width: pick(sidecar.widths),
      stride: pick(sidecar.strides),
    };
    if (sidecar.type === "effnet") {
      const mbconv = { expansion: pick(sidecar.exp_ratios), kernel: pick(sidecar.kernels) };
      return { block: "mbconv", ...stage, ...mbconv, seRatio: sidecar.se_r };
    }
    const block = sidecar.block_type.replace(/_block$/, "") as Extract<
      BlockType,
      `res_${string}` | "vanilla"
    >;
    if (block === "vanilla" || block === "res_basic") return { block, ...stage };
    return {
      block,
      ...stage,
      bottleneckRatio: 1 / pick(sidecar.bot_muls),
      groupWidth: pick(sidecar.group_ws),
      seRatio: sidecar.se_r,
    };
  });
}
