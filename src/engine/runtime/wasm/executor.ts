import type { Plan } from "../../plan/plan.ts";
import { type Executor, ExecutorError, type ModelState, type ResidentImages } from "../executor.ts";
import { WasmImages } from "./images.ts";
import { instantiateKernels, type KernelBuild, type LoadKernels } from "./kernels.ts";
import { LinearMemory } from "./memory.ts";
import { type SessionOptions, WasmSession } from "./session.ts";
import { chooseTileRows } from "./tile-rows.ts";

export interface WasmExecutorOptions extends SessionOptions {
  readonly loadKernels: LoadKernels;
  /** "auto" takes relaxed SIMD where it is. "simd" gives the same bits on every machine. */
  readonly build?: KernelBuild | "auto";
  /** Rows of a register tile; chosen by a short timing where not given. The results are the same. */
  readonly tileRows?: 4 | 6;
  /** Most bytes of linear memory, below 4 GB. */
  readonly memoryLimit?: number;
}

export interface WasmExecutor extends Executor {
  readonly kind: "wasm";
  readonly tileRows: 4 | 6;
  /** Linear memory as it has grown. */
  readonly memoryBytes: number;
  load(plan: Plan, state: ModelState): Promise<WasmSession>;
}

const gigabyte = 2 ** 30;

/** SIMD kernels over one linear memory. What is where in it: lower/program.ts; what runs: assembly/. */
export async function createWasmExecutor(options: WasmExecutorOptions): Promise<WasmExecutor> {
  const memory = new LinearMemory(options.memoryLimit ?? 2 * gigabyte);
  const kernels = await instantiateKernels(options.loadKernels, options.build ?? "auto", memory.memory);
  const tileRows = options.tileRows ?? chooseTileRows(kernels, memory);
  kernels.setTileRows(tileRows);
  let disposed = false;
  const check = () => {
    if (disposed) throw new ExecutorError("misuse", "this executor has been disposed of");
  };
  return {
    kind: "wasm",
    device: `wasm ${kernels.build === "relaxed" ? "relaxed-simd" : "simd"}, 1 thread`,
    tileRows,
    get memoryBytes() {
      return memory.memory.buffer.byteLength;
    },
    attach: async (images: ResidentImages) => {
      check();
      return new WasmImages(memory, images);
    },
    load: async (plan: Plan, state: ModelState) => {
      check();
      return new WasmSession(kernels, memory, plan, state, options);
    },
    dispose: async () => {
      // The garbage collector frees the memory with the executor.
      disposed = true;
    },
  };
}
