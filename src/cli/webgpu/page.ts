import { type BenchRecord, benchPanel, type StepProfile } from "../../engine/bench/bench-panel.ts";
import { profileSessions } from "../../engine/bench/profile-sessions.ts";
import { type TunedAdapter, tuneAdapter } from "../../engine/bench/tune-adapter.ts";
import type { NetworkSpec } from "../../engine/network/spec.ts";
import { createWebGpuExecutor, type WebGpuExecutor } from "../../engine/runtime/webgpu/executor.ts";
import { adapterKey } from "../../engine/runtime/webgpu/tile-table.ts";
import type { Tiles } from "../../engine/runtime/webgpu/tiles.ts";
import { createControl } from "../../engine/runtime/worker/control.ts";

// What the command line has done in a page of Chromium, where there is WebGPU.

export interface OpenedGpu {
  /** In words. */
  readonly device: string;
  /** What a table of tiles holds for. */
  readonly adapter: string;
  readonly note?: string;
}

export interface GpuBenchSettings {
  readonly specs: readonly NetworkSpec[];
  readonly batch: number;
  readonly steps: number;
  readonly tiles?: Tiles | undefined;
}

class GpuTool {
  readonly #control = createControl();
  readonly #stopped = new AbortController();
  #executor: WebGpuExecutor | undefined;

  async open(): Promise<OpenedGpu> {
    const executor = await createWebGpuExecutor();
    this.#executor = executor;
    const { device, gpu, note } = executor;
    return { device, adapter: adapterKey(gpu.info), ...(note === undefined ? {} : { note }) };
  }

  /** Undefined where it was stopped. */
  async tune(): Promise<TunedAdapter | undefined> {
    const { signal } = this.#stopped;
    try {
      return await tuneAdapter(this.#opened(), {
        signal,
        onProgress: (share) => this.#tell({ tuned: share }),
      });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  bench({ specs, batch, steps, tiles }: GpuBenchSettings): Promise<BenchRecord[]> {
    const lanes = [{ executor: this.#opened(tiles), threads: 1 }];
    const onTurn = (round: number, rounds: number, net: string) => this.#tell({ round, rounds, net });
    return benchPanel({ specs, batch, steps, lanes, control: this.#control, onTurn });
  }

  /** @param stepMs of each network. */
  profile({ specs, batch, tiles }: GpuBenchSettings, stepMs: readonly number[]): Promise<StepProfile[]> {
    const networks = specs.map((spec, i) => ({ spec, stepMs: stepMs[i] ?? Number.NaN }));
    return profileSessions(this.#opened(tiles), networks, batch);
  }

  /** The answer says whether the user has had enough. */
  #tell(progress: GpuProgress): void {
    void globalThis.gpuProgress(progress).then((stopped) => {
      if (!stopped) return;
      this.#control.stop();
      this.#stopped.abort();
    });
  }

  #opened(tiles?: Tiles): WebGpuExecutor {
    if (this.#executor === undefined) throw new Error("no adapter is open");
    return tiles ? this.#executor.using(tiles) : this.#executor;
  }
}

/** What a call tells on its way. */
export type GpuProgress =
  | { readonly tuned: number }
  | { readonly round: number; readonly rounds: number; readonly net: string };

declare global {
  var gpuTool: GpuTool;
  /** The command line's: shows it. */
  var gpuProgress: (progress: GpuProgress) => Promise<boolean>;
}
globalThis.gpuTool = new GpuTool();
