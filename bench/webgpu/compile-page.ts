import { buildGraph } from "../../src/engine/graph/build.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { allFusions } from "../../src/engine/plan/fusion.ts";
import { type Gpu, openGpu } from "../../src/engine/runtime/webgpu/device.ts";
import type { Kernel } from "../../src/engine/runtime/webgpu/kernel.ts";
import { lowerPlan } from "../../src/engine/runtime/webgpu/lowered-plan.ts";
import { Pipelines } from "../../src/engine/runtime/webgpu/pipelines.ts";
import { tilesFor, tilesOn } from "../../src/engine/runtime/webgpu/tiles.ts";

/** A kernel of a network, where it is first needed. */
export interface NeededKernel {
  readonly name: string;
  readonly list: "train" | "evaluate";
  /** Of its shader. */
  readonly characters: number;
}

declare global {
  var gpuKernels: (spec: NetworkSpec, batch: number) => Promise<NeededKernel[]>;
  /** Compiles one of them; resolves to the milliseconds it took. */
  var gpuCompile: (name: string) => Promise<number>;
}

let gpu: Gpu | undefined;
let pipelines: Pipelines;
let kernels = new Map<string, Kernel>();

globalThis.gpuKernels = async (spec, batch) => {
  gpu ??= await openGpu();
  pipelines ??= new Pipelines(gpu);
  const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse: allFusions });
  const { train, evaluate } = lowerPlan(plan, tilesOn(gpu, tilesFor(gpu.info)));
  const needed = new Map<string, NeededKernel>();
  kernels = new Map();
  for (const [list, dispatches] of [["train", train] as const, ["evaluate", evaluate] as const])
    for (const { kernel } of dispatches) {
      if (kernels.has(kernel.name)) continue;
      kernels.set(kernel.name, kernel);
      needed.set(kernel.name, { name: kernel.name, list, characters: kernel.code.length });
    }
  return [...needed.values()];
};

globalThis.gpuCompile = async (name) => {
  const from = performance.now();
  await pipelines.get(kernels.get(name)!);
  return performance.now() - from;
};
