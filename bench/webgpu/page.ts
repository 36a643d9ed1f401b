import { prepareSteps } from "../../src/engine/bench/training-steps.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import { createWebGpuExecutor } from "../../src/engine/runtime/webgpu/executor.ts";
import type { Tiles } from "../../src/engine/runtime/webgpu/tiles.ts";

export interface StepTimes {
  readonly net: string;
  readonly adapter: string;
  /** Loading and the first step, compilation included; then the least of some steps. */
  readonly firstMs: number;
  readonly stepMs: number;
  readonly msPerImage: number;
  readonly gflops: number;
  /** Pipelines so far, over all networks. */
  readonly pipelines: number;
}

declare global {
  var gpuBench: (
    specs: readonly NetworkSpec[],
    batch: number,
    steps: number,
    tiles?: Tiles,
  ) => Promise<StepTimes[]>;
}

/** Training steps of networks one after the other on one executor. */
globalThis.gpuBench = async (specs, batch, steps, tiles) => {
  const executor = await createWebGpuExecutor(tiles ? { tiles } : {});
  const rows: StepTimes[] = [];
  for (const spec of specs) {
    const start = performance.now();
    const bench = await prepareSteps(executor, spec, batch);
    await bench.timeStep();
    const firstMs = performance.now() - start;
    let stepMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < steps; i++) stepMs = Math.min(stepMs, await bench.timeStep());
    bench.dispose();
    rows.push({
      net: spec.name ?? "network",
      adapter: executor.device,
      firstMs,
      stepMs,
      msPerImage: stepMs / batch,
      gflops: bench.flopsPerStep / stepMs / 1e6,
      pipelines: executor.pipelineCount,
    });
  }
  await executor.dispose();
  return rows;
};
