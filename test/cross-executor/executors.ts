import { fileURLToPath } from "node:url";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));

const wasm = (options: Omit<WasmExecutorOptions, "loadKernels">) => () =>
  createWasmExecutor({ loadKernels, ...options });

/** Every executor that this suite holds to the same laws. WebGPU's runs in a browser. */
export const executors: readonly { readonly name: string; create(): Promise<Executor> }[] = [
  { name: "reference", create: async () => createReferenceExecutor() },
  { name: "wasm relaxed 6×8", create: wasm({ build: "relaxed", tileRows: 6 }) },
  { name: "wasm simd 4×8", create: wasm({ build: "simd", tileRows: 4 }) },
];
