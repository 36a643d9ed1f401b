import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { anyStudy, smallNetwork } from "../../../test/fixtures/any-study.ts";
import { defaultRegime } from "../training/regime.ts";
import { checkPopulations } from "./population.ts";
import { defaultStudy, parseStudy } from "./study.ts";
import { studyId } from "./study-id.ts";

const population = { name: "a", space: "regnetx", count: 8 };
const study = { version: 1, populations: [population] };
const withPopulation = (fields: object) => ({ ...study, populations: [{ ...population, ...fields }] });

test("what is left out takes its default", () => {
  expect(parseStudy(study)).toMatchObject({
    name: "Study",
    seed: 1,
    regime: defaultRegime,
    populations: [{ stages: 3, stemWidth: 16, budget: {} }],
  });
});

test("a budget is written as text, as a pair or by its ends", () => {
  for (const flops of ["1M..3M", [1e6, 3e6], { min: 1e6, max: 3e6 }])
    expect(parseStudy(withPopulation({ budget: { flops } })).populations[0]).toMatchObject({
      budget: { flops: { min: 1e6, max: 3e6 } },
    });
});

test.each([
  ["not an object", 3, "a study is an object with version, name, seed, populations, regime"],
  ["another version", { ...study, version: 2 }, "version: 2 is not allowed; expected 1"],
  ["no populations", { version: 1 }, "populations: missing; expected an array"],
  ["an empty list", { version: 1, populations: [] }, "populations: [] is not allowed; at least 1 item"],
  [
    "zero networks",
    withPopulation({ count: 0 }),
    "populations[0].count: 0 is not allowed; expected a whole number from 1 to 1000",
  ],
  [
    "too many networks",
    withPopulation({ count: 1001 }),
    "populations[0].count: 1001 is not allowed; expected a whole number from 1 to 1000",
  ],
  [
    "half a network",
    withPopulation({ count: 1.5 }),
    "populations[0].count: 1.5 is not allowed; expected a whole number from 1 to 1000",
  ],
  [
    "a wrong type",
    withPopulation({ count: "8" }),
    'populations[0].count: "8" is not allowed; expected a whole number from 1 to 1000',
  ],
  [
    "a wrong number of stages",
    withPopulation({ stages: 5 }),
    "populations[0].stages: 5 is not allowed; expected a whole number from 2 to 4",
  ],
  [
    "an unknown space",
    withPopulation({ space: "densenet" }),
    'populations[0].space: "densenet" is not allowed; expected "anynetxa", "anynetxb"',
  ],
  [
    "an unknown field",
    withPopulation({ cuont: 8 }),
    "populations[0].cuont: unknown field; the fields here are name, space, count, stages, stemWidth, budget, parameters, norm",
  ],
  [
    "an empty range",
    withPopulation({ budget: { flops: "12M..8M" } }),
    "populations[0].budget.flops: 12M..8M is empty (min is above max)",
  ],
  [
    "an empty pair",
    withPopulation({ budget: { acts: [9, 8] } }),
    "populations[0].budget.acts: 9..8 is empty (min is above max)",
  ],
  [
    "a range that is none",
    withPopulation({ budget: { params: "4M" } }),
    'populations[0].budget.params: "4M" is not allowed; expected a range such as "2M..4M"',
  ],
  [
    "a range of the wrong type",
    withPopulation({ budget: { params: 7 } }),
    'populations[0].budget.params: 7 is not allowed; expected a range such as "2M..4M"',
  ],
  [
    "one name twice",
    { ...study, populations: [population, population] },
    'populations[1].name: "a" is the name of populations[0] too; names must differ',
  ],
  [
    "an empty name",
    withPopulation({ name: " " }),
    'populations[0].name: " " is not allowed; at least 1 character',
  ],
  ["a name that breaks an id", withPopulation({ name: "a/b" }), 'populations[0].name: no "/"'],
  [
    "a wrong regime",
    { ...study, regime: { learningRate: -1 } },
    "regime.learningRate: -1 is not allowed; expected a number from 0.000001 to 100",
  ],
  [
    "a batch larger than the epoch",
    { ...study, regime: { batch: 4_000 } },
    "regime.batch: 4000 is not allowed; at most the images per epoch (2048)",
  ],
])("%s is refused with its path and what is allowed", (_, input, message) => {
  expect(() => parseStudy(input)).toThrow(message);
});

const network = smallNetwork("mine", 16);
const withNetworks = (fields: object) => ({
  ...study,
  populations: [{ name: "mine", networks: [network], ...fields }],
});

test("a population may be given network by network; its count is their number", () => {
  const [given] = parseStudy(withNetworks({ networks: [network, network] })).populations;
  expect(given).toEqual({ name: "mine", networks: [network, network], count: 2 });
  expect(studyId(parseStudy(withNetworks({})))).not.toBe(
    studyId(parseStudy(withNetworks({ networks: [network, network] }))),
  );
});

test.each([
  ["no network", { networks: [] }, "populations[0].networks: [] is not allowed; at least 1 item"],
  ["another count", { count: 3 }, "populations[0].count: 3 is not allowed; there are 1 networks"],
  [
    "a wrong network",
    { networks: [{ ...network, classes: 0 }] },
    "populations[0].networks[0].classes: 0 is not allowed; expected a whole number from 1 to 100000",
  ],
  [
    "a network that cannot be built",
    {
      networks: [
        {
          ...network,
          stages: [
            {
              block: "res_bottleneck",
              depth: 1,
              width: 20,
              stride: 1,
              bottleneckRatio: 1,
              groupWidth: 8,
              seRatio: 0,
            },
          ],
        },
      ],
    },
    "populations[0].networks[0].stages[0].groupWidth: 8 is not allowed; expected a divisor of the bottleneck width 20",
  ],
  [
    "a field of drawn populations",
    { stages: 3 },
    "populations[0].stages: unknown field; the fields here are name, networks, count",
  ],
  ["both a space and networks", { space: "regnetx" }, "populations[0].space: unknown field"],
])("%s is refused with its path", (_, fields, message) => {
  expect(() => parseStudy(withNetworks(fields))).toThrow(message);
});

test("all problems are told at once", () => {
  expect(() => parseStudy({ ...withPopulation({ count: 0 }), seed: -1, foo: 1 })).toThrow(
    /seed: -1.*populations\[0\]\.count: 0.*foo: unknown field/,
  );
});

test("anything at all is a study or an InputError", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc.anything().map((populations) => ({ version: 1, populations })),
      ),
      (input) => {
        try {
          parseStudy(input);
        } catch (error) {
          expect(error).toHaveProperty("name", "InputError");
        }
      },
    ),
  );
});

test("a parsed study parses to itself, and survives JSON and YAML", () => {
  fc.assert(
    fc.property(anyStudy, (each) => {
      expect(parseStudy(each)).toEqual(each);
      expect(parseStudy(parse(stringify(each)))).toEqual(each);
      expect(parseStudy(JSON.parse(JSON.stringify(each)))).toEqual(each);
    }),
  );
});

test("a study keeps its id when renamed or extended, and changes it with anything else", () => {
  const id = studyId(defaultStudy);
  const [first, second] = defaultStudy.populations;
  expect(studyId({ ...defaultStudy, name: "other" })).toBe(id);
  expect(studyId({ ...defaultStudy, populations: [{ ...first!, count: 20 }, second!] })).toBe(id);
  expect(studyId({ ...defaultStudy, seed: 2 })).not.toBe(id);
  expect(studyId({ ...defaultStudy, regime: { ...defaultRegime, epochs: 9 } })).not.toBe(id);
  expect(studyId({ ...defaultStudy, populations: [first!] })).not.toBe(id);
});

test.each([
  ["stochasticDepth", 0, 0.2],
  ["cropPadding", 0, 4],
  ["flip", false, true],
  ["randAugment", 0, 5],
  ["mixup", 0, 0.2],
  ["spareNorms", false, true],
  ["ema", 0, 0.9],
  ["dropout", 0, 0.2],
  ["validation", 0, 100],
  ["progressive", undefined, { phases: 2, resolution: 14 }],
  ["fineTune", undefined, { resolution: 32, epochs: 1, learningRate: 0.01 }],
  ["finalRate", 0, 0.1],
  ["reproducible", false, true],
])(
  "%s changes a study's id; without it, studies are what they were before there was such a field",
  (key, off, on) => {
    const withField = (value: unknown) =>
      parseStudy({ ...defaultStudy, regime: { ...defaultRegime, [key]: value } });
    expect(Object.keys(defaultStudy.regime)).not.toContain(key);
    expect(studyId(withField(off))).toBe("14f598a286708739");
    expect(studyId(withField(on))).not.toBe("14f598a286708739");
  },
);

test("how many operations RandAugment has changes a study's id; 0 of them are what there was before", () => {
  const withOperations = (fields: object) =>
    studyId(parseStudy({ ...defaultStudy, regime: { ...defaultRegime, randAugment: 5, ...fields } }));
  expect(withOperations({ randAugmentOperations: 0 })).toBe(withOperations({}));
  expect(withOperations({ randAugmentOperations: 2 })).not.toBe(withOperations({}));
});

test("a field that every study has counts whatever its value", () => {
  const without = { ...defaultStudy, regime: { ...defaultRegime, momentum: 0, nesterov: false } };
  expect(studyId(without)).not.toBe(studyId(defaultStudy));
  expect(studyId({ ...without, regime: { ...without.regime, nesterov: true } })).not.toBe(studyId(without));
});

describe("copies and archives", () => {
  test("a copy has an id of its own; studies without the field keep theirs", () => {
    const copy = parseStudy({ ...defaultStudy, copy: 2 });
    expect(studyId(copy)).not.toBe(studyId(defaultStudy));
    expect(studyId(parseStudy({ ...defaultStudy, copy: 3 }))).not.toBe(studyId(copy));
  });

  const archive = {
    version: 1,
    archive: "00000000000000ab",
    populations: [{ name: "read", networks: [], count: 500 }],
  };

  test("an archive has the id of its records, and is not run", () => {
    const study = parseStudy(archive);
    expect(studyId(study)).toBe("00000000000000ab");
    expect(() => checkPopulations(study)).toThrow(/archive: known by its records alone/);
  });

  test.each([
    [
      "no number",
      { populations: [{ name: "read", networks: [] }] },
      "populations[0].count: missing; how many there are",
    ],
    ["an id that is a path", { archive: "../other" }, "archive:"],
  ])("an archive with %s is refused", (_, change, message) => {
    expect(() => parseStudy({ ...archive, ...change })).toThrow(message);
  });
});
