import { createRng, type Rng } from "../math/rng.ts";
import type { Plan, PlannedParameter } from "../plan/plan.ts";
import type { ModelState } from "../runtime/executor.ts";

/**
 * Initial values as pycls draws them: convolutions N(0, 2/(k²·w_out)) (fan-out, not divided by groups), biases of
 * convolutions U(±1/√fan-in) (PyTorch's default, which pycls leaves), linear weights N(0, 0.01²) and bias 0, norms 1 and
 * 0, running mean 0 and variance 1. In the plan's layouts, rounded to float32, the same for every executor.
 */
export function initialState(plan: Plan, seed: number): ModelState {
  const state = new Map<string, Float32Array>();
  const shapes = new Map(plan.parameters.map(({ name, shape }) => [name, shape]));
  for (const parameter of plan.parameters) {
    const length = parameter.shape.reduce((product, side) => product * side, 1);
    // A stream per tensor: a change in one layer leaves the others as they were.
    const values = new Float32Array(length);
    fill(values, parameter, shapes, createRng(seed, "init", parameter.name));
    state.set(parameter.name, values);
  }
  for (const { name, kind, tensor } of plan.statistics)
    state.set(name, new Float32Array(plan.tensors[tensor]!.length).fill(kind === "mean" ? 0 : 1));
  return state;
}

function fill(
  values: Float32Array,
  { name, kind, shape }: PlannedParameter,
  shapes: ReadonlyMap<string, readonly number[]>,
  rng: Rng,
): void {
  switch (kind) {
    case "conv": {
      const [filters = 1, , height = 1, width = 1] = shape;
      rng.normals(values, Math.sqrt(2 / (height * width * filters)));
      return;
    }
    case "convBias": {
      const [, channels = 1, height = 1, width = 1] = shapes.get(name.replace(/bias$/, "weight")) ?? [];
      const bound = 1 / Math.sqrt(channels * height * width);
      for (let i = 0; i < values.length; i++) values[i] = rng.uniform(-bound, bound);
      return;
    }
    case "linear":
      rng.normals(values, 0.01);
      return;
    case "normScale":
      values.fill(1);
      return;
    case "linearBias":
    case "normShift":
    case "proxyScale":
    case "proxyShift":
      return;
    default:
      throw new Error(`parameter kind ${kind satisfies never}`);
  }
}
