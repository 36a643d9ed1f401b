import { z } from "zod";
import type { DatasetFacts } from "../data/catalogue.ts";
import { InputError } from "../math/input-error.ts";
import { complexity } from "../network/complexity.ts";
import { checkNetworkSpec } from "../network/parse.ts";
import { smallImageVersion } from "../network/small-image.ts";
import { type NetworkSpec, networkSpecSchema } from "../network/spec.ts";
import { isPublished, publishedNetwork } from "../published/registry.ts";
import { compoundScale, compoundToFlops } from "../scaling/compound.ts";
import { fastScale, fastToFlops } from "../scaling/fast.ts";
import { scaleBy } from "../scaling/multipliers.ts";
import { dimensionToFlops, scaleDimension } from "../scaling/single.ts";
import { publishedTinyFormula, tinyToFlops } from "../scaling/tiny.ts";
import { isList, type Knob, knobSchema, knobValue } from "./knob.ts";
import { type NormChoice, normChoices, normOf } from "./norm-choice.ts";
import { nameSchema, studyLimits } from "./study-limits.ts";

/** Networks that a scaling formula makes of one baseline, by one knob turned through a list or a range. */
export const scalingRules = ["depth", "width", "resolution", "compound", "tiny", "fast"] as const;

export type ScalingRule = (typeof scalingRules)[number];

/** What the knob of a rule is, and how far it turns. */
export const scalingKnobs: Readonly<
  Record<
    ScalingRule,
    { readonly symbol: string; readonly help: string; readonly min: number; readonly max: number }
  >
> = {
  depth: { symbol: "d", help: "× blocks of every stage", min: 0.05, max: 16 },
  width: { symbol: "w", help: "× channels", min: 0.05, max: 16 },
  resolution: { symbol: "r", help: "× side of the image", min: 0.2, max: 8 },
  compound: { symbol: "φ", help: "flops grow by about 2^φ", min: -8, max: 8 },
  tiny: { symbol: "c", help: "× multiply-adds of the baseline", min: 0.01, max: 1 },
  fast: { symbol: "s", help: "× multiply-adds of the baseline", min: 0.004, max: 256 },
};

/** A published network in its version for small images, its depths and widths multiplied. */
const presetSchema = z.strictObject({
  preset: z.string().refine(isPublished, {
    error: ({ input }) => `"${input}" is not known; "designscape describe" lists them`,
  }),
  depth: z.number().min(0.05).max(4).default(1),
  width: z.number().min(0.05).max(4).default(1),
});

const baselineSchema = z.union(
  [
    z
      .string()
      .transform((preset) => ({ preset }))
      .pipe(presetSchema),
    presetSchema,
    networkSpecSchema,
  ],
  { error: "expected the name of a published network, {preset, depth, width} or a network" },
);

export type Baseline = z.output<typeof presetSchema> | NetworkSpec;

export interface ScaledPopulation {
  readonly name: string;
  readonly scaling: ScalingRule;
  readonly baseline: Baseline;
  /** Values of the rule's own knob, */
  readonly factors?: Knob;
  /** or multiply-adds that the network is scaled to, as nearly as whole blocks and channels allow. One of the two. */
  readonly flops?: Knob;
  /** Networks: as many as the list is long; of a range as many as wanted, spread over it, always the same ones first. */
  readonly count: number;
  readonly norm?: NormChoice;
}

export const scaledPopulationSchema = z
  .strictObject({
    name: nameSchema,
    scaling: z.enum(scalingRules),
    baseline: baselineSchema,
    factors: knobSchema("factors").optional(),
    flops: knobSchema("flops").optional(),
    count: z.int().min(1).max(studyLimits.count).optional(),
    norm: z.enum(normChoices).optional(),
  })
  .superRefine(({ scaling, factors, flops, count }, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: "custom", path: [path], message });
    if ((factors === undefined) === (flops === undefined))
      return problem(
        "factors",
        `${factors === undefined ? "missing" : "one too many"}; expected factors or flops`,
      );
    const knob = (factors ?? flops)!;
    const field = factors ? "factors" : "flops";
    const { min, max } = factors ? scalingKnobs[scaling] : { min: 1, max: 1e12 };
    for (const value of isList(knob) ? knob : [knob.from, knob.to])
      if (value < min || value > max) problem(field, `${value} is not allowed; expected ${min} to ${max}`);
    if (isList(knob)) {
      if (count !== undefined && count !== knob.length)
        problem("count", `${count} is not allowed; there are ${knob.length} ${field}`);
    } else if (count === undefined) problem("count", "missing; how many networks of the range");
  })
  .transform(({ factors, flops, count, norm, ...rest }): ScaledPopulation => {
    const knob = factors ?? flops;
    return {
      ...rest,
      baseline: rest.baseline as Baseline,
      ...(factors && { factors }),
      ...(flops && { flops }),
      count: knob && isList(knob) ? knob.length : (count ?? 1),
      ...(norm && { norm }),
    };
  });

export interface ScaledNetwork {
  readonly spec: NetworkSpec;
  /** Value of the rule's knob. */
  readonly factor: number;
}

/** The baseline for images of a data set. A network that is given stays as it is. */
export function baselineFor(baseline: Baseline, { shape, classes }: DatasetFacts): NetworkSpec {
  if (!("preset" in baseline)) return baseline;
  const [side, , channels] = shape;
  const images = { side, channels, classes: classes.length };
  const small = smallImageVersion(publishedNetwork(baseline.preset).spec, images);
  return scaleBy(small, { depth: baseline.depth, width: baseline.width, resolution: 1 });
}

/**
 * Network `index` of a population made by a scaling formula; it depends on the index alone, however many there are.
 * @throws InputError with paths that start at a field of the population
 */
export function scaledNetwork(
  population: ScaledPopulation,
  index: number,
  dataset: DatasetFacts,
): ScaledNetwork {
  const { scaling, factors, flops, norm } = population;
  const baseline = baselineFor(population.baseline, dataset);
  const { spec, factor } = factors
    ? byFactor(baseline, scaling, knobValue(factors, index, scaling === "compound" ? "linear" : "log"))
    : toFlops(baseline, scaling, knobValue(flops!, index, "log"));
  const normed = norm === undefined ? spec : { ...spec, norm: normOf(norm) };
  const [problem] = checkNetworkSpec(normed, "");
  if (problem)
    throw new InputError([
      {
        path: factors ? "factors" : "flops",
        message: `network ${index + 1}: ${problem.path}: ${problem.message}`,
      },
    ]);
  return { spec: normed, factor };
}

function byFactor(baseline: NetworkSpec, rule: ScalingRule, factor: number): ScaledNetwork {
  switch (rule) {
    case "compound":
      return { spec: compoundScale(baseline, factor), factor };
    case "fast":
      return { spec: fastScale(baseline, factor), factor };
    case "tiny":
      return { ...toFlops(baseline, rule, factor * complexity(baseline).flops), factor };
    default:
      return { spec: scaleDimension(baseline, rule, factor), factor };
  }
}

function toFlops(baseline: NetworkSpec, rule: ScalingRule, flops: number): ScaledNetwork {
  switch (rule) {
    case "compound":
      return solved(compoundToFlops(baseline, flops));
    case "fast":
      return solved(fastToFlops(baseline, flops));
    case "tiny": {
      const share = flops / complexity(baseline).flops;
      if (share > 1)
        throw new InputError([
          {
            path: "flops",
            message: `${flops} is not allowed; the tiny formula shrinks, the baseline has ${Math.round(flops / share)}`,
          },
        ]);
      return {
        spec: share === 1 ? baseline : tinyToFlops(baseline, flops, publishedTinyFormula(share)).spec,
        factor: share,
      };
    }
    default:
      return solved(dimensionToFlops(baseline, rule, flops));
  }
}

function solved({
  spec,
  parameter,
}: {
  readonly spec: NetworkSpec;
  readonly parameter: number;
}): ScaledNetwork {
  return { spec, factor: parameter };
}
