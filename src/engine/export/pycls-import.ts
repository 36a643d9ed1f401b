import { parse } from "yaml";
import { z } from "zod";
import { InputError, parseInput } from "../math/input-error.ts";
import { parseNetworkSpec } from "../network/parse.ts";
import type { NetworkSpec } from "../network/spec.ts";
import type { NetworkParams } from "../spaces/registry.ts";
import { type RegNetParams, regnetStages } from "../spaces/regnet.ts";

const stemTypes = { res_stem_cifar: "small", simple_stem_in: "simple", res_stem_in: "resnet" } as const;
const stemType = z.enum(["res_stem_cifar", "simple_stem_in", "res_stem_in"]).default("simple_stem_in");
const blockType = z.templateLiteral([
  z.enum(["vanilla", "res_basic", "res_bottleneck", "res_bottleneck_linear"]),
  "_block",
]);
const numbers = z.array(z.number());

/** The part of pycls' config that makes the network; the defaults are pycls'. What says how to train it is ignored. */
const configSchema = z.object({
  MODEL: z.object({
    TYPE: z.enum(["anynet", "regnet", "effnet"]),
    NUM_CLASSES: z.number().default(10),
    ACTIVATION_FUN: z.enum(["relu", "silu", "swish"]).default("relu"),
  }),
  ANYNET: z
    .object({
      STEM_TYPE: stemType,
      STEM_W: z.number().default(32),
      BLOCK_TYPE: blockType.default("res_bottleneck_block"),
      DEPTHS: numbers,
      WIDTHS: numbers,
      STRIDES: numbers,
      BOT_MULS: numbers.default([]),
      GROUP_WS: numbers.default([]),
      HEAD_W: z.number().default(0),
      SE_ON: z.boolean().default(false),
      SE_R: z.number().default(0.25),
    })
    .optional(),
  REGNET: z
    .object({
      STEM_TYPE: stemType,
      STEM_W: z.number().default(32),
      BLOCK_TYPE: z.literal("res_bottleneck_block").default("res_bottleneck_block"),
      STRIDE: z.number().default(2),
      DEPTH: z.int().min(1).max(1000).default(10),
      W0: z.int().positive().multipleOf(8).default(32),
      WA: z.number().min(0).default(5),
      WM: z.number().gt(1).default(2.5),
      GROUP_W: z.int().positive().default(16),
      BOT_MUL: z.number().positive().default(1),
      HEAD_W: z.number().default(0),
      SE_ON: z.boolean().default(false),
      SE_R: z.number().default(0.25),
    })
    .optional(),
  EN: z
    .object({
      STEM_W: z.number().default(32),
      DEPTHS: numbers,
      WIDTHS: numbers,
      EXP_RATIOS: numbers,
      KERNELS: numbers,
      STRIDES: numbers,
      HEAD_W: z.number().default(1280),
      SE_R: z.number().default(0.25),
    })
    .optional(),
  BN: z
    .object({ EPS: z.number().default(1e-5), MOM: z.number().default(0.1) })
    .default({ EPS: 1e-5, MOM: 0.1 }),
  TRAIN: z.object({ IM_SIZE: z.number().default(224) }).default({ IM_SIZE: 224 }),
});

type PyclsConfig = z.output<typeof configSchema>;

/** The network of a pycls config file. pycls feeds three channels; the file of another network needs them said. */
export function specFromPycls(yaml: string, channels = 3): NetworkSpec {
  return networkFromPycls(readYaml(yaml), channels).spec;
}

export interface PyclsNetwork {
  readonly spec: NetworkSpec;
  /** In the words of the space it is of; "given" where it is of none. */
  readonly params: NetworkParams | { readonly family: "given" };
}

/**
 * The network of a pycls config as an object. A whole config has a section of every model type; only the one that
 * MODEL.TYPE names counts.
 */
export function networkFromPycls(value: unknown, channels = 3): PyclsNetwork {
  const config = parseInput(configSchema, onlyItsModel(value));
  const { MODEL, BN, TRAIN } = config;
  const frame = {
    version: 1,
    input: { height: TRAIN.IM_SIZE, width: TRAIN.IM_SIZE, channels },
    classes: MODEL.NUM_CLASSES,
    activation: MODEL.ACTIVATION_FUN === "relu" ? "relu" : "silu",
    norm: { type: "batch", epsilon: BN.EPS, momentum: BN.MOM },
  };
  const spec = parseNetworkSpec({ ...frame, ...partsOf(config) }, "network");
  return { spec, params: paramsOf(config, spec) };
}

const sections = { anynet: "ANYNET", regnet: "REGNET", effnet: "EN" } as const;

function onlyItsModel(value: unknown): unknown {
  const type = (value as { readonly MODEL?: { readonly TYPE?: unknown } } | null)?.MODEL?.TYPE;
  if (typeof type !== "string" || !(type in sections)) return value;
  const others = Object.values(sections).filter((name) => name !== sections[type as keyof typeof sections]);
  return Object.fromEntries(
    Object.entries(value as object).filter(([key]) => !(others as readonly string[]).includes(key)),
  );
}

function paramsOf({ MODEL, REGNET }: PyclsConfig, { stages }: NetworkSpec): PyclsNetwork["params"] {
  if (MODEL.TYPE === "regnet") return { family: "regnet", ...regnetParams(section(REGNET, "REGNET")) };
  const [depths, widths] = [stages.map(({ depth }) => depth), stages.map(({ width }) => width)];
  if (MODEL.TYPE === "effnet") return { family: "mbconv", depths, widths };
  const bottlenecks = stages.flatMap((stage) => (stage.block === "res_bottleneck" ? [stage] : []));
  if (bottlenecks.length < stages.length) return { family: "given" };
  return {
    family: "anynet",
    ...{ depths, widths, strides: stages.map(({ stride }) => stride) },
    bottleneckRatios: bottlenecks.map(({ bottleneckRatio }) => bottleneckRatio),
    groupWidths: bottlenecks.map(({ groupWidth }) => groupWidth),
    seRatio: bottlenecks[0]!.seRatio,
  };
}

function readYaml(yaml: string): unknown {
  try {
    return parse(yaml, { version: "1.1" });
  } catch (error) {
    throw new InputError([
      { path: "", message: `not YAML: ${error instanceof Error ? error.message : error}` },
    ]);
  }
}

type Parts = { stem: object; head: object; stages: readonly unknown[] };

function partsOf(config: PyclsConfig): Parts {
  switch (config.MODEL.TYPE) {
    case "anynet":
      return anynetParts(section(config.ANYNET, "ANYNET"));
    case "regnet":
      return regnetParts(section(config.REGNET, "REGNET"));
    case "effnet":
      return effnetParts(section(config.EN, "EN"));
  }
}

function section<S>(value: S | undefined, name: string): S {
  if (value !== undefined) return value;
  throw new InputError([{ path: name, message: "missing; MODEL.TYPE asks for it" }]);
}

function anynetParts(net: NonNullable<PyclsConfig["ANYNET"]>): Parts {
  const block = net.BLOCK_TYPE.replace(/_block$/, "");
  const bottleneck = block.startsWith("res_bottleneck");
  const stages = net.DEPTHS.map((depth, i) => ({
    block,
    depth,
    width: net.WIDTHS[i],
    stride: net.STRIDES[i],
    ...(bottleneck && {
      bottleneckRatio: 1 / (net.BOT_MULS[i] ?? 1),
      groupWidth: net.GROUP_WS[i] ?? 1,
      seRatio: net.SE_ON ? net.SE_R : 0,
    }),
  }));
  return { stem: { type: stemTypes[net.STEM_TYPE], width: net.STEM_W }, head: { width: net.HEAD_W }, stages };
}

function regnetParams(net: NonNullable<PyclsConfig["REGNET"]>): RegNetParams {
  return {
    depth: net.DEPTH,
    initialWidth: net.W0,
    slope: net.WA,
    widthMultiplier: net.WM,
    groupWidth: net.GROUP_W,
    bottleneckRatio: 1 / net.BOT_MUL,
    seRatio: net.SE_ON ? net.SE_R : 0,
  };
}

function regnetParts(net: NonNullable<PyclsConfig["REGNET"]>): Parts {
  const stages = regnetStages(regnetParams(net), [net.STRIDE]);
  return { stem: { type: stemTypes[net.STEM_TYPE], width: net.STEM_W }, head: { width: net.HEAD_W }, stages };
}

function effnetParts(net: NonNullable<PyclsConfig["EN"]>): Parts {
  const stages = net.DEPTHS.map((depth, i) => ({
    block: "mbconv",
    depth,
    width: net.WIDTHS[i],
    stride: net.STRIDES[i],
    expansion: net.EXP_RATIOS[i],
    kernel: net.KERNELS[i],
    seRatio: net.SE_R,
  }));
  return { stem: { type: "simple", width: net.STEM_W }, head: { width: net.HEAD_W }, stages };
}
