import { fileURLToPath } from "node:url";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { sharedRemoteExecutor } from "./webgpu/remote-executor.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));

const wasm = (options: Omit<WasmExecutorOptions, "loadKernels">) => () =>
  createWasmExecutor({ loadKernels, ...options });

/** Every executor that this suite holds to the same laws. WebGPU's is in headless Chromium. */
export const executors: readonly {
  readonly name: string;
  create(): Promise<Executor>;
  /** Random cases a kernel. */
  readonly runs: number;
}[] = [
  { name: "reference", create: async () => createReferenceExecutor(), runs: 5 },
  { name: "wasm relaxed 6×8", create: wasm({ build: "relaxed", tileRows: 6 }), runs: 60 },
  { name: "wasm simd 4×8", create: wasm({ build: "simd", tileRows: 4 }), runs: 60 },
  // In Chromium, with the tiles that an emulated GPU has: where there is no other, a GPU's take twice the time.
  { name: "webgpu", create: () => sharedRemoteExecutor("software"), runs: 6 },
];

/** And the kernels that real GPUs run, on whatever adapter there is. */
export const kernelExecutors: typeof executors = [
  ...executors,
  { name: "webgpu with a GPU's tiles", create: () => sharedRemoteExecutor("default"), runs: 10 },
];
