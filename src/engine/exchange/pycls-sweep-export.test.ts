import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { findDataset } from "../data/catalogue.ts";
import { parametersOf, wholeDraws } from "../sweep/parameters-schema.ts";
import { drawTrial } from "../sweep/population.ts";
import { type DrawnPopulation, parseStudy, type Study } from "../sweep/study.ts";
import { learningRateAt } from "../training/schedule.ts";
import { importPyclsSweep } from "./pycls-sweep.ts";
import { studyToPyclsSweeps } from "./pycls-sweep-export.ts";

const cifar = { dataset: "cifar10", images: 50_000, testImages: 10_000, cropPadding: 4, flip: true };

function study(populations: readonly object[], rest: object = {}): Study {
  return parseStudy({ version: 1, name: "mine", seed: 7, populations, regime: cifar, ...rest });
}

function exported(source: Study) {
  return studyToPyclsSweeps(source, findDataset(source.regime.dataset)!);
}

function back(source: Study): Study {
  return importPyclsSweep(exported(source).files[0]!.text).study;
}

/** What a population draws from, with nothing left to its space. */
function draws({ space, parameters = {} }: DrawnPopulation) {
  const usual = parametersOf(space).map(({ name, usual }) => [name, usual] as const);
  return { ...Object.fromEntries(usual), ...wholeDraws(space, parameters) };
}

const drawn = (population: object) =>
  study([{ name: "mine", count: 24, stages: 3, stemWidth: 24, ...population }]);

describe("import(export(study)) is the study", () => {
  test.each([
    ["RegNetX as it is", { space: "regnetx", budget: { flops: "2M..4M", params: { max: 50_000 } } }],
    ["RegNetY, two stages", { space: "regnety", stages: 2 }],
    [
      "ranges, values and every distribution",
      {
        space: "regnetx",
        parameters: {
          depth: "6..14 normal",
          initialWidth: "16..64 log-normal step 8",
          slope: "8..32 uniform step 0.5",
          widthMultiplier: [2, 2.5],
          groupWidth: "1..32 power2-or-log",
          bottleneckRatio: "1..4 power2",
          seRatio: [0, 0.25],
        },
      },
    ],
    ["a drawn squeeze ratio", { space: "regnetx", parameters: { seRatio: [0.125, 0.25] } }],
    ["AnyNetXA, a list a stage", { space: "anynetxa", stages: 4, budget: { acts: { min: 9_000 } } }],
    [
      "AnyNetXA with one width",
      { space: "anynetxa", parameters: { width: [64], depth: "2..4", groupWidth: [8] } },
    ],
  ])("%s: draws, counts, budget, and the networks that are drawn", (_, population) => {
    const source = drawn(population);
    const again = back(source);
    const [mine, theirs] = [source, again].map(({ populations }) => populations[0] as DrawnPopulation);
    expect(draws(theirs!)).toMatchObject({ ...draws(mine!), seRatio: draws(theirs!).seRatio });
    const { name, count, stages, stemWidth, budget } = mine!;
    expect(theirs).toMatchObject({ name, count, stages, stemWidth, budget });
    expect(again.seed).toBe(source.seed);
    const networks = ({ seed, regime, populations }: Study) =>
      [0, 1, 2].map((i) =>
        drawTrial({ studyId: "s", seed, regime, dataset: findDataset("cifar10") }, populations[0]!, i),
      );
    const bare = (each: ReturnType<typeof networks>) =>
      each.map(({ network: { spec }, draws }) => ({ spec, draws }));
    // The name of the space is in the seed of its networks.
    if (theirs!.space === mine!.space) expect(bare(networks(again))).toEqual(bare(networks(source)));
  });

  test("RegNetX with w_m = 2 comes back as RegNetX that draws 2 alone", () => {
    expect(back(drawn({ space: "regnetx-wm2" })).populations[0]).toMatchObject({
      space: "regnetx",
      parameters: { widthMultiplier: [2] },
    });
  });

  test.each([
    { schedule: "cosine", finalRate: 0.01 },
    { schedule: "linear" },
    { schedule: "exponential" },
    { schedule: "step", milestones: [0.4, 0.7, 0.9], stepFactor: 0.2 },
    { schedule: "constant" },
  ])("the learning rate of every step: %j", (schedule) => {
    const source = study([{ name: "mine", space: "regnetx", count: 2 }], {
      regime: { ...cifar, epochs: 10, warmup: 0.2, learningRate: 0.7, ...schedule },
    });
    const again = back(source);
    for (let step = 0; step < 100; step++)
      expect(learningRateAt(again.regime, step, 100)).toBeCloseTo(
        learningRateAt(source.regime, step, 100),
        12,
      );
  });

  test("the rest of the regime, as far as pycls has words", () => {
    const regime = {
      ...{ ...cifar, epochs: 20, batch: 256, momentum: 0.8, nesterov: false, weightDecay: 1e-5 },
      ...{ labelSmoothing: 0, mixup: 0.4, spareNorms: true, ema: 0.99, warmup: 0.1 },
    };
    expect(back(study([{ name: "mine", space: "regnetx", count: 2 }], { regime })).regime).toEqual({
      ...parseStudy({ version: 1, populations: [{ name: "a", space: "regnetx", count: 1 }], regime }).regime,
      learningRate: 0.05,
    });
  });

  test("seeds of one given network; several networks are a file each", () => {
    const source = drawn({ space: "regnetx" });
    const spec = drawTrial({ studyId: "s", seed: 1, regime: source.regime }, source.populations[0]!, 0)
      .network.spec;
    const one = study([{ name: "one", networks: [spec] }], { repeats: 5 });
    const again = back(one);
    expect(again.repeats).toBe(5);
    expect(again.populations[0]).toMatchObject({
      name: "one",
      networks: [{ ...spec, name: expect.any(String) }].map(({ name: _, ...rest }) => rest),
    });
    const { files } = exported(study([{ name: "three", networks: [spec, spec, spec] }]));
    expect(files.map(({ name }) => name)).toEqual(["three 1", "three 2", "three 3"]);
  });
});

/** pycls refuses a sampler by these rules (pycls/sweep/random.py, validate_rand): types, steps, powers of two. */
function refused(
  sampler: { TYPE: string; RAND_TYPE: string; RANGE: number[]; QUANTIZE: number },
  text: string,
) {
  const { TYPE, RAND_TYPE, RANGE, QUANTIZE } = sampler;
  const [low, high] = RANGE as [number, number];
  const written = /RANGE: \[(\S+), (\S+)\]\n\s+QUANTIZE: (\S+)/g;
  const dotted = [...text.matchAll(written)]
    .filter(([, a, b, c]) => Number(a) === low && Number(b) === high && Number(c) === QUANTIZE)
    .every(([, ...parts]) => parts.every((part) => part.includes(".") === (TYPE === "float_sampler")));
  const divides = (value: number) => Math.abs(value / QUANTIZE - Math.round(value / QUANTIZE)) < 1e-9;
  const powers =
    RAND_TYPE.startsWith("power2") && ![low, high, QUANTIZE].every((v) => Number.isInteger(Math.log2(v)));
  const uneven = RAND_TYPE !== "power2_or_log_uniform" && !(divides(low) && divides(high));
  const zero = low <= 0 && !["uniform", "normal"].includes(RAND_TYPE);
  return !dotted || powers || uneven || zero || low > high || QUANTIZE <= 0;
}

test("pycls takes every sampler that is written, whatever the ranges", () => {
  const eights = fc.integer({ min: 1, max: 16 }).map((n) => 8 * n);
  const range = fc.tuple(eights, eights).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const kind = fc.constantFrom("uniform", "log", "normal", "log-normal");
  fc.assert(
    fc.property(range, kind, range, kind, (width, a, slope, b) => {
      const source = drawn({
        space: "regnetx",
        parameters: {
          initialWidth: { from: width[0], to: width[1], distribution: a },
          slope: { from: slope[0] / 10, to: slope[1] / 10, distribution: b },
        },
      });
      const { text } = exported(source).files[0]!;
      const { SAMPLERS } = parse(text, { version: "1.1" }).SETUP;
      for (const sampler of Object.values(SAMPLERS) as Parameters<typeof refused>[0][])
        if (sampler.TYPE !== "value_sampler")
          expect(refused(sampler, text), JSON.stringify(sampler)).toBe(false);
    }),
    { numRuns: 40 },
  );
});

test("what does not map is told with its field", () => {
  const { files, notes } = exported(
    study(
      [
        { name: "b", space: "anynetxb", count: 4 },
        { name: "x", space: "regnetx", count: 4 },
      ],
      {
        repeats: 3,
        halving: { epochs: 1 },
        stop: { minutes: 10 },
        regime: {
          dataset: "mnist",
          images: 1_024,
          epochs: 3,
          warmup: 0.1,
          schedule: "step",
          dropout: 0.2,
          flip: true,
        },
      },
    ),
  );
  expect(files.map(({ name }) => name)).toEqual(["x"]);
  for (const start of [
    "repeats 3",
    "halving",
    "stop",
    "images of 1 channel",
    "regime.dataset mnist",
    "regime.images 1024",
    "regime.cropPadding and flip",
    "regime.warmup 0.1",
    "regime.milestones 0.5, 0.75",
    "regime.dropout",
    "populations[0] (b) is left out: pycls draws every parameter",
  ])
    expect(
      notes.some((note) => note.startsWith(start)),
      start,
    ).toBe(true);
});

test.each([
  ["no population maps", { name: "e", space: "anynetxe", count: 2 }, "binds them to each other"],
  ["other norms", { name: "x", space: "regnetx", count: 2, norm: "layer" }, "batch norm"],
  [
    "ends that are no powers of two",
    { name: "x", space: "regnetx", count: 2, parameters: { groupWidth: "1..24 power2-or-log" } },
    "pycls asks for powers of two at both ends, not 24",
  ],
])("%s: refused with the reason", (_, population, message) => {
  expect(() => exported(study([population]))).toThrow(message);
});
