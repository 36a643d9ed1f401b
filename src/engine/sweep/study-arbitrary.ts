import fc from "fast-check";
import { regimeLimits, regimeSchema } from "../training/regime.ts";
import { parseStudy, type Study, spaceNames, studyLimits } from "./study.ts";

/** For property tests: every kind of study that the schema allows. */
const real = (key: keyof typeof regimeLimits) =>
  fc.double({ ...regimeLimits[key], noNaN: true }).map((value) => value + 0);

const range = fc
  .tuple(
    fc.option(fc.nat({ max: 1e9 }), { nil: undefined }),
    fc.option(fc.nat({ max: 1e9 }), { nil: undefined }),
  )
  .map(([a, b]) =>
    a !== undefined && b !== undefined ? { min: Math.min(a, b), max: Math.max(a, b) } : { min: a ?? 0 },
  );

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 30 })
  .map((text) => text.trim())
  .filter((text) => text.length > 0 && text.length <= studyLimits.nameLength && !/[\p{Cc}/]/u.test(text));

const population = fc.record({
  name,
  space: fc.constantFrom(...spaceNames),
  count: fc.integer({ min: 1, max: studyLimits.count }),
  stages: fc.constantFrom(3, 4),
  stemWidth: fc.integer({ min: 1, max: studyLimits.stemWidth }),
  budget: fc.record({ flops: range, params: range, acts: range }, { requiredKeys: [] }),
});

const regime = fc
  .record(
    {
      dataset: fc.constantFrom("fashion-mnist", "mnist"),
      images: fc.integer({ min: 4_096, max: 60_000 }),
      testImages: fc.integer({ min: 16, max: 10_000 }),
      epochs: fc.integer(regimeLimits.epochs),
      batch: fc.integer(regimeLimits.batch),
      learningRate: real("learningRate"),
      momentum: real("momentum"),
      nesterov: fc.boolean(),
      weightDecay: real("weightDecay"),
      schedule: fc.constantFrom("cosine", "constant"),
      warmup: real("warmup"),
      labelSmoothing: real("labelSmoothing"),
    },
    { requiredKeys: ["images"] },
  )
  .map((fields) => regimeSchema.parse(fields));

export const anyStudy: fc.Arbitrary<Study> = fc
  .record({
    version: fc.constant(1),
    name,
    seed: fc.integer({ min: 0, max: 0xffffffff }),
    populations: fc.uniqueArray(population, { minLength: 1, maxLength: 4, selector: (each) => each.name }),
    regime,
  })
  .map(parseStudy);
