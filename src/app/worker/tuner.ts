import { tuneAdapter } from "../../engine/bench/tune-adapter.ts";
import type { TileTime } from "../../engine/bench/tune-tiles.ts";
import { type Executor, ExecutorError } from "../../engine/runtime/executor.ts";
import type { WebGpuExecutor } from "../../engine/runtime/webgpu/executor.ts";
import { adapterKey } from "../../engine/runtime/webgpu/tile-table.ts";
import { describeTiles, tilesFor } from "../../engine/runtime/webgpu/tiles.ts";
import type { TuningState } from "../../engine/sweep/protocol.ts";
import type { Tuner } from "../../engine/sweep/tuner.ts";
import type { TileStore } from "./tile-store.ts";

/** How the WebGPU executor is tuned here; the worker's entry supplies the real parts. */
export interface TunerParts {
  readonly store: TileStore;
  /** Rejects if the executor computes wrong. */
  readonly selfTest: (executor: Executor) => Promise<void>;
  readonly tune?: typeof tuneAdapter;
}

/** Tunes the adapter, and keeps what it found for this GPU in this browser. */
export function createTuner({ store, selfTest, tune = tuneAdapter }: TunerParts): Tuner {
  const keyOf = ({ gpu }: WebGpuExecutor) => adapterKey(gpu.info);
  return {
    async state(executor) {
      if (!isWebGpu(executor)) return undefined;
      const tuned = (await store.load(keyOf(executor))) !== undefined;
      return { tuned, tiles: describeTiles(executor.tiles) };
    },
    async tune(executor, onProgress, signal) {
      if (!isWebGpu(executor)) throw new ExecutorError("unsupported", "only a GPU has tiles to tune");
      // Begun anew each time: what an earlier tuning gave up is tried again.
      const plain = executor.using(tilesFor(executor.gpu.info));
      const { tiles, times } = await tune(plain, { onProgress, signal });
      // Of the tiles that are kept nothing may compute wrong: else the GPU would not be used any more.
      await selfTest(executor.using(tiles));
      await store.save(keyOf(executor), tiles);
      return { tuned: true, tiles: describeTiles(tiles), fastest: fastestOf(times) };
    },
    async untune(executor) {
      if (isWebGpu(executor)) await store.forget(keyOf(executor));
    },
  };
}

function isWebGpu(executor: Executor): executor is WebGpuExecutor {
  return executor.kind === "webgpu";
}

/** Of each shape the variant that won. */
function fastestOf(times: readonly TileTime[]): NonNullable<TuningState["fastest"]> {
  const best = new Map<string, TileTime>();
  for (const time of times) if (time.ms < (best.get(time.shape)?.ms ?? Infinity)) best.set(time.shape, time);
  return [...best.values()].map(({ shape, variant, gflops }) => ({ shape, variant, gflops }));
}
