import { InputError, parseInput } from "../../../engine/math/input-error.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import { publishedNetworks } from "../../../engine/published/registry.ts";
import { type AnyNetParams, anynetSpec } from "../../../engine/spaces/anynet.ts";
import { anynetInfo } from "../../../engine/spaces/anynet-info.ts";
import type { AnyNetVariant } from "../../../engine/spaces/anynet-sampler.ts";
import { anynetParamsSchema } from "../../../engine/spaces/params.ts";
import { spaceOf } from "../../../engine/spaces/registry.ts";
import { frameOf, type Images, type ImagesKind, imagesOf, kindOf } from "../model/images.ts";
import {
  type Built,
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

/** What a variant binds (RegNet paper, §3.2): each takes what the one before it binds, and something more. */
const binds = {
  sharedRatio: (variant: AnyNetVariant) => variant >= "b",
  sharedGroups: (variant: AnyNetVariant) => variant >= "c",
  risingWidths: (variant: AnyNetVariant) => variant >= "d",
  risingDepths: (variant: AnyNetVariant) => variant >= "e",
} as const;

function knobs(kind: ImagesKind, variant: AnyNetVariant): Knob[] {
  const small = kind === "small";
  const knob = (
    key: keyof AnyNetParams,
    short: string,
    stops: readonly number[],
    stages: Knob["stages"],
    decimals = 0,
  ): Knob => ({ key, short, info: anynetInfo[key], stages, stops, decimals });
  return [
    knob("depths", "d", evenStops(1, small ? 8 : 36, 1), "each"),
    knob("widths", "w", logStops(8, small ? 256 : 2048, 8), "each"),
    knob("bottleneckRatios", "b", [0.25, 0.5, 1, 2, 4], binds.sharedRatio(variant) ? "shared" : "each", 2),
    knob(
      "groupWidths",
      "g",
      powerStops(1, small ? 64 : 512),
      binds.sharedGroups(variant) ? "shared" : "each",
    ),
    knob("strides", "s", [1, 2], "each"),
    knob("seRatio", "q", evenStops(0, 1, 0.05), "none", 3),
  ];
}

function start(images: Images): Values {
  const four = <T>(value: T) => [value, value, value, value];
  return kindOf(images) === "small"
    ? {
        depths: [1, 2, 3],
        widths: [24, 48, 96],
        strides: [2, 2, 2],
        bottleneckRatios: [1, 1, 1],
        groupWidths: [8, 8, 8],
        seRatio: 0,
      }
    : {
        depths: [2, 3, 6, 6],
        widths: [32, 72, 160, 400],
        strides: four(2),
        bottleneckRatios: four(1),
        groupWidths: four(8),
        seRatio: 0,
      };
}

function build({ values, images }: Point, variant: AnyNetVariant): Built {
  const params = parseInput(anynetParamsSchema, values);
  const broken = boundBy(params, variant);
  if (broken.length > 0) throw new InputError(broken);
  const { widths, bottleneckRatios, groupWidths } = params;
  return {
    spec: { ...anynetSpec(params, frameOf(images)), name: spaceOf(`anynetx${variant}`).label },
    params: { family: "anynet", ...params },
    requested: widths.map((width, i) => ({
      width,
      bottleneckRatio: bottleneckRatios[i]!,
      groupWidth: groupWidths[i]!,
    })),
  };
}

/** What the variant's rules say against these params. */
function boundBy(params: AnyNetParams, variant: AnyNetVariant) {
  const label = spaceOf(`anynetx${variant}`).label;
  const { depths, widths, bottleneckRatios, groupWidths } = params;
  const rules = [
    {
      on: binds.sharedRatio,
      path: "bottleneckRatios",
      list: bottleneckRatios,
      ok: isConstant,
      rule: "one value",
    },
    { on: binds.sharedGroups, path: "groupWidths", list: groupWidths, ok: isConstant, rule: "one value" },
    { on: binds.risingWidths, path: "widths", list: widths, ok: isRising, rule: "widths that never shrink" },
    { on: binds.risingDepths, path: "depths", list: depths, ok: isRising, rule: "depths that never shrink" },
  ];
  return rules
    .filter(({ on, list, ok }) => on(variant) && !ok(list))
    .map(({ path, list, rule }) => ({
      path,
      message: `${list.join(", ")} is not allowed; ${label} has ${rule} in all stages`,
    }));
}

function isConstant(list: readonly number[]): boolean {
  return list.every((value) => value === list[0]);
}

function isRising(list: readonly number[]): boolean {
  return list.every((value, i) => i === 0 || value >= list[i - 1]!);
}

/** A moved stage takes its neighbours along where the variant wants them in order. */
function settle(values: Values, key: string, stage: number | undefined, variant: AnyNetVariant): Values {
  const rising =
    (key === "widths" && binds.risingWidths(variant)) || (key === "depths" && binds.risingDepths(variant));
  if (!rising || stage === undefined) return values;
  const list = listAt(values, key);
  const moved = list[stage]!;
  return {
    ...values,
    [key]: list.map((value, i) =>
      i < stage ? Math.min(value, moved) : i > stage ? Math.max(value, moved) : value,
    ),
  };
}

function adopt(spec: NetworkSpec, variant: AnyNetVariant): Values | undefined {
  const stages = spec.stages.flatMap((stage) => (stage.block === "res_bottleneck" ? [stage] : []));
  if (stages.length !== spec.stages.length || spec.head.width > 0) return undefined;
  const seRatio = stages[0]!.seRatio;
  if (stages.some((stage) => stage.seRatio !== seRatio)) return undefined;
  const params: AnyNetParams = {
    depths: stages.map(({ depth }) => depth),
    widths: stages.map(({ width }) => width),
    strides: stages.map(({ stride }) => stride),
    bottleneckRatios: stages.map(({ bottleneckRatio }) => bottleneckRatio),
    groupWidths: stages.map(({ groupWidth }) => groupWidth),
    seRatio,
  };
  return boundBy(params, variant).length === 0 ? { ...params } : undefined;
}

function family(variant: AnyNetVariant): Family {
  const id = `anynetx${variant}` as const;
  const { label, description } = spaceOf(id);
  return {
    id,
    label,
    kind: "space",
    description,
    source: "Radosavovic et al. 2020, §3.2",
    space: id,
    relatives: ["RegNetX", "RegNetY", "ResNet", "ResNeXt"],
    stageCounts: [3, 4, 5],
    knobs: knobsByKind((kind) => knobs(kind, variant)),
    start,
    build: (point) => build(point, variant),
    population: ({ values, images }) =>
      spacePopulation(id, images, listAt(values, "depths").length, ({ params }) => {
        const { family: _, ...drawn } = params as { family: string } & AnyNetParams;
        return drawn;
      }),
    presets: () =>
      publishedNetworks.flatMap(({ id, name, spec }): Preset[] => {
        const values = adopt(spec, variant);
        return values === undefined
          ? []
          : [{ id, label: name, point: { values, images: imagesOf(spec), baseline: "" } }];
      }),
    settle: (values, key, stage) => settle(values, key, stage, variant),
    adopt: (spec) => adopt(spec, variant),
  };
}

export const anynets: readonly Family[] = (["a", "b", "c", "d", "e"] as const).map(family);
