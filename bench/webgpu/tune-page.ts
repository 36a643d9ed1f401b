import { type TunedAdapter, tuneAdapter } from "../../src/engine/bench/tune-adapter.ts";
import { createWebGpuExecutor } from "../../src/engine/runtime/webgpu/executor.ts";
import { describeTiles } from "../../src/engine/runtime/webgpu/tiles.ts";

export interface Tuned extends TunedAdapter {
  /** What the table holds for: another adapter or browser may have another. */
  readonly adapter: string;
  readonly browser: string;
  readonly description: string;
}

declare global {
  var gpuTune: () => Promise<Tuned>;
}

globalThis.gpuTune = async () => {
  const executor = await createWebGpuExecutor();
  const tuned = await tuneAdapter(executor);
  const adapter = executor.device;
  await executor.dispose();
  return { adapter, browser: navigator.userAgent, description: describeTiles(tuned.tiles), ...tuned };
};
