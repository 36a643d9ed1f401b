import { describe, expect, test } from "vitest";
import { describeNetwork } from "../network/describe.ts";
import { drawNetwork } from "../spaces/population.ts";
import type { SpaceId } from "../spaces/registry.ts";
import { smallImageSetting } from "../spaces/setting.ts";
import { defaultRegime } from "../training/regime.ts";
import { analyzeGroups, analyzePopulation } from "./analyze.ts";
import { bootstrapRange } from "./bootstrap-ranges.ts";
import { drawnParameters } from "./trials/drawn-parameters.ts";
import { metricValues } from "./trials/metrics.ts";
import { type ObservableTrial, type Observation, observe } from "./trials/observation.ts";

/** Networks of a real space with an error that falls with their flops; no trial is trained for it. */
function population(
  space: SpaceId,
  count: number,
  change: (trial: ObservableTrial, index: number) => ObservableTrial = (trial) => trial,
): Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const { spec, params } = drawNetwork({ space, setting: smallImageSetting, budget: {}, seed: 3 }, index);
    const network = { ...describeNetwork(spec), trainBytes: 1 };
    const error = 0.9 - 0.09 * Math.log10(network.flops);
    const record = {
      id: `${space}/${index}`,
      study: "s",
      population: space,
      index,
      params,
      network,
      seed: 3,
    };
    const trial = { ...record, regime: defaultRegime, status: "done" as const, error, epochs: [] };
    return observe(change(trial, index));
  });
}

const regnets = population("regnetx", 30);
const anynets = population("anynetxa", 30);

describe("all statistics at once", () => {
  test("are those of their functions", () => {
    const { ranges, summary, counts } = analyzePopulation({ name: "RegNetX", observations: regnets });
    const depth = ranges.find(({ key }) => key === "depth")!;
    expect(depth.range).toEqual(
      bootstrapRange(
        regnets.map(({ error }) => error),
        metricValues(regnets, "depth"),
      ),
    );
    expect(summary).toMatchObject({ found: true, value: { n: 30 } });
    expect(counts).toMatchObject({ trials: 30, counted: 30, done: 30 });
  });

  test("find what the errors were made of", () => {
    const { importance, correlations, fronts } = analyzePopulation({
      name: "RegNetX",
      observations: regnets,
    });
    if (!importance.found) throw new Error(importance.message);
    expect(importance.value.parameters[0]!.key).toBe("flops");
    expect(correlations.find(({ key }) => key === "flops")!.correlation).toMatchObject({
      value: { tau: -1 },
    });
    // The more flops the less error: every network is on the front.
    const plane = fronts.find(({ cost }) => cost === "flops")!.plane;
    expect(plane.found && plane.value.front).toHaveLength(30);
  });

  test("cross to a worker as they are", () => {
    const analysis = analyzeGroups([
      { name: "A", observations: anynets },
      { name: "B", observations: regnets },
    ]);
    expect(structuredClone(analysis)).toEqual(analysis);
  });

  test("e_fit is there where it is asked for, near 0 for RegNets and larger for AnyNets", () => {
    const best = (observations: Observation[]) => {
      const { ranges } = analyzePopulation({ name: "P", observations }, { fitError: true });
      const fit = ranges.find(({ key }) => key === "fitError")!.range;
      if (!fit.found) throw new Error(fit.message);
      return fit.value.best;
    };
    expect(best(regnets)).toBeLessThan(0.05);
    expect(best(anynets)).toBeGreaterThan(0.1);
  });

  test("three groups of other flops are regimes that a parameter is followed through", () => {
    const sorted = [...regnets].sort((a, b) => a.values.flops! - b.values.flops!);
    const groups = [0, 10, 20].map((from) => ({
      name: `from ${from}`,
      observations: sorted.slice(from, from + 10),
    }));
    const { trends } = analyzeGroups(groups);
    const depth = trends.find(({ key }) => key === "depth")!.trend;
    expect(depth.found && depth.value.points.map(({ regime }) => regime)).toEqual([
      "from 0",
      "from 10",
      "from 20",
    ]);
    expect(
      analyzeGroups([groups[0]!, groups[0]!, groups[1]!].map((g, i) => ({ ...g, name: `${i}` }))).trends,
    ).toEqual([]);
  });

  const odd: readonly (readonly [name: string, observations: Observation[], reason: string | undefined])[] = [
    ["no trials", [], "no-trials"],
    ["one trial", population("regnetx", 1), undefined],
    [
      "none finished",
      population("regnetx", 5, (trial) => ({ ...trial, status: "stopped", error: null })),
      "none-finished",
    ],
    [
      "only diverged",
      population("regnetx", 5, (trial) => ({ ...trial, status: "diverged", error: 1 })),
      "only-diverged",
    ],
    ["all equal", population("regnetx", 20, (trial) => ({ ...trial, error: 0.4 })), undefined],
    ["one network many times", Array.from({ length: 20 }, () => regnets[0]!), undefined],
    [
      "infinite and missing numbers",
      population("regnetx", 20, (trial, i) => ({
        ...trial,
        error: i % 3 === 0 ? Number.NaN : 0.3 + i / 100,
        network: {
          ...trial.network,
          ...(i % 2 === 0 ? { flops: Number.POSITIVE_INFINITY } : { acts: Number.NaN }),
        },
      })),
      undefined,
    ],
  ];

  test.each(odd)(
    "%s: every part says something or says why not, and nothing is NaN",
    (_, observations, reason) => {
      const alone = analyzePopulation({ name: "Odd", observations });
      if (reason === undefined) expect(alone.summary.found).toBe(true);
      else expect(alone.summary).toMatchObject({ found: false, reason });
      const beside = analyzeGroups(
        [
          { name: "Odd", observations },
          { name: "RegNetX", observations: regnets },
        ],
        { baseline: "RegNetX" },
      );
      expect(notNumbers([alone, beside])).toEqual([]);
    },
  );
});

/** Paths of numbers that are NaN or infinite. */
function notNumbers(value: unknown, path = ""): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => notNumbers(each, `${path}.${key}`));
}

describe("parameters of a population", () => {
  test("a RegNet's are its line, g and b, as far as they vary", () => {
    const keys = drawnParameters(regnets);
    expect(keys).toEqual(
      expect.arrayContaining(["depth", "initialWidth", "slope", "widthMultiplier", "groupWidth"]),
    );
    expect(keys).not.toContain("width1");
    expect(keys).not.toContain("seRatio");
  });

  test("an AnyNetXA's are its stages'; an AnyNetXC shares b and g", () => {
    expect(drawnParameters(anynets)).toEqual(
      expect.arrayContaining(["depth", "depth1", "width3", "bottleneckRatio2", "groupWidth3"]),
    );
    const shared = drawnParameters(population("anynetxc", 30));
    expect(shared).toEqual(expect.arrayContaining(["bottleneckRatio", "groupWidth", "depth1", "width1"]));
    expect(shared).not.toContain("groupWidth1");
  });

  test("none of no trials, and none that vary of one", () => {
    expect(drawnParameters([])).toEqual([]);
    expect(drawnParameters([regnets[0]!])).toEqual([]);
  });
});
