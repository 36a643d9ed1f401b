import type { WebGpuExecutor } from "../runtime/webgpu/executor.ts";
import { type TunedSteps, tuneSteps } from "./tune-steps.ts";
import { type TunedTiles, type TuneOptions, tuneTiles } from "./tune-tiles.ts";

export interface TunedAdapter extends TunedTiles, TunedSteps {}

/** Of the time that both take together, on a GPU. */
const shareOfTiles = 0.7;

/** The fastest tiles of an adapter, kernel by kernel, and then what whole training steps gain from. */
export async function tuneAdapter(
  executor: WebGpuExecutor,
  { onProgress = () => {}, ...options }: TuneOptions = {},
): Promise<TunedAdapter> {
  const { tiles, times } = await tuneTiles(executor, {
    ...options,
    onProgress: (share) => onProgress(shareOfTiles * share),
  });
  const steps = await tuneSteps(executor.using(tiles), {
    ...options,
    onProgress: (share) => onProgress(shareOfTiles + (1 - shareOfTiles) * share),
  });
  return { times, ...steps };
}
