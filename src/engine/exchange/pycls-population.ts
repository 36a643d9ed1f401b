import type { DatasetFacts } from "../data/catalogue.ts";
import { ExportError, type PyclsConfig, squeeze } from "../export/pycls.ts";
import { float, list, type Section } from "../export/pycls-yaml.ts";
import { bottleneckMultiplier } from "../network/blocks/bottleneck.ts";
import { type Distribution, isValues, type ParameterName, type WholeDraw } from "../spaces/parameter-draw.ts";
import type { SpaceId } from "../spaces/registry.ts";
import { spaceOf } from "../spaces/registry.ts";
import { smallImageSetting } from "../spaces/setting.ts";
import { parametersOf, wholeDraws } from "../sweep/parameters-schema.ts";
import type { DrawnPopulation } from "../sweep/study.ts";

/** What pycls' sweeps draw: every parameter by itself. */
type Family = "regnet" | "anynet";

/** Spaces whose parameters are independent of each other, with what they bind to one value. */
const spaces: { readonly [space in SpaceId]?: { readonly family: Family; readonly bound?: Draws } } = {
  regnetx: { family: "regnet" },
  regnety: { family: "regnet" },
  "regnetx-wm2": { family: "regnet", bound: { widthMultiplier: [2] } },
  anynetxa: { family: "anynet" },
};

type Draws = { readonly [name in ParameterName]?: WholeDraw };

/** Fields of REGNET; those of ANYNET, one a stage, have an S behind them, and DEPTH and W0 are DEPTHS and WIDTHS. */
const fields = {
  regnet: {
    depth: "DEPTH",
    initialWidth: "W0",
    slope: "WA",
    widthMultiplier: "WM",
    groupWidth: "GROUP_W",
    bottleneckRatio: "BOT_MUL",
  },
  anynet: { depth: "DEPTHS", width: "WIDTHS", groupWidth: "GROUP_WS", bottleneckRatio: "BOT_MULS" },
} as const satisfies Record<Family, { readonly [name in ParameterName]?: string }>;

const randTypes: Readonly<Record<Distribution, string>> = {
  uniform: "uniform",
  log: "log_uniform",
  power2: "power2_uniform",
  "power2-or-log": "power2_or_log_uniform",
  normal: "normal",
  "log-normal": "log_normal",
};

const integers: ReadonlySet<ParameterName> = new Set(["depth", "width", "initialWidth", "groupWidth"]);

/**
 * Base config and samplers of a drawn population. Everything is said, also what the space draws by itself: pycls takes what
 * is left out from its own defaults.
 * @throws ExportError where pycls' samplers cannot draw such networks
 */
export function populationConfig(
  population: DrawnPopulation,
  dataset: DatasetFacts,
): { readonly base: PyclsConfig; readonly samplers: Section; readonly notes: readonly string[] } {
  const { space, name } = population;
  const known = spaces[space];
  const { label } = spaceOf(space);
  if (known === undefined)
    throw new ExportError(
      `pycls draws every parameter of a network, and of each of its stages, by itself; ${label} binds them to each other or has other blocks`,
    );
  if ((population.norm ?? "batch") !== "batch")
    throw new ExportError(`pycls' networks have batch norm, not ${population.norm}`);
  const { family, bound = {} } = known;
  const section = family.toUpperCase();
  const draws = { ...drawsOf(population), ...bound };
  const fixed: Record<string, string> = {};
  const samplers: Record<string, Section> = {};
  for (const [parameter, field] of Object.entries(fields[family]) as [ParameterName, string][]) {
    const draw = draws[parameter]!;
    if (family === "regnet" && isValues(draw) && draw.length === 1)
      fixed[field] = valueText(parameter, draw[0]!);
    else {
      const sampler = samplerOf(parameter, draw);
      samplers[`${section}.${field}`] = family === "regnet" ? sampler : each(population.stages, sampler);
    }
  }
  const squeezed = squeezeOf(draws.seRatio ?? [0]);
  if (squeezed.sampler) samplers[`${section}.${squeezed.sampler.field}`] = squeezed.sampler.section;
  const { activation, norm } = smallImageSetting.frame;
  const [height, width] = dataset.shape;
  if (height !== width) throw new ExportError(`pycls reads square images only, not ${height}×${width}`);
  const stages: Section =
    family === "regnet" ? { STRIDE: "2" } : { STRIDES: list(new Array<number>(population.stages).fill(2)) };
  return {
    base: {
      MODEL: { TYPE: family, NUM_CLASSES: `${dataset.classes.length}`, ACTIVATION_FUN: activation },
      [section]: {
        ...{
          STEM_TYPE: "res_stem_cifar",
          STEM_W: `${population.stemWidth}`,
          BLOCK_TYPE: "res_bottleneck_block",
        },
        ...stages,
        ...fixed,
        ...squeezed.fixed,
      },
      BN: norm.type === "batch" ? { EPS: float(norm.epsilon), MOM: float(norm.momentum) } : {},
    },
    samplers,
    notes:
      family === "regnet"
        ? [
            `(${name}): a network with a stage wider than ${smallImageSetting.ranges.widest} channels is drawn again here, and not there`,
          ]
        : [],
  };
}

/** Of all parameters, those that nothing is said of as the space draws them. */
function drawsOf({ space, parameters = {} }: DrawnPopulation): Draws {
  const usual = parametersOf(space).flatMap((one) =>
    one.usual === undefined ? [] : [[one.name, one.usual]],
  );
  return { ...Object.fromEntries(usual), ...wholeDraws(space, parameters) };
}

function samplerOf(parameter: ParameterName, draw: WholeDraw): Section {
  const text = (value: number) => valueText(parameter, value);
  if (isValues(draw)) return { TYPE: "value_sampler", VALUES: list(draw.map(text)) };
  const { from, to, distribution, step } = draw;
  const ratio = parameter === "bottleneckRatio";
  const [low, high] = ratio ? [to, from] : [from, to];
  const powers = distribution.startsWith("power2");
  const uneven = powers ? [from, to].find((end) => !Number.isInteger(Math.log2(end))) : undefined;
  if (uneven !== undefined)
    throw new ExportError(
      `${parameter} ${from}..${to} ${distribution}: pycls asks for powers of two at both ends, not ${uneven}`,
    );
  const integer = integers.has(parameter);
  // Of powers of two pycls' step is the finest that a value may have.
  const quantum = distribution === "power2" ? (integer ? 1 : 1 / 128) : step;
  return {
    TYPE: integer ? "int_sampler" : "float_sampler",
    RAND_TYPE: randTypes[distribution],
    RANGE: list([text(low), text(high)]),
    QUANTIZE: integer ? `${quantum}` : float(quantum),
  };
}

function each(stages: number, item: Section): Section {
  return { TYPE: "list_sampler", LENGTH: `${stages}`, ITEM_SAMPLER: item };
}

/** Multipliers of bottlenecks are 1/b. */
function valueText(parameter: ParameterName, value: number): string {
  if (parameter === "bottleneckRatio") return float(bottleneckMultiplier(value));
  return integers.has(parameter) ? `${value}` : float(value);
}

interface Squeezed {
  readonly fixed: Section;
  readonly sampler?: { readonly field: "SE_ON" | "SE_R"; readonly section: Section };
}

/** SE_ON says whether, SE_R how much: the one is drawn with the other fixed. */
function squeezeOf(draw: WholeDraw): Squeezed {
  if (isValues(draw) && draw.length === 1) return { fixed: squeeze(draw[0]!) };
  const ratios = isValues(draw) ? [...new Set(draw.filter((ratio) => ratio > 0))] : [];
  const off = isValues(draw) ? draw.includes(0) : draw.from === 0;
  if (!off)
    return {
      fixed: squeeze(isValues(draw) ? draw[0]! : draw.to),
      sampler: { field: "SE_R", section: samplerOf("seRatio", draw) },
    };
  if (!isValues(draw) || ratios.length > 1)
    throw new ExportError("pycls draws whether there is squeeze-and-excitation, or its ratio, not both");
  const switches = list(draw.map((ratio) => (ratio > 0 ? "True" : "False")));
  return {
    fixed: { SE_ON: "False", ...(ratios[0] ? { SE_R: float(ratios[0]) } : {}) },
    sampler: { field: "SE_ON", section: { TYPE: "value_sampler", VALUES: switches } },
  };
}
