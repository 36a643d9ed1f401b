import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultRegime, regimeSchema } from "../training/regime.ts";
import { checkPopulations, drawTrial } from "./population.ts";
import { type DrawnPopulation, drawnPopulationSchema, parseStudy } from "./study.ts";

const population = drawnPopulationSchema.parse({
  name: "line",
  space: "regnetx",
  count: 8,
  budget: { flops: "1M..3M" },
});

function specs(more: Partial<DrawnPopulation> = {}, seed = 1, indices = [0, 1, 2]) {
  const context = { studyId: "s", seed, regime: defaultRegime };
  return indices.map((index) => drawTrial(context, { ...population, ...more }, index).network.spec.stages);
}

test("a network depends on seed, population and index, not on how many are drawn or in what order", () => {
  const drawn = specs();
  expect(specs({ count: 500 })).toEqual(drawn);
  expect(specs({}, 1, [2, 1, 0]).reverse()).toEqual(drawn);
  expect(specs({}, 2)).not.toEqual(drawn);
});

test("two populations of one space and budget are different draws", () => {
  expect(specs({ name: "line again" })).not.toEqual(specs());
});

test("a drawn network fits the data set, the population's stages, stem and budget", () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 200 }),
      fc.constantFrom(3, 4),
      fc.constantFrom(8, 16, 24),
      (index, stages, stemWidth) => {
        const own = { ...population, stages, stemWidth } as DrawnPopulation;
        const { network, draws, trialId } = drawTrial(
          { studyId: "s", seed: 7, regime: defaultRegime },
          own,
          index,
        );
        expect(network.spec.input).toEqual({ height: 28, width: 28, channels: 1 });
        expect(network.spec.classes).toBe(10);
        expect(network.spec.stem).toEqual({ type: "small", width: stemWidth });
        expect(network.spec.stages).toHaveLength(stages);
        expect(network.flops).toBeGreaterThanOrEqual(1e6);
        expect(network.flops).toBeLessThanOrEqual(3e6);
        // Parameters, gradients and momenta alone are three times four bytes each.
        expect(network.trainBytes).toBeGreaterThan(12 * network.params);
        expect(draws).toBeGreaterThanOrEqual(1);
        expect(trialId).toBe(`s/line/${index}`);
      },
    ),
    { numRuns: 20 },
  );
});

test("a study whose networks do not bear its image sizes is refused before anything is trained", () => {
  const study = (fields: object) =>
    parseStudy({ version: 1, populations: [{ ...population, stages: 4 }], regime: fields });
  expect(() => checkPopulations(study({ progressive: { phases: 2, resolution: 12 } }))).toThrow(
    "regime.progressive.resolution: 12 is not allowed; this network's strides multiply to 16",
  );
  checkPopulations(study({ progressive: { phases: 2, resolution: 16 } }));
});

test("the memory of a network is that of the largest images of its run, its costs those of its own", () => {
  const drawn = (fields: object) => {
    const regime = regimeSchema.parse(fields);
    return drawTrial({ studyId: "s", seed: 1, regime }, population, 0).network;
  };
  const plain = drawn({});
  const grown = drawn({ progressive: { phases: 2, resolution: 14 } });
  const tuned = drawn({ fineTune: { resolution: 40, epochs: 1, learningRate: 0.01 } });
  expect(grown).toEqual(plain);
  expect(tuned.trainBytes).toBeGreaterThan(1.5 * plain.trainBytes);
  expect({ ...tuned, trainBytes: plain.trainBytes }).toEqual(plain);
});
