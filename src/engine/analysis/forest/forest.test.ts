import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../../test/fixtures/fake-trial.ts";
import { createRng, type Rng } from "../../math/rng.ts";
import type { Finding } from "../finding.ts";
import { type Observation, observe } from "../trials/observation.ts";
import { binFeatures, maxBins } from "./binned.ts";
import { type Importances, parameterImportance } from "./importance.ts";
import { growTree, predict } from "./tree.ts";

const base = observe(fakeTrial("RegNetX", 0, 0.3));
const keys = ["depth", "slope", "initialWidth"];

/** Trials whose parameters are uniform and whose error is a function of them. */
function trials(n: number, error: (values: Record<string, number>, rng: Rng) => number): Observation[] {
  const rng = createRng(2, "forest-test");
  return Array.from({ length: n }, () => {
    const values = Object.fromEntries(keys.map((key) => [key, rng.float()]));
    return { ...base, values, error: error(values, rng) };
  });
}

function importancesOf(finding: Finding<Importances>): Importances {
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
function variance(values: readonly number[]): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

describe("importance of parameters", () => {
  test("shuffling grows the squared error by 2·E[Var(rank | the other parameters)] / Var(rank)", () => {
    const error = (depth: number, slope: number) => 3 * depth + slope;
    const observations = trials(1_500, ({ depth, slope }) => error(depth!, slope!));
    const { parameters, explained } = importancesOf(parameterImportance(observations, keys));
    expect(parameters.map(({ key }) => key)).toEqual(["depth", "slope", "initialWidth"]);
    // The exact shares, over a grid of both parameters.
    const grid = Array.from({ length: 60 }, (_, i) => (i + 0.5) / 60);
    const all = grid.flatMap((depth) => grid.map((slope) => error(depth, slope))).sort((a, b) => a - b);
    const rank = (value: number) => all.findIndex((each) => each >= value - 1e-12);
    const ranks = grid.map((depth) => grid.map((slope) => rank(error(depth, slope))));
    const total = variance(ranks.flat());
    const bySlope = mean(grid.map((_, j) => variance(ranks.map((row) => row[j]!))));
    const byDepth = mean(ranks.map((row) => variance(row)));
    expect(Math.abs(parameters[0]!.importance - (2 * bySlope) / total)).toBeLessThan(0.15);
    expect(Math.abs(parameters[1]!.importance - (2 * byDepth) / total)).toBeLessThan(0.08);
    expect(Math.abs(parameters[2]!.importance)).toBeLessThan(0.02);
    expect(explained).toBeGreaterThan(0.95);
  });

  test("a few diverged networks do not hide what the others say", () => {
    const clean = trials(200, ({ depth }, rng) => 0.2 + 0.1 * depth! + 0.005 * rng.normal());
    const some = clean.map((each, i) =>
      i % 50 === 0 ? { ...each, status: "diverged" as const, error: 1 } : each,
    );
    const { parameters, explained } = importancesOf(parameterImportance(some, keys));
    expect(parameters[0]!.key).toBe("depth");
    expect(explained).toBeGreaterThan(0.7);
  });

  test("an effect that is no line is found: only the middle depths are good", () => {
    const observations = trials(300, ({ depth }, rng) => (depth! - 0.5) ** 2 + 0.01 * rng.normal());
    expect(importancesOf(parameterImportance(observations, keys)).parameters[0]!.key).toBe("depth");
  });

  test("of noise nothing is explained, and importances are within three of their errors of 0", () => {
    const { parameters, explained } = importancesOf(
      parameterImportance(
        trials(300, (_, rng) => rng.float()),
        keys,
      ),
    );
    expect(explained).toBeLessThan(0.05);
    for (const { importance } of parameters) expect(Math.abs(importance)).toBeLessThan(0.08);
  });

  test("a seed fixes the forest", () => {
    const observations = trials(60, ({ depth }) => depth!);
    const once = parameterImportance(observations, keys, { seed: 4, trees: 10 });
    expect(parameterImportance(observations, keys, { seed: 4, trees: 10 })).toEqual(once);
    expect(parameterImportance(observations, keys, { seed: 5, trees: 10 })).not.toEqual(once);
  });

  test("parameters that do not vary or are not known of all are named with the reason", () => {
    const observations = trials(20, ({ depth }) => depth!).map((each, i) => ({
      ...each,
      values: { ...each.values, groupWidth: 8, ...(i < 5 ? { bottleneckRatio: i } : {}) },
    }));
    const { skipped } = importancesOf(
      parameterImportance(observations, [...keys, "groupWidth", "bottleneckRatio"]),
    );
    expect(skipped).toEqual([
      { key: "groupWidth", message: "the same in all trials" },
      { key: "bottleneckRatio", message: "known of 5 of 20 trials" },
    ]);
  });

  test.each([
    ["no-trials", []],
    ["none-finished", [{ ...base, error: null }]],
    ["too-few", trials(11, ({ depth }) => depth!)],
    ["all-equal", trials(30, () => 0.3)],
    ["no-values", trials(30, ({ depth }) => depth!).map((each) => ({ ...each, values: {} }))],
  ] as const)("%s: a reason", (reason, observations) => {
    expect(parameterImportance(observations, keys)).toMatchObject({ found: false, reason });
  });
});

describe("regression trees", () => {
  const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 4, maxLength: 60 });

  test("a tree with leaves of one trial says every distinct target again", () => {
    fc.assert(
      fc.property(values, (column) => {
        const distinct = [...new Set(column)];
        if (distinct.length < 2 || distinct.length > maxBins) return;
        const features = binFeatures([distinct]);
        const targets = Float64Array.from(distinct, (x) => x * x + x);
        const tree = growTree(features, targets, Uint32Array.from(distinct.keys()), createRng(1), {
          tried: 1,
          leaf: 1,
        });
        for (const [i, target] of targets.entries())
          expect(predict(tree, () => features.bins[i]!)).toBeCloseTo(target, 6);
      }),
      { numRuns: 40 },
    );
  });

  test("bins grow with the value, equal values share one", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (column) => {
          const { bins, counts } = binFeatures([column]);
          expect(counts[0]).toBeLessThanOrEqual(maxBins);
          const order = Array.from(column.keys()).sort((i, j) => column[i]! - column[j]!);
          order.forEach((i, rank) => {
            const before = order[rank - 1];
            if (before === undefined) return;
            expect(bins[i]).toBeGreaterThanOrEqual(bins[before]!);
            if (column[i] === column[before]) expect(bins[i]).toBe(bins[before]);
          });
        },
      ),
    );
  });
});
