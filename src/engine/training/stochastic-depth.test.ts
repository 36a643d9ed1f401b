import { expect, test } from "vitest";
import { buildGraph } from "../graph/build.ts";
import { createRng } from "../math/rng.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { compilePlan } from "../plan/compile.ts";
import { compileOptions, defaultRegime } from "./regime.ts";
import { keepFactors } from "./stochastic-depth.ts";
import { trainingPlan } from "./training-plan.ts";

const spec = networkOf(smallImageFrame, [
  { block: "res_basic", depth: 2, width: 8, stride: 2 },
  { block: "mbconv", depth: 3, width: 8, stride: 1, expansion: 2, kernel: 3, seRatio: 0 },
]);
const plan = trainingPlan(spec, { ...defaultRegime, stochasticDepth: 0.5 });

test("every residual branch has a drop, deeper ones are likelier to be left out", () => {
  expect(plan.drops.map(({ depth }) => depth)).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
});

test.each([0.1, 0.5, 0.9])(
  "p = %d: factors are 0 or 1/(1 − p·depth), as often as makes their mean 1",
  (p) => {
    const steps = 400;
    const draws = Array.from({ length: steps }, (_, step) =>
      keepFactors(plan, p, createRng(1, "keep", step)),
    );
    plan.drops.forEach(({ depth }, branch) => {
      const factors = draws.flatMap((all) => [
        ...all.subarray(branch * plan.batch, (branch + 1) * plan.batch),
      ]);
      const kept = Math.fround(1 / (1 - p * depth));
      expect(new Set(factors)).toEqual(new Set([0, kept]));
      const mean = factors.reduce((sum, factor) => sum + factor, 0) / factors.length;
      // Variance of a factor: p_l/(1 − p_l).
      const standardError = Math.sqrt((p * depth) / (1 - p * depth) / factors.length);
      expect(Math.abs(mean - 1)).toBeLessThan(4 * standardError);
    });
  },
);

test("a stream of its own for every step: the same again, and another one each time", () => {
  const draw = (step: number) => keepFactors(plan, 0.5, createRng(7, "stochastic depth", step));
  expect(draw(3)).toEqual(draw(3));
  expect(draw(4)).not.toEqual(draw(3));
});

test("p = 0 is exactly the plan without drops", () => {
  const without = compilePlan(buildGraph(spec), compileOptions(defaultRegime));
  expect(without.drops).toEqual([]);
  expect(trainingPlan(spec, defaultRegime)).toEqual(without);
  expect(trainingPlan(spec, { ...defaultRegime, stochasticDepth: 0 })).toEqual(without);
});
