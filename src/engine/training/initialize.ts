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
    const draw = drawFor(parameter, shapes, createRng(seed, "init", parameter.name));
    state.set(parameter.name, Float32Array.from({ length }, draw));
  }
  for (const { name, kind, tensor } of plan.statistics)
    state.set(name, new Float32Array(plan.tensors[tensor]!.length).fill(kind === "mean" ? 0 : 1));
  return state;
}

function drawFor(
  { name, kind, shape }: PlannedParameter,
  shapes: ReadonlyMap<string, readonly number[]>,
  rng: Rng,
): () => number {
  switch (kind) {
    case "conv": {
      const [filters = 1, , height = 1, width = 1] = shape;
      const deviation = Math.sqrt(2 / (height * width * filters));
      return () => deviation * rng.normal();
    }
    case "convBias": {
      const [, channels = 1, height = 1, width = 1] = shapes.get(name.replace(/bias$/, "weight")) ?? [];
      const bound = 1 / Math.sqrt(channels * height * width);
      return () => rng.uniform(-bound, bound);
    }
    case "linear":
      return () => 0.01 * rng.normal();
    case "normScale":
      return () => 1;
    case "linearBias":
    case "normShift":
    case "proxyScale":
    case "proxyShift":
      return () => 0;
    default:
      throw new Error(`parameter kind ${kind satisfies never}`);
  }
}
