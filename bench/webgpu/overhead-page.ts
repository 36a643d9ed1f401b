import { buildGraph } from "../../src/engine/graph/build.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { createWebGpuExecutor } from "../../src/engine/runtime/webgpu/executor.ts";
import { initialState } from "../../src/engine/training/initialize.ts";

export interface Overhead {
  readonly net: string;
  readonly adapter: string;
  readonly dispatches: number;
  /** Until steps() returns its promise, least and median over the calls, ms a step; then until the results are there. */
  readonly leastScriptMs: number;
  readonly medianScriptMs: number;
  readonly leastStepMs: number;
}

declare global {
  var gpuOverhead: (
    specs: readonly NetworkSpec[],
    batch: number,
    runs: number,
    together: number,
  ) => Promise<Overhead[]>;
}

/** What a training step costs the script that asks for it, on resident images as the trainer uses them. */
globalThis.gpuOverhead = async (specs, batch, runs, together) => {
  const executor = await createWebGpuExecutor();
  const rows: Overhead[] = [];
  for (const spec of specs) {
    const plan = compilePlan(buildGraph(spec), {
      batch,
      optimizer: defaultOptimizer,
      fuse: executor.fusions ?? true,
    });
    const { height, width, channels } = plan.input;
    const images = await executor.attach({
      shape: [height, width, channels],
      count: batch,
      images: Uint8Array.from({ length: batch * height * width * channels }, (_, i) => (i * 7919) % 256),
      labels: Uint8Array.from({ length: batch }, (_, i) => i % plan.classes),
      mean: Array.from({ length: channels }, () => 0.5),
      std: Array.from({ length: channels }, () => 0.3),
    });
    const session = await executor.load(plan, initialState(plan, 1));
    const request = {
      batch: { from: "resident", images, indices: Uint32Array.from({ length: batch }, (_, i) => i) },
      learningRate: 0.01,
    } as const;
    const requests = Array.from({ length: together }, () => request);
    const script: number[] = [];
    let stepMs = Number.POSITIVE_INFINITY;
    for (let run = 0; run <= runs; run++) {
      const from = performance.now();
      const results = session.steps(requests);
      const returned = performance.now();
      await results;
      if (run === 0) continue;
      script.push((returned - from) / together);
      stepMs = Math.min(stepMs, (performance.now() - from) / together);
    }
    script.sort((a, b) => a - b);
    rows.push({
      net: spec.name ?? "network",
      adapter: executor.device,
      dispatches: session.dispatches,
      leastScriptMs: script[0] ?? Number.NaN,
      medianScriptMs: script[script.length >> 1] ?? Number.NaN,
      leastStepMs: stepMs,
    });
    session.dispose();
    images.dispose();
  }
  await executor.dispose();
  return rows;
};
