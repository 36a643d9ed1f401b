import { z } from "zod";
import { parseInput } from "../../../engine/math/input-error.ts";
import type { BlockShape } from "../../../engine/network/adjust.ts";
import { type Frame, networkOf } from "../../../engine/network/frame.ts";
import { type NetworkSpec, type StageSpec, specLimits } from "../../../engine/network/spec.ts";
import { publishedNetworks } from "../../../engine/published/registry.ts";
import { drawNetwork } from "../../../engine/spaces/population.ts";
import { type SpaceId, spaceOf } from "../../../engine/spaces/registry.ts";
import { stageInfo } from "../../../engine/spaces/stage-info.ts";
import { frameOf, imagesOf, settingOf } from "../model/images.ts";
import {
  type Family,
  type Knob,
  knobsByKind,
  listAt,
  type Point,
  type Preset,
  type Values,
} from "./family.ts";
import { spacePopulation } from "./space-population.ts";
import { evenStops, logStops, powerStops } from "./stops.ts";

type ListKey = Exclude<keyof typeof stageInfo, "seRatio" | "headWidth">;
type SingleKey = "seRatio" | "headWidth";

/** Values of one stage by the keys of their lists. */
export type StageValues = { readonly [K in ListKey]?: number };

/** A family whose parameters are its stages themselves. */
export interface StageFamily {
  readonly id: SpaceId;
  readonly source: string;
  readonly lists: readonly ListKey[];
  readonly singles: readonly SingleKey[];
  readonly stageCounts?: readonly number[];
  /** Families of published networks: presets where they fit, and what it is compared with. */
  readonly relatives: readonly string[];
  stage(values: StageValues, seRatio: number): StageSpec;
  /** undefined for a stage of another family. */
  read(stage: StageSpec): StageValues | undefined;
  /** What the stage asks for before pycls' rule makes it fit. */
  requested?(values: StageValues): BlockShape;
  /** What the family brings along. */
  frame?(frame: Frame, headWidth: number): Frame;
}

const legal: Readonly<Record<ListKey, z.ZodNumber | z.ZodInt>> = {
  depths: z.int().min(1).max(specLimits.depth),
  widths: z.int().min(1).max(specLimits.channels),
  strides: z.int().min(1).max(8),
  bottleneckRatios: z.number().positive().max(64),
  groupWidths: z.int().min(1).max(specLimits.channels),
  expansions: z.number().min(1).max(64),
  kernels: z
    .int()
    .min(1)
    .max(15)
    .refine((k) => k % 2 === 1, "expected an odd number"),
  fused: z.int().min(0).max(1),
};

const legalSingle: Readonly<Record<SingleKey, z.ZodNumber | z.ZodInt>> = {
  seRatio: z.number().min(0).max(1),
  headWidth: z.int().min(0).max(specLimits.channels),
};

const shorts: Readonly<Record<ListKey | SingleKey, string>> = {
  depths: "d",
  widths: "w",
  strides: "s",
  bottleneckRatios: "b",
  groupWidths: "g",
  expansions: "e",
  kernels: "k",
  fused: "fu",
  seRatio: "q",
  headWidth: "wh",
};

function stopsOf(key: ListKey | SingleKey, small: boolean): { stops: readonly number[]; decimals?: number } {
  switch (key) {
    case "depths":
      return { stops: evenStops(1, small ? 12 : 36, 1) };
    case "widths":
      return { stops: logStops(8, small ? 256 : 2048, 8) };
    case "strides":
      return { stops: [1, 2] };
    case "bottleneckRatios":
      return { stops: [0.5, 1, 2, 4], decimals: 2 };
    case "groupWidths":
      return { stops: powerStops(1, small ? 256 : 1024) };
    case "expansions":
      return { stops: evenStops(1, 8, 0.5), decimals: 2 };
    case "kernels":
      return { stops: [1, 3, 5, 7] };
    case "fused":
      return { stops: [0, 1] };
    case "seRatio":
      return { stops: evenStops(0, 1, 0.05), decimals: 3 };
    case "headWidth":
      return { stops: evenStops(0, small ? 640 : 2560, 16) };
    default:
      throw new Error(`unknown parameter ${key satisfies never}`);
  }
}

export function stageFamily(kind: StageFamily): Family {
  const { id, lists, singles, source, stageCounts, relatives } = kind;
  const { label, description } = spaceOf(id);
  const schema = schemaOf(lists, singles);

  const stagesOf = (values: Values): StageValues[] =>
    listAt(values, "depths").map((_, i) =>
      Object.fromEntries(lists.map((key) => [key, listAt(values, key)[i]])),
    );

  function build({ values, images }: Point) {
    const checked = parseInput(schema, values) as Values;
    const stages = stagesOf(checked);
    const { seRatio = 0, headWidth = 0 } = checked as Partial<Record<SingleKey, number>>;
    const frame = frameOf(images);
    const spec: NetworkSpec = {
      ...networkOf(
        kind.frame?.(frame, headWidth) ?? frame,
        stages.map((stage) => kind.stage(stage, seRatio)),
      ),
      name: label,
    };
    return kind.requested === undefined ? { spec } : { spec, requested: stages.map(kind.requested) };
  }

  function read({ stages, head }: NetworkSpec): Values | undefined {
    const each = stages.map(kind.read);
    if (each.includes(undefined)) return undefined;
    const squeezed = stages.find((stage) => "seRatio" in stage && stage.seRatio > 0);
    const single = {
      seRatio: squeezed !== undefined && "seRatio" in squeezed ? squeezed.seRatio : 0,
      headWidth: head.width,
    };
    return {
      ...Object.fromEntries(lists.map((key) => [key, each.map((stage) => stage![key]!)])),
      ...Object.fromEntries(singles.map((key) => [key, single[key]])),
    };
  }

  const adopt = (spec: NetworkSpec): Values | undefined => {
    const values = read(spec);
    const counts = stageCounts ?? [spaceOf(id).fixedStages];
    return values !== undefined && counts.includes(spec.stages.length) ? values : undefined;
  };
  return {
    id,
    label,
    kind: "space",
    description,
    source,
    space: id,
    relatives,
    ...(stageCounts && { stageCounts }),
    knobs: knobsByKind((images) =>
      [...lists, ...singles].map((key): Knob => {
        const { stops, decimals = 0 } = stopsOf(key, images === "small");
        const stages = key === "seRatio" || key === "headWidth" ? "none" : "each";
        return { key, short: shorts[key], info: stageInfo[key], stages, stops, decimals };
      }),
    ),
    // The first network that the space draws: of the right size for the images, whatever they are.
    start: (images) =>
      read(drawNetwork({ space: id, setting: settingOf(images, 4), budget: {}, seed: 1 }, 0).spec)!,
    build,
    population: ({ values, images }) =>
      spacePopulation(id, images, listAt(values, "depths").length, ({ spec }) => read(spec)!),
    presets: () =>
      publishedNetworks.flatMap(({ id, name, family, spec }): Preset[] => {
        const values = relatives.includes(family) ? adopt(spec) : undefined;
        return values === undefined
          ? []
          : [{ id, label: name, point: { values, images: imagesOf(spec), baseline: "" } }];
      }),
    adopt,
  };
}

/** One entry a stage in every list. */
function schemaOf(lists: readonly ListKey[], singles: readonly SingleKey[]) {
  const perStage = (key: ListKey) => z.array(legal[key]).min(1).max(specLimits.stages);
  return z
    .strictObject({
      ...Object.fromEntries(lists.map((key) => [key, perStage(key)])),
      ...Object.fromEntries(singles.map((key) => [key, legalSingle[key]])),
    })
    .superRefine((values: Record<string, unknown>, context) => {
      const stages = (values.depths as readonly number[]).length;
      for (const key of lists) {
        const { length } = values[key] as readonly number[];
        if (length === stages) continue;
        const message = `has ${length} entries; expected one a stage, as depths has (${stages})`;
        context.addIssue({ code: "custom", path: [key], message });
      }
    });
}
