import { expect, test } from "vitest";
import { buildGraph } from "../../graph/build.ts";
import { networkOf, smallImageFrame } from "../../network/frame.ts";
import { compilePlan, defaultOptimizer } from "../../plan/compile.ts";
import { allFusions } from "../../plan/fusion.ts";
import { costsOf, cutsOf } from "./cuts.ts";
import { lowerPlan } from "./lowered-plan.ts";
import { softwareTiles } from "./tiles.ts";

/** Costs of the parts. */
function parts(costs: readonly number[], from: number, ends: readonly number[]): number[] {
  const sum = (start: number, end: number) => costs.slice(start, end).reduce((all, cost) => all + cost, 0);
  return ends.map((end, i) => sum(ends[i - 1] ?? from, end));
}

test.each([
  [[1, 1, 1, 1, 1, 1], 0, 3, [2, 2, 2]],
  [[9, 1, 1, 1, 1, 1], 1, 2, [2, 3]],
  [[1, 1, 1, 9, 1, 1], 0, 2, [3, 11]],
  // A dispatch that costs more than its share has the parts that it uses up.
  [[1, 1, 96, 1, 1], 0, 10, [2, 96, 2]],
  [[5], 0, 4, [5]],
])("costs %j from %d on in %d parts: %j", (costs, from, count, expected) => {
  expect(parts(costs, from, cutsOf(costs, from, count))).toEqual(expected);
});

test("a network's parts are nearly equal in cost, or one dispatch longer, and none is left out", () => {
  // Most of the work is at its large maps, most of the dispatches at its small ones.
  const stages = [
    { block: "vanilla", depth: 1, width: 64, stride: 1 },
    { block: "vanilla", depth: 2, width: 32, stride: 2 },
    { block: "vanilla", depth: 4, width: 16, stride: 2 },
  ] as const;
  const plan = compilePlan(buildGraph(networkOf(smallImageFrame, stages)), {
    batch: 64,
    optimizer: defaultOptimizer,
    fuse: allFusions,
  });
  const { train, program } = lowerPlan(plan, softwareTiles);
  const costs = [...costsOf(train, program)];
  const total = costs.reduce((all, cost) => all + cost, 0);
  for (const count of [2, 5, 20]) {
    const ends = cutsOf(costs, 1, count);
    expect(ends.at(-1)).toBe(train.length);
    expect(ends).toEqual([...new Set(ends)].toSorted((a, b) => a - b));
    const largest = Math.max(...parts(costs, 1, ends));
    expect(largest).toBeLessThanOrEqual(total / count + Math.max(...costs));
  }
  // By their number alone one part would have most of the work.
  const byNumber = Math.ceil((train.length - 1) / 5);
  const even = Array.from({ length: 5 }, (_, i) => Math.min(train.length, 1 + (i + 1) * byNumber));
  const most = (ends: readonly number[]) => Math.max(...parts(costs, 1, ends));
  expect(most(cutsOf(costs, 1, 5))).toBeLessThan(0.8 * most(even));
});
