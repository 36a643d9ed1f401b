import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkNetworkSpec, parseNetworkSpec } from "../network/parse.ts";
import type { StageSpec } from "../network/spec.ts";
import { acceptanceRate, UnsatisfiableBudgetError } from "./constraint.ts";
import { drawNetwork } from "./population.ts";
import { spaceIds, spaceOf, spaces } from "./registry.ts";
import { imagenetSetting, type SpaceSetting, smallImageSetting } from "./setting.ts";

const settings: [string, SpaceSetting][] = [
  ["small images, 3 stages", smallImageSetting],
  ["small images, 4 stages", { ...smallImageSetting, stages: 4 }],
  ["ImageNet, 4 stages", imagenetSetting],
];
const anySpace = fc.constantFrom(...spaceIds);
const anySetting = fc.constantFrom(...settings.map(([, setting]) => setting));
const anySeed = fc.nat();

type Bottleneck = Extract<StageSpec, { bottleneckRatio: number }>;

function stagesOf(space: (typeof spaceIds)[number], setting: SpaceSetting, seed: number): Bottleneck[] {
  return drawNetwork({ space, setting, budget: {}, seed }, 0).spec.stages as Bottleneck[];
}

function neverFalls(values: readonly number[]): boolean {
  return values.every((value, i) => i === 0 || value >= values[i - 1]!);
}

describe("samplers", () => {
  test("every sample is a valid network with the wanted stages, within the ranges, widths divisible by 8", () => {
    fc.assert(
      fc.property(anySpace, anySetting, anySeed, (space, setting, seed) => {
        const { spec, params } = drawNetwork({ space, setting, budget: {}, seed }, 0);
        expect(checkNetworkSpec(spec)).toEqual([]);
        expect(parseNetworkSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
        expect(spec.stages).toHaveLength(spaceOf(space).fixedStages ?? setting.stages);
        for (const stage of spec.stages) expect(stage.width % 8).toBe(0);
        const { ranges } = setting;
        const bottlenecks = params.family === "anynet" || params.family === "regnet" ? spec.stages : [];
        for (const stage of bottlenecks as Bottleneck[]) {
          expect(stage.stride).toBe(2);
          expect(ranges.bottleneckRatios).toContain(stage.bottleneckRatio);
          expect(stage.groupWidth).toBeGreaterThanOrEqual(1);
          if (space !== "regnetr") expect(stage.groupWidth).toBeLessThanOrEqual(ranges.groupWidth[1]);
          expect(stage.width / stage.bottleneckRatio / stage.groupWidth).toSatisfy(Number.isInteger);
          if (params.family === "anynet") {
            expect(stage.depth).toBeLessThanOrEqual(ranges.stageDepth[1]);
            expect(stage.width).toBeLessThanOrEqual(ranges.width[1]);
          }
        }
        if (params.family === "regnet" && space !== "regnetx-w0wa") {
          expect(spec.stages.reduce((sum, { depth }) => sum + depth, 0)).toBe(params.depth);
          expect(params.initialWidth % 8).toBe(0);
          expect(params.widthMultiplier).toBeGreaterThanOrEqual(ranges.widthMultiplier[0]);
          expect(params.widthMultiplier).toBeLessThanOrEqual(ranges.widthMultiplier[1]);
        }
      }),
      { numRuns: 400 },
    );
  });

  test("B shares one bottleneck ratio, C also one group width before narrow stages shrink it", () => {
    fc.assert(
      fc.property(anySetting, anySeed, (setting, seed) => {
        expect(new Set(stagesOf("anynetxb", setting, seed).map((stage) => stage.bottleneckRatio)).size).toBe(
          1,
        );
        const { params } = drawNetwork({ space: "anynetxc", setting, budget: {}, seed }, 0);
        expect(params.family === "anynet" && new Set(params.groupWidths).size).toBe(1);
      }),
    );
  });

  test("D: widths never fall; E: depths neither", () => {
    fc.assert(
      fc.property(anySetting, anySeed, (setting, seed) => {
        expect(stagesOf("anynetxd", setting, seed).map(({ width }) => width)).toSatisfy(neverFalls);
        const e = stagesOf("anynetxe", setting, seed);
        expect(e.map(({ width }) => width)).toSatisfy(neverFalls);
        expect(e.map(({ depth }) => depth)).toSatisfy(neverFalls);
      }),
      { numRuns: 300 },
    );
  });

  test("the same seed gives the same networks, in any order; another seed or space gives others", () => {
    const source = {
      space: "anynetxa",
      setting: smallImageSetting,
      budget: { flops: { max: 5e6 } },
      seed: 3,
    } as const;
    const forward = [0, 1, 2, 3].map((i) => drawNetwork(source, i));
    const backward = [3, 2, 1, 0].map((i) => drawNetwork(source, i)).reverse();
    expect(backward).toEqual(forward);
    expect(new Set(forward.map(({ spec }) => JSON.stringify(spec))).size).toBe(4);
    expect(drawNetwork({ ...source, seed: 4 }, 0).spec).not.toEqual(forward[0]!.spec);
    expect(drawNetwork({ ...source, space: "anynetxb" }, 0).spec).not.toEqual(forward[0]!.spec);
  });

  test("RegNetY differs from RegNetX in squeeze-and-excitation alone", () => {
    const y = stagesOf("regnety", smallImageSetting, 1);
    expect(y.every(({ seRatio }) => seRatio === 0.25)).toBe(true);
    expect(stagesOf("regnetx", smallImageSetting, 1).every(({ seRatio }) => seRatio === 0)).toBe(true);
  });

  test("the variants of RegNetX keep what they promise", () => {
    fc.assert(
      fc.property(anySetting, anySeed, (setting, seed) => {
        const regnet = (space: (typeof spaceIds)[number]) => {
          const { params, spec, cost } = drawNetwork({ space, setting, budget: {}, seed }, 0);
          if (params.family !== "regnet") throw new Error(params.family);
          return { params, spec, cost };
        };
        expect(regnet("regnetx-wm2").params.widthMultiplier).toBe(2);
        const { params: origin } = regnet("regnetx-w0wa");
        expect(origin.slope).toBe(origin.initialWidth);
        const { params: restricted, cost } = regnet("regnetx-restricted");
        expect(restricted.bottleneckRatio).toBe(1);
        expect(restricted.widthMultiplier).toBeGreaterThanOrEqual(2);
        expect(restricted.depth).toBeLessThanOrEqual(40);
        expect(cost.params / 1e6).toBeLessThan(3 + 5.5 * (cost.flops / 1e9));
        expect(cost.acts / 1e6).toBeLessThan(6.5 * Math.sqrt(cost.flops / 1e9));
        for (const stage of regnet("regnetr").spec.stages as Bottleneck[]) {
          expect(stage.groupWidth * stage.bottleneckRatio).toBe(stage.width);
        }
      }),
    );
    const stageOf = (space: (typeof spaceIds)[number]) =>
      drawNetwork({ space, setting: smallImageSetting, budget: {}, seed: 1 }, 0).spec.stages[0]!;
    expect(stageOf("regnetv")).toMatchObject({ block: "vanilla", convolutions: 1 });
    expect(stageOf("regnetvr")).toMatchObject({ block: "res_basic", convolutions: 1 });
    expect(stageOf("resnet").block).toBe("res_basic");
    expect(stageOf("resnet")).not.toHaveProperty("convolutions");
  });

  test("degrees of freedom and sizes of the paper's six spaces are those of its table", () => {
    const table = [
      ["anynetxa", 16, 1.8e18],
      ["anynetxb", 13, 6.8e16],
      ["anynetxc", 10, 3.2e14],
      ["anynetxd", 10, 1.3e13],
      ["anynetxe", 10, 5.5e11],
      ["regnetx", 6, 3.0e8],
    ] as const;
    for (const [id, freedom, size] of table) {
      expect(spaceOf(id).degreesOfFreedom(4)).toBe(freedom);
      expect(10 ** spaceOf(id).log10Size(imagenetSetting) / size, id).toBeCloseTo(1, 1);
    }
  });

  test("the restricted RegNetX counts the depths it allows, up to 40 of 63", () => {
    const size = spaceOf("regnetx-restricted").log10Size(imagenetSetting);
    expect(10 ** size).toBeCloseTo(40 * 64 ** 3 * 6, -2);
  });

  test("ResNeXt-A and B have the sizes of the earlier paper, 225³ and 375³", () => {
    expect(10 ** spaceOf("resnext-a").log10Size(smallImageSetting)).toBeCloseTo(11_390_625, 0);
    expect(10 ** spaceOf("resnext-b").log10Size(smallImageSetting)).toBeCloseTo(52_734_375, 0);
  });

  test("every space has an id of its own, which finds it", () => {
    expect(spaces.map(({ id }) => id)).toEqual(spaceIds);
    for (const id of spaceIds) expect(spaceOf(id).id).toBe(id);
  });
});

describe("budgets", () => {
  test("every accepted network is inside, and the tally adds up", () => {
    const budget = { flops: { min: 1e6, max: 3e6 }, params: { max: 200_000 }, acts: { min: 20_000 } };
    for (let i = 0; i < 50; i++) {
      const { cost, tally } = drawNetwork(
        { space: "regnetx", setting: smallImageSetting, budget, seed: 1 },
        i,
      );
      expect(cost.flops).toBeGreaterThanOrEqual(1e6);
      expect(cost.flops).toBeLessThanOrEqual(3e6);
      expect(cost.params).toBeLessThanOrEqual(200_000);
      expect(cost.acts).toBeGreaterThanOrEqual(20_000);
      const missed = Object.values(tally.missed).reduce((sum, count) => sum + count, 0);
      expect(tally.drawn - tally.unfit - 1).toBeLessThanOrEqual(missed);
      expect(acceptanceRate(tally)).toBe(1 / (tally.drawn - tally.unfit));
    }
  });

  test("an unsatisfiable budget stops and says which bound rejects how much", () => {
    const budget = { flops: { max: 1e6 }, params: { min: 5e6 } };
    const source = { space: "anynetxa", setting: smallImageSetting, budget, seed: 1 } as const;
    const draw = () => drawNetwork(source, 0, { costed: 500, drawn: 5000 });
    expect(draw).toThrow(UnsatisfiableBudgetError);
    expect(draw).toThrow(/none of 500 networks .*params below 5 M: \d+\.\d%, flops above 1 M: \d+\.\d%/);
  });

  test("a number of stages that no RegNet has stops too", () => {
    const setting = { ...smallImageSetting, stages: 30 };
    const draw = () =>
      drawNetwork({ space: "regnetx", setting, budget: {}, seed: 1 }, 0, { costed: 10, drawn: 5000 });
    expect(draw).toThrow("none of 5000 draws has the wanted number of stages");
  });
});
