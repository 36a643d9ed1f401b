import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { costRegimes, parameterTrend, trendLine } from "./parameter-trend.ts";
import { type Observation, observe } from "./trials/observation.ts";

const base = observe(fakeTrial("RegNetX", 0, 0.3));

/** 20 networks of about this cost; those of the depth asked for are the best. */
function regime(flops: number, bestDepth: number): Observation[] {
  return Array.from({ length: 20 }, (_, i) => {
    const depth = bestDepth - 10 + i;
    const error = 0.1 + 0.02 * Math.abs(depth - bestDepth);
    return { ...base, error, values: { flops: flops * (1 + 0.001 * i), depth } };
  });
}

describe("trends of a parameter over cost", () => {
  const regimes = [
    { name: "16M", observations: regime(16e6, 40) },
    { name: "1M", observations: regime(1e6, 10) },
    { name: "4M", observations: regime(4e6, 20) },
  ];

  test("points in order of cost; the best depths 10, 20, 40 grow as √flops", () => {
    const trend = parameterTrend(regimes, "depth");
    if (!trend.found) throw new Error(trend.message);
    const { points, fit } = trend.value;
    expect(points.map((point) => point.regime)).toEqual(["1M", "4M", "16M"]);
    expect(points.map(({ good }) => good.best)).toEqual([10, 20, 40]);
    expect(points[0]).toMatchObject({ min: 0, max: 19 });
    if (!fit.found) throw new Error(fit.message);
    expect(fit.value.slope.value).toBeCloseTo(0.5, 6);
    // The line goes through them, from the first to the last; a perfect fit has an interval of no width.
    const line = trendLine(trend.value)!;
    const [first, last] = [line[0]!, line.at(-1)!];
    for (const [at, depth] of [
      [first, 10],
      [line[12]!, 20],
      [last, 40],
    ] as const)
      for (const value of [at.y, at.low, at.high]) expect(value).toBeCloseTo(depth, 6);
    expect([first.x, last.x]).toEqual([points[0]!.cost, points[2]!.cost]);
  });

  test("a regime without the parameter or without errors is skipped and named; two regimes have no fit", () => {
    const unfinished = regime(64e6, 80).map((each) => ({ ...each, error: null }));
    const trend = parameterTrend(
      [...regimes.slice(0, 2), { name: "64M", observations: unfinished }],
      "depth",
    );
    if (!trend.found) throw new Error(trend.message);
    expect(trend.value.skipped).toEqual([{ regime: "64M", message: "No trial has an error yet." }]);
    expect(trend.value.fit).toMatchObject({ found: false, reason: "too-few" });
    expect(parameterTrend(regimes, "slope")).toMatchObject({ found: false, reason: "no-values" });
    expect(parameterTrend([], "depth")).toMatchObject({ found: false, reason: "no-trials" });
  });

  test("where every regime has too few networks, that is said of all of them, whatever the first one lacks", () => {
    const unfinished = regime(1e6, 10).map((each) => ({ ...each, error: null }));
    const single = (flops: number) => [regime(flops, 20)[0]!, ...unfinished.slice(0, 3)];
    const few = [
      { name: "1M", observations: unfinished },
      { name: "4M", observations: single(4e6) },
      { name: "16M", observations: single(16e6) },
    ];
    const message =
      "None of the 3 regimes has two networks with an error; a range of good values needs as many.";
    expect(parameterTrend(few, "depth")).toEqual({ found: false, reason: "too-few", message });
  });

  test("one population splits into regimes of equal ratio that hold every trial with a cost", () => {
    const all = regimes.flatMap(({ observations }) => observations);
    const split = costRegimes(all, 3);
    expect(split.reduce((sum, { observations }) => sum + observations.length, 0)).toBe(all.length);
    expect(split.map(({ observations }) => observations.length)).toEqual([20, 20, 20]);
    expect(costRegimes([{ ...base, values: {} }], 3)).toEqual([]);
    expect(costRegimes([base, base], 4)).toHaveLength(1);
  });
});
