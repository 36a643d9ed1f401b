import { describe, expect, test } from "vitest";
import { findDataset } from "../data/catalogue.ts";
import { complexity } from "../network/complexity.ts";
import { defaultRegime } from "../training/regime.ts";
import { knobValue } from "./knob.ts";
import { checkPopulations, drawTrial } from "./population.ts";
import {
  baselineFor,
  type ScaledPopulation,
  scaledPopulationSchema,
  scalingRules,
} from "./scaled-population.ts";
import { parseStudy } from "./study.ts";
import { studyId } from "./study-id.ts";

const baseline = { preset: "efficientnet-b0", depth: 0.5, width: 0.25 };
const populationOf = (fields: object): ScaledPopulation =>
  scaledPopulationSchema.parse({ name: "p", baseline, ...fields });
const draw = (population: ScaledPopulation, index: number) =>
  drawTrial({ studyId: "s", seed: 1, regime: defaultRegime }, population, index);
const small = baselineFor(populationOf({ scaling: "depth", factors: 1 }).baseline, findDataset("mnist")!);

describe("populations made by a scaling formula", () => {
  test("factor 1 of depth, width, resolution, tiny and fast, and φ = 0, are the baseline in its version for small images", () => {
    for (const scaling of scalingRules) {
      const { network, params } = draw(populationOf({ scaling, factors: scaling === "compound" ? 0 : 1 }), 0);
      expect({ ...network.spec, name: undefined }, scaling).toEqual({ ...small, name: undefined });
      expect(params).toEqual({ family: "scaled", scaling, factor: scaling === "compound" ? 0 : 1 });
    }
    expect(small.input).toEqual({ height: 28, width: 28, channels: 1 });
    expect(small.stages.at(-1)).toMatchObject({ depth: 1, width: 80 });
  });

  test("each dimension alone changes that one", () => {
    const of = (scaling: string) => draw(populationOf({ scaling, factors: 2 }), 0).network.spec;
    expect(of("resolution").input).toMatchObject({ height: 56, width: 56 });
    expect(of("resolution").stages).toEqual(small.stages);
    expect(of("depth").stages.map(({ depth }) => depth)).toEqual(small.stages.map(({ depth }) => 2 * depth));
    expect(of("width").stages.map(({ width }) => width)).toEqual(small.stages.map(({ width }) => 2 * width));
  });

  test("budgets of multiply-adds are met as nearly as whole blocks and channels allow", () => {
    for (const scaling of ["width", "resolution", "compound", "tiny", "fast"] as const) {
      const population = populationOf({ scaling, flops: "3M, 4M, 5M" });
      [3e6, 4e6, 5e6].forEach((flops, i) => {
        expect(
          Math.abs(draw(population, i).network.flops / flops - 1),
          `${scaling} to ${flops}`,
        ).toBeLessThan(0.3);
      });
    }
    const { network } = draw(populationOf({ scaling: "tiny", factors: 0.5 }), 0);
    expect(network.flops / complexity(small).flops).toBeCloseTo(0.5, 1);
  });

  test("a range is its ends, its middle, its quarters …; more networks never change those that are there", () => {
    const at = (count: number) =>
      Array.from({ length: count }, (_, i) => knobValue({ from: 1, to: 16 }, i, "log"));
    expect(at(5).map((value) => Math.round(value * 1000) / 1000)).toEqual([1, 16, 4, 2, 8]);
    expect(at(9).slice(0, 5)).toEqual(at(5));
    expect(knobValue({ from: -1, to: 1 }, 2, "linear")).toBe(0);
    const study = (count: number) =>
      parseStudy({
        version: 1,
        populations: [{ name: "p", scaling: "compound", baseline, factors: "-1..1", count }],
      });
    expect(studyId(study(9))).toBe(studyId(study(5)));
  });

  test("the norm of the population, else the baseline's; a network may be the baseline", () => {
    const own = draw(populationOf({ scaling: "width", factors: 1, norm: "proxy-group" }), 0).network.spec;
    expect(own.norm).toMatchObject({ type: "group", groupWidth: 16, proxyEpsilon: 0.03 });
    const given = populationOf({ baseline: small, scaling: "resolution", factors: [0.5, 1] });
    expect(draw(given, 0).network.spec).toMatchObject({ input: { height: 14, width: 14 }, norm: small.norm });
  });

  const refused = (fields: object) => () =>
    checkPopulations(
      parseStudy({
        version: 1,
        populations: [{ name: "p", baseline, scaling: "depth", factors: 1, ...fields }],
      }),
    );
  test.each([
    ["another rule", { scaling: "height" }, 'scaling: "height" is not allowed; expected "depth", "width"'],
    ["another baseline", { baseline: "efficientnet-b9" }, '"efficientnet-b9" is not known'],
    ["neither factors nor flops", { factors: undefined }, "factors: missing; expected factors or flops"],
    ["both", { flops: "2M" }, "factors: one too many; expected factors or flops"],
    ["a factor out of reach", { factors: [1, 99] }, "factors: 99 is not allowed; expected 0.05 to 16"],
    [
      "a text that is no list",
      { factors: "many" },
      'factors: "many" is not allowed; expected a list such as',
    ],
    ["an empty range", { factors: "2..1", count: 2 }, "factors: 2..1 is empty; it goes from 2 to 1"],
    ["a range without a count", { factors: "1..2" }, "count: missing; how many networks of the range"],
    [
      "another count than the list's",
      { factors: [1, 2], count: 3 },
      "count: 3 is not allowed; there are 2 factors",
    ],
    [
      "an impossible budget",
      { factors: undefined, flops: "900M" },
      "populations[0].flops: 900000000 is not allowed; expected from",
    ],
    [
      "growing with the tiny formula",
      { scaling: "tiny", factors: undefined, flops: "90M" },
      "the tiny formula shrinks, the baseline has",
    ],
    [
      "a baseline for other classes",
      { baseline: { ...small, classes: 7 } },
      "populations[0].baseline.classes: 7 is not allowed; Fashion-MNIST has 10 classes",
    ],
  ])("%s is refused with its path", (_, fields, message) => {
    expect(refused(fields)).toThrow(message);
  });
});
