import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { readsOf, writesOf } from "./calls.ts";
import { compilePlan, defaultOptimizer } from "./compile.ts";
import { type Plan, planBytes } from "./plan.ts";

export interface MemoryUse {
  /** Bytes of the plan as executors run it: what a step takes at its peak. */
  readonly planned: number;
  /** Bytes if nothing were fused and every tensor of a training step had memory of its own. */
  readonly separate: number;
}

/** What reuse and fusion save in a training step of a network. */
export function memoryOf(spec: NetworkSpec, batch: number): MemoryUse {
  const graph = buildGraph(spec);
  const options = { batch, optimizer: defaultOptimizer };
  return {
    planned: planBytes(compilePlan(graph, options)),
    separate: separateBytes(compilePlan(graph, { ...options, fuse: false })),
  };
}

/** Every tensor that a training step touches, once; parameters, gradients and velocity in whole. */
function separateBytes(plan: Plan): number {
  const touched = new Set(plan.train.flatMap((call) => [...readsOf(call), ...writesOf(call)]));
  const activations = [...touched].reduce((sum, id) => {
    const tensor = plan.tensors[id];
    return tensor?.buffer === "activations" ? sum + tensor.length : sum;
  }, 0);
  const others = plan.buffers.filter(({ name }) => name !== "activations");
  return 4 * (activations + others.reduce((sum, { length }) => sum + length, 0));
}
