import { expect, test } from "vitest";
import { buildGraph } from "../graph/build.ts";
import { createRng } from "../math/rng.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { compilePlan } from "../plan/compile.ts";
import { type KeepChances, keepFactors } from "./keep-factors.ts";
import { compileOptions, defaultRegime } from "./regime.ts";
import { trainingPlan } from "./training-plan.ts";

const spec = networkOf(smallImageFrame, [
  { block: "res_basic", depth: 2, width: 8, stride: 2 },
  { block: "mbconv", depth: 3, width: 8, stride: 1, expansion: 2, kernel: 3, seRatio: 0 },
]);
const deep = trainingPlan(spec, { ...defaultRegime, stochasticDepth: 0.5 });
const both = trainingPlan(spec, { ...defaultRegime, stochasticDepth: 0.5, dropout: 0.2 });

const draw = (plan: typeof deep, chances: KeepChances, step: number) =>
  keepFactors(plan, chances, (stream) => createRng(7, stream, step));

test("every residual branch has a drop, deeper ones are likelier to be left out; dropout's units come last", () => {
  const branches = [0.2, 0.4, 0.6, 0.8, 1].map((depth) => ({ of: "branch", depth, perImage: 1 }));
  const shown = (plan: typeof deep) => plan.drops.map(({ tensor: _, ...drop }) => drop);
  expect(shown(deep)).toEqual(branches);
  expect(shown(both)).toEqual([...branches, { of: "units", perImage: 8 }]);
});

test.each([0.1, 0.5, 0.9])("p = %d: factors are 0 or 1/(1 − p), as often as makes their mean 1", (p) => {
  const steps = 400;
  const chances = { stochasticDepth: p, dropout: p };
  const draws = Array.from({ length: steps }, (_, step) => draw(both, chances, step));
  let start = 0;
  for (const drop of both.drops) {
    const end = start + both.batch * drop.perImage;
    const left = p * (drop.of === "branch" ? drop.depth : 1);
    const factors = draws.flatMap((all) => [...all.subarray(start, end)]);
    const kept = Math.fround(1 / (1 - left));
    expect(new Set(factors)).toEqual(new Set([0, kept]));
    const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
    // Variance of a factor: p_l/(1 − p_l).
    const standardError = Math.sqrt(left / (1 - left) / factors.length);
    expect(Math.abs(mean - 1)).toBeLessThan(4 * standardError);
    start = end;
  }
});

test("a stream of its own for every step and kind: the same again, another one each time, branches as without dropout", () => {
  const chances = { stochasticDepth: 0.5, dropout: 0.2 };
  expect(draw(both, chances, 3)).toEqual(draw(both, chances, 3));
  expect(draw(both, chances, 4)).not.toEqual(draw(both, chances, 3));
  const branches = draw(deep, chances, 3);
  expect(draw(both, chances, 3).subarray(0, branches.length)).toEqual(branches);
});

test("p = 0 is exactly the plan without drops", () => {
  const without = compilePlan(buildGraph(spec), compileOptions(defaultRegime));
  expect(without.drops).toEqual([]);
  expect(trainingPlan(spec, defaultRegime)).toEqual(without);
  expect(trainingPlan(spec, { ...defaultRegime, stochasticDepth: 0, dropout: 0 })).toEqual(without);
});
