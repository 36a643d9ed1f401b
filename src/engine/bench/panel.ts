import { z } from "zod";
import { InputError, parseInput } from "../math/input-error.ts";
import { parseNetworkSpec } from "../network/parse.ts";
import { defaultNorm, type NetworkSpec, type StageSpec, specLimits } from "../network/spec.ts";

/**
 * A panel of networks that other frameworks run too (bench/nets.json), in words of its own that a peer in any language
 * reads easily: X blocks (1×1, group 3×3, 1×1) and MBConvs behind a 3×3 stem.
 */
const side = z.int().min(1).max(specLimits.side);
const channels = z.int().min(1).max(specLimits.channels);
const fields = {
  name: z.string().min(1).max(200),
  input: z.tuple([side, side, z.int().min(1).max(64)]),
  classes: z.int().min(1).max(specLimits.classes),
  /** Width of the stem: a 3×3 convolution of stride 1. */
  stem: channels,
  act: z.enum(["relu", "swish"]),
  /** Squeeze width as a fraction of the block's input width. */
  se: z.number().min(0).max(1).optional(),
};
const stage = {
  w: channels,
  d: z.int().min(1).max(specLimits.depth),
  /** Of the stage's first block. */
  stride: z.int().min(1).max(8),
};
const stages = <S extends z.ZodType>(one: S) => z.array(one).min(1).max(specLimits.stages);

const xNet = z.strictObject({
  block: z.literal("x"),
  ...fields,
  group_width: channels,
  stages: stages(z.strictObject({ ...stage, k: z.literal(3).optional() })),
});

const mbNet = z.strictObject({
  block: z.literal("mb"),
  ...fields,
  /** Expanded width / input width. */
  expand: z.number().min(1).max(64),
  stages: stages(
    z.strictObject({
      ...stage,
      k: z
        .int()
        .min(1)
        .max(15)
        .refine((k) => k % 2 === 1, "k must be odd")
        .optional(),
    }),
  ),
});

const panelSchema = z.strictObject({
  note: z.string().optional(),
  batch: z.int().min(1).max(4096).default(64),
  nets: z
    .array(z.discriminatedUnion("block", [xNet, mbNet]))
    .min(1)
    .max(1000),
});

/** One network as the panel's file says it; what a peer is handed. */
export type PanelNet = z.infer<typeof panelSchema>["nets"][number];

export interface PanelEntry {
  readonly net: PanelNet;
  readonly spec: NetworkSpec;
}

export interface Panel {
  readonly batch: number;
  readonly entries: readonly PanelEntry[];
}

/** A panel from anything; an InputError names every field that does not fit. */
export function parsePanel(json: unknown, root = "panel"): Panel {
  const { batch, nets } = parseInput(panelSchema, json, root);
  nets.forEach(({ name }, i) => {
    const first = nets.findIndex((net) => net.name === name);
    if (first !== i)
      throw new InputError([
        { path: `${root}.nets[${i}].name`, message: `"${name}" is nets[${first}]'s name already` },
      ]);
  });
  return {
    batch,
    entries: nets.map((net, i) => ({ net, spec: specOf(net, `${root}.nets[${i}]`) })),
  };
}

/** The entries of these names, in the panel's order; all of them where no names are given. */
export function pickEntries({ entries }: Panel, names?: readonly string[]): readonly PanelEntry[] {
  const known = entries.map(({ net }) => net.name);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new InputError([
      { path: "nets", message: `"${unknown}" is not in the panel; expected ${known.join(", ")}` },
    ]);
  return entries.filter(({ net }) => names === undefined || names.includes(net.name));
}

function specOf(net: PanelNet, path: string): NetworkSpec {
  const [height, width, channels] = net.input;
  if (net.block === "x")
    net.stages.forEach(({ w }, i) => {
      if (w % net.group_width !== 0)
        throw new InputError([
          {
            path: `${path}.stages[${i}].w`,
            message: `${w} is not allowed; expected a multiple of group_width (${net.group_width})`,
          },
        ]);
    });
  const spec: NetworkSpec = {
    version: 1,
    name: net.name,
    input: { height, width, channels },
    classes: net.classes,
    stem: { type: "small", width: net.stem },
    stages: stagesOf(net),
    head: { width: 0 },
    activation: net.act === "swish" ? "silu" : "relu",
    norm: defaultNorm,
  };
  return parseNetworkSpec(spec, path);
}

function stagesOf(net: PanelNet): StageSpec[] {
  return net.stages.map(({ w, d, stride, k = 3 }) => {
    const common = { depth: d, width: w, stride, seRatio: net.se ?? 0 };
    return net.block === "mb"
      ? { block: "mbconv", ...common, expansion: net.expand, kernel: k }
      : { block: "res_bottleneck", ...common, bottleneckRatio: 1, groupWidth: net.group_width };
  });
}
