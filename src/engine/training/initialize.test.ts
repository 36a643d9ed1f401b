import { expect, test } from "vitest";
import { buildGraph } from "../graph/build.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { compilePlan } from "../plan/compile.ts";
import { initialState } from "./initialize.ts";
import { compileOptions, defaultRegime } from "./regime.ts";

const spec = networkOf(smallImageFrame, [
  {
    block: "res_bottleneck",
    depth: 2,
    width: 64,
    stride: 2,
    bottleneckRatio: 1,
    groupWidth: 16,
    seRatio: 0.25,
  },
]);
const plan = compilePlan(buildGraph(spec), compileOptions(defaultRegime));
const state = initialState(plan, 7);

function deviation(name: string): number {
  const values = Float64Array.from(state.get(name)!);
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

test("every parameter and running statistic of the plan gets a value", () => {
  expect([...state.keys()].sort()).toEqual(
    [...plan.parameters, ...plan.statistics].map(({ name }) => name).sort(),
  );
});

test("convolutions have deviation √(2 / (k²·w_out)), whatever their groups", () => {
  expect(deviation("s1.b1.f.b.weight") / Math.sqrt(2 / (9 * 64))).toBeCloseTo(1, 1);
  expect(deviation("s1.b2.f.a.weight") / Math.sqrt(2 / 64)).toBeCloseTo(1, 1);
});

test("biases of squeeze-and-excitation are uniform within 1/√fan-in", () => {
  const biases = plan.parameters.filter(({ kind }) => kind === "convBias");
  expect(biases.length).toBe(4);
  for (const { name } of biases) {
    const weight = plan.parameters.find((other) => other.name === name.replace("bias", "weight"))!;
    const bound = 1 / Math.sqrt(weight.shape[1]!);
    const values = [...state.get(name)!];
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(bound / 4);
  }
});

test("linear weights have deviation 0.01; norms start at 1 and 0", () => {
  expect(deviation("head.fc.weight")).toBeCloseTo(0.01, 3);
  expect(new Set(state.get("head.fc.bias"))).toEqual(new Set([0]));
  expect(new Set(state.get("s1.b1.f.a_bn.weight"))).toEqual(new Set([1]));
  expect(new Set(state.get("s1.b1.f.a_bn.bias"))).toEqual(new Set([0]));
  expect(new Set(state.get("s1.b1.f.a_bn.running_mean"))).toEqual(new Set([0]));
  expect(new Set(state.get("s1.b1.f.a_bn.running_var"))).toEqual(new Set([1]));
});

test("a seed fixes the values, and another one changes them", () => {
  expect(initialState(plan, 7)).toEqual(state);
  expect(initialState(plan, 8).get("stem.conv.weight")).not.toEqual(state.get("stem.conv.weight"));
});
