import { z } from "zod";
import { InputError, parseInput } from "../math/input-error.ts";
import { checkNetworkSpec } from "../network/parse.ts";
import { type NetworkSpec, networkSpecSchema } from "../network/spec.ts";
import { spaceIds } from "../spaces/registry.ts";
import { defaultRegime, regimeSchema } from "../training/regime.ts";
import { rangeSchema } from "./quantity.ts";

/**
 * A study is what a user compares: populations of networks, each drawn from one design space within a budget or given
 * network by network, all trained under one regime. One versioned schema serves the page, its URL, study files and the
 * command line.
 */

export const studyLimits = {
  populations: 10,
  count: 1_000,
  networks: 100,
  nameLength: 80,
  stemWidth: 512,
  copies: 9_999,
} as const;

/** Costs a budget may bound. */
export const budgetKeys = ["flops", "params", "acts"] as const;

const name = z
  .string()
  .trim()
  .min(1)
  .max(studyLimits.nameLength)
  // A name is part of a trial's id and of what is printed on one line.
  .refine((text) => !/[\p{Cc}\p{Cs}/]/u.test(text), 'no "/" and no control characters');

const budgetSchema = z.strictObject({
  /** Multiply-adds of one image. */
  flops: rangeSchema.optional(),
  /** Trained weights and biases. */
  params: rangeSchema.optional(),
  /** Output elements of all convolutions. */
  acts: rangeSchema.optional(),
});

/** Networks drawn from a design space. */
export const drawnPopulationSchema = z.strictObject({
  name,
  /** The design space networks are drawn from. */
  space: z.enum(spaceIds),
  /** How many networks. */
  count: z.int().min(1).max(studyLimits.count),
  /** Stages of every network; small images bear 3, or 4 with maps down to 2×2. */
  stages: z.union([z.literal(3), z.literal(4)], { error: "expected 3 or 4" }).default(3),
  /** Output channels of the 3×3 stem. */
  stemWidth: z.int().min(1).max(studyLimits.stemWidth).default(16),
  /** Networks outside are drawn again. */
  budget: budgetSchema.default({}),
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
    name,
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

export const populationSchema = z.union([drawnPopulationSchema, givenPopulationSchema]);

export const studySchema = z
  .strictObject({
    version: z.literal(1),
    name: name.default("Study"),
    /** Fixes the drawn networks, their initial weights and the order of the images. */
    seed: z.int().min(0).max(0xffffffff).default(1),
    populations: z.array(populationSchema).min(1).max(studyLimits.populations),
    regime: regimeSchema.default(defaultRegime),
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
