import { parseInput } from "../../../engine/math/input-error.ts";
import { specLimits } from "../../../engine/network/spec.ts";
import { publishedNetworks } from "../../../engine/published/registry.ts";
import { regnetParamsSchema } from "../../../engine/spaces/params.ts";
import { quantizedWidths } from "../../../engine/spaces/quantized.ts";
import { type SpaceId, spaceOf } from "../../../engine/spaces/registry.ts";
import { type PlainBlock, type RegNetParams, regnetSpec } from "../../../engine/spaces/regnet.ts";
import { regnetInfo } from "../../../engine/spaces/regnet-info.ts";
import { frameOf, type Images, type ImagesKind, imagesOf, kindOf } from "../model/images.ts";
import {
  type Built,
  type Family,
  type Knob,
  knobsByKind,
  numberAt,
  type Point,
  type Preset,
  type Values,
} from "./family.ts";
import { spacePopulation } from "./space-population.ts";
import { evenStops, logStops } from "./stops.ts";

/** What a variant binds of RegNetY, which has every parameter free. */
interface Variant {
  readonly id: SpaceId;
  /** Parameters with one value in the whole family. */
  readonly fixed: Partial<RegNetParams>;
  /** w_a = w_0: the line goes through the origin. */
  readonly slopeFollows?: boolean;
  /** Another block; it has no groups and no bottleneck. */
  readonly block?: PlainBlock;
  readonly source: string;
}

const paper = "Radosavovic et al. 2020";
const plain = { bottleneckRatio: 1, groupWidth: 1, seRatio: 0 };

const variants: readonly Variant[] = [
  { id: "regnetx", fixed: { seRatio: 0 }, source: `${paper}, §3.3` },
  { id: "regnety", fixed: {}, source: `${paper}, §5` },
  { id: "regnetx-wm2", fixed: { seRatio: 0, widthMultiplier: 2 }, source: `${paper}, §3.3` },
  { id: "regnetx-w0wa", fixed: { seRatio: 0 }, slopeFollows: true, source: `${paper}, §3.3` },
  { id: "regnetx-restricted", fixed: { seRatio: 0, bottleneckRatio: 1 }, source: `${paper}, §4` },
  // One group, however wide the stage: `adjustBlock` narrows it to that.
  { id: "regnetr", fixed: { seRatio: 0, groupWidth: specLimits.channels }, source: `${paper}, appendix` },
  { id: "regnetv", fixed: plain, block: "vanilla", source: `${paper}, appendix` },
  { id: "regnetvr", fixed: plain, block: "res_basic", source: `${paper}, appendix` },
];

/** Sliders reach what the paper samples and what it publishes, whichever is more. */
const reach = {
  small: { depth: 24, initialWidth: 128, slope: 64, groupWidth: 64 },
  imagenet: { depth: 63, initialWidth: 320, slope: 256, groupWidth: 256 },
} as const;

function allKnobs(kind: ImagesKind): Knob[] {
  const to = reach[kind];
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
    knob("bottleneckRatio", "b", [0.25, 0.5, 1, 2, 4], 2),
    knob("groupWidth", "g", [1, 2, 4, ...evenStops(8, to.groupWidth, 8)]),
    knob("seRatio", "q", evenStops(0, 1, 0.05), 3),
  ];
}

/** On ImageNet RegNetX-400MF, but for the squeeze; on small images a network of some millions of multiply-adds. */
function start(images: Images): RegNetParams {
  const shared = { bottleneckRatio: 1, seRatio: 0.25 };
  return kindOf(images) === "small"
    ? { depth: 9, initialWidth: 16, slope: 11.3, widthMultiplier: 2.31, groupWidth: 8, ...shared }
    : { depth: 22, initialWidth: 24, slope: 24.48, widthMultiplier: 2.54, groupWidth: 16, ...shared };
}

function family({ id, fixed, slopeFollows, block, source }: Variant): Family {
  const { label, description } = spaceOf(id);
  const bind = (values: Values): Values => ({
    ...values,
    ...fixed,
    ...(slopeFollows ? { slope: numberAt(values, "initialWidth") } : {}),
  });

  function build({ values, images }: Point): Built {
    const params = parseInput(regnetParamsSchema, bind(values));
    const { line, stageWidths } = quantizedWidths(params);
    const { bottleneckRatio, groupWidth } = params;
    const spec = { ...regnetSpec(params, frameOf(images), [2], block), name: label };
    if (block !== undefined) return { spec, line, params: { family: "regnet-plain", block, ...params } };
    // A group that is always as wide as its stage is nothing that was asked for.
    const asked = fixed.groupWidth === undefined;
    return {
      spec,
      line,
      params: { family: "regnet", ...params },
      ...(asked && {
        requested: stageWidths.map((width) => ({ width, bottleneckRatio, groupWidth })),
      }),
    };
  }

  const bound = new Set([...Object.keys(fixed), ...(slopeFollows ? ["slope"] : [])]);
  return {
    id,
    label,
    kind: "space",
    description,
    source,
    space: id,
    relatives: id === "regnety" ? ["RegNetY"] : ["RegNetX"],
    knobs: knobsByKind((kind) => allKnobs(kind).filter(({ key }) => !bound.has(key))),
    start: (images) => bind({ ...start(images) }),
    build,
    population: ({ images }) =>
      spacePopulation(id, images, kindOf(images) === "small" ? 3 : 4, ({ params }) => {
        const {
          family: _,
          block: __,
          ...values
        } = params as { family: string; block?: string } & RegNetParams;
        return bind({ ...values });
      }),
    presets: () =>
      publishedNetworks.flatMap(({ id, name, family, spec, params }): Preset[] => {
        if (family !== label || params?.family !== "regnet") return [];
        const { family: _, ...values } = params;
        return [{ id, label: name, point: { values, images: imagesOf(spec), baseline: "" } }];
      }),
  };
}

export const regnets: readonly Family[] = variants.map(family);
