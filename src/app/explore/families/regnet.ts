import { parseInput } from "../../../engine/math/input-error.ts";
import { publishedNetworks } from "../../../engine/published/registry.ts";
import { regnetParamsSchema } from "../../../engine/spaces/params.ts";
import { quantizedWidths } from "../../../engine/spaces/quantized.ts";
import { spaceOf } from "../../../engine/spaces/registry.ts";
import { type RegNetParams, regnetSpec } from "../../../engine/spaces/regnet.ts";
import { regnetInfo } from "../../../engine/spaces/regnet-info.ts";
import { frameOf, type Images, imagesOf, kindOf } from "../model/images.ts";
import type { Built, Family, Knob, Point, Preset, Values } from "./family.ts";
import { spacePopulation } from "./space-population.ts";
import { evenStops, logStops } from "./stops.ts";

/** Sliders reach what the paper samples and what it publishes, whichever is more. */
const reach = {
  small: { depth: 24, initialWidth: 128, slope: 64, groupWidth: 64 },
  imagenet: { depth: 63, initialWidth: 320, slope: 256, groupWidth: 256 },
} as const;

const ratios = [0.25, 0.5, 1, 2, 4];

function knobs(images: Images, squeeze: boolean): Knob[] {
  const to = reach[kindOf(images)];
  const knob = (key: keyof RegNetParams, short: string, stops: readonly number[], decimals = 0): Knob => ({
    key,
    short,
    info: regnetInfo[key],
    stages: "none",
    stops,
    decimals,
  });
  return [
    knob("depth", "d", evenStops(1, to.depth, 1)),
    knob("initialWidth", "w0", evenStops(8, to.initialWidth, 8)),
    knob("slope", "wa", [0, ...logStops(1, to.slope, 0.1)], 2),
    knob("widthMultiplier", "wm", evenStops(1.1, 4, 0.01), 3),
    knob("bottleneckRatio", "b", ratios, 2),
    knob("groupWidth", "g", [1, 2, 4, ...evenStops(8, to.groupWidth, 8)]),
    ...(squeeze ? [knob("seRatio", "q", evenStops(0, 1, 0.05), 3)] : []),
  ];
}

function start(images: Images, seRatio: number): Values {
  const params: RegNetParams =
    kindOf(images) === "small"
      ? {
          depth: 9,
          initialWidth: 16,
          slope: 11.3,
          widthMultiplier: 2.31,
          groupWidth: 8,
          bottleneckRatio: 1,
          seRatio,
        }
      : {
          depth: 22,
          initialWidth: 24,
          slope: 24.48,
          widthMultiplier: 2.54,
          groupWidth: 16,
          bottleneckRatio: 1,
          seRatio,
        };
  return { ...params };
}

function build({ values, images }: Point, space: "regnetx" | "regnety"): Built {
  const params = parseInput(regnetParamsSchema, values);
  const { line, stageWidths } = quantizedWidths(params);
  const { bottleneckRatio, groupWidth } = params;
  return {
    spec: { ...regnetSpec(params, frameOf(images)), name: spaceOf(space).label },
    params: { family: "regnet", ...params },
    line,
    requested: stageWidths.map((width) => ({ width, bottleneckRatio, groupWidth })),
  };
}

function family(id: "regnetx" | "regnety", seRatio: number): Family {
  const { label, description } = spaceOf(id);
  return {
    id,
    label,
    kind: "space",
    description,
    source: "Radosavovic et al. 2020, §3.3",
    space: id,
    relatives: [label],
    knobs: (images) => knobs(images, seRatio > 0),
    start: (images) => start(images, seRatio),
    build: (point) => build(point, id),
    population: ({ images }) => spacePopulation(id, images, kindOf(images) === "small" ? 3 : 4, { seRatio }),
    presets: () =>
      publishedNetworks.flatMap(({ id, name, family, spec, params }): Preset[] => {
        if (family !== label || params?.family !== "regnet") return [];
        const { family: _, ...values } = params;
        return [{ id, label: name, point: { values, images: imagesOf(spec), baseline: "" } }];
      }),
  };
}

export const regnetx: Family = family("regnetx", 0);
export const regnety: Family = family("regnety", 0.25);
