import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan, defaultOptimizer } from "./compile.ts";
import { planBytes } from "./plan.ts";

/** Bytes that a training step of a network takes: all buffers of its plan. */
export function trainingBytes(spec: NetworkSpec, batch: number): number {
  return planBytes(compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer }));
}
