import { z } from "zod";
import { InputError, parseInput } from "../math/input-error.ts";
import { checkNetworkSpec } from "../network/parse.ts";
import { type NetworkSpec, networkSpecSchema } from "../network/spec.ts";
import { spaceIds } from "../spaces/registry.ts";
import { defaultRegime, regimeSchema } from "../training/regime.ts";
import { normChoices } from "./norm-choice.ts";
import { parameterProblems, parametersSchema } from "./parameters-schema.ts";
import { rangeSchema } from "./quantity.ts";
import { type ScaledPopulation, scaledPopulationSchema } from "./scaled-population.ts";
import { schedulingProblems, schedulingShape } from "./scheduling.ts";
import { nameSchema, studyLimits } from "./study-limits.ts";

/**
 * A study is what a user compares: populations of networks, each drawn from one design space within a budget, made of a
 * baseline by a scaling formula or given network by network, all trained under one regime. One versioned schema serves the page, its URL, study files and the
 * command line.
 */

/** Costs a budget may bound. */
export const budgetKeys = ["flops", "params", "acts"] as const;

const budgetSchema = z.strictObject({
  /** Multiply-adds of one image. */
  flops: rangeSchema.optional(),
  /** Trained weights and biases. */
  params: rangeSchema.optional(),
  /** Output elements of all convolutions. */
  acts: rangeSchema.optional(),
});

/** Networks drawn from a design space. */
export const drawnPopulationSchema = z
  .strictObject({
    name: nameSchema,
    /** The design space networks are drawn from. */
    space: z.enum(spaceIds),
    /** How many networks. */
    count: z.int().min(1).max(studyLimits.count),
    /** Stages of every network; small images bear 3, or 4 with maps down to 2×2. */
    stages: z.int().min(studyLimits.stages.min).max(studyLimits.stages.max).default(3),
    /** Output channels of the 3×3 stem. */
    stemWidth: z.int().min(1).max(studyLimits.stemWidth).default(16),
    /** Networks outside are drawn again. */
    budget: budgetSchema.default({}),
    /** Parameters drawn otherwise than the space does, by their names; absent: none. */
    parameters: parametersSchema.optional(),
    /** Absent: batch norm. */
    norm: z.enum(normChoices).optional(),
  })
  .superRefine(({ space, parameters = {} }, context) => {
    for (const { path, message } of parameterProblems(space, parameters))
      context.addIssue({ code: "custom", path: ["parameters", path], message });
  });

const givenNetworkSchema = networkSpecSchema.superRefine((spec, context) => {
  for (const { path, message } of checkNetworkSpec(spec, ""))
    context.addIssue({ code: "custom", path: keysOf(path), message });
});

/** "stages[0].width" → stages, 0, width. */
function keysOf(path: string): (string | number)[] {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  return keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** Networks given one by one. */
export interface GivenPopulation {
  readonly name: string;
  /** None in an archive: there they are known from the records alone. */
  readonly networks: readonly NetworkSpec[];
  /** As many as there are. */
  readonly count: number;
}

export const givenPopulationSchema = z
  .strictObject({
    name: nameSchema,
    networks: z.array(givenNetworkSchema).max(studyLimits.networks),
    /** May be left out where networks are given. */
    count: z.int().min(1).optional(),
  })
  .superRefine(({ networks, count }, context) => {
    // Whether there may be none is the study's to say.
    if (networks.length === 0 || count === undefined || count === networks.length) return;
    const message = `${count} is not allowed; there are ${networks.length} networks`;
    context.addIssue({ code: "custom", path: ["count"], message });
  })
  .transform(
    ({ name, networks, count }): GivenPopulation => ({
      name,
      networks,
      count: networks.length || (count ?? 0),
    }),
  );

export const populationSchema = z.union([
  drawnPopulationSchema,
  givenPopulationSchema,
  scaledPopulationSchema,
]);

export const studySchema = z
  .strictObject({
    version: z.literal(1),
    name: nameSchema.default("Study"),
    /** Fixes the drawn networks, their initial weights and the order of the images. */
    seed: z.int().min(0).max(0xffffffff).default(1),
    populations: z.array(populationSchema).min(1).max(studyLimits.populations),
    regime: regimeSchema.default(defaultRegime),
    ...schedulingShape,
    /** Which of several studies of one set-up this is: a duplicate has an id and records of its own. Absent: the first. */
    copy: z.int().min(2).max(studyLimits.copies).optional(),
    /**
     * The id of a study that is known by its records alone, such as one read from a results file or put together from
     * several studies: what its networks were drawn from is not known, so it can be looked at and not be run.
     */
    archive: z
      .string()
      .regex(/^[\w-]{1,64}$/, { error: "expected the id of a study, letters and digits" })
      .optional(),
  })
  .superRefine((study, context) => {
    for (const problem of schedulingProblems(study)) context.addIssue({ code: "custom", ...problem });
  })
  .superRefine(({ populations, archive }, context) => {
    populations.forEach((population, index) => {
      if (!isGiven(population) || population.networks.length > 0) return;
      const path = ["populations", index];
      if (archive === undefined)
        context.addIssue({
          code: "custom",
          path: [...path, "networks"],
          message: "[] is not allowed; at least 1 item",
        });
      else if (population.count < 1)
        context.addIssue({
          code: "custom",
          path: [...path, "count"],
          message: "missing; how many there are",
        });
    });
    const seen = new Map<string, number>();
    populations.forEach(({ name }, index) => {
      const first = seen.get(name);
      if (first === undefined) seen.set(name, index);
      else
        context.addIssue({
          code: "custom",
          path: ["populations", index, "name"],
          message: `"${name}" is the name of populations[${first}] too; names must differ`,
        });
    });
  });

export type Study = z.output<typeof studySchema>;
export type Population = Study["populations"][number];
export type DrawnPopulation = z.output<typeof drawnPopulationSchema>;
export type Budget = DrawnPopulation["budget"];
export type BudgetKey = (typeof budgetKeys)[number];

export function isGiven(population: Population): population is GivenPopulation {
  return "networks" in population;
}

export function isScaled(population: Population): population is ScaledPopulation {
  return "scaling" in population;
}

export function isDrawn(population: Population): population is DrawnPopulation {
  return "space" in population;
}

/** Checks a study that came from a file, a URL or the page; an InputError names every wrong field. */
export function parseStudy(input: unknown): Study {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new InputError([
      { path: "", message: "a study is an object with version, name, seed, populations, regime" },
    ]);
  return parseInput(studySchema, input);
}

/** What the page starts with and `examples/first-study.yaml` says: two spaces under one budget. */
export const defaultStudy: Study = parseStudy({
  version: 1,
  name: "AnyNetXA against RegNetX",
  seed: 1,
  populations: [
    { name: "AnyNetXA", space: "anynetxa", count: 8, budget: { flops: "1M..3M" } },
    { name: "RegNetX", space: "regnetx", count: 8, budget: { flops: "1M..3M" } },
  ],
});
