import type { Executor, ExecutorKind } from "./executor.ts";
import { createReferenceExecutor } from "./reference/executor.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "./wasm/executor.ts";
import { createWebGpuExecutor, type WebGpuExecutorOptions } from "./webgpu/executor.ts";

/** What each kind of executor is made with. */
export interface ExecutorOptions {
  readonly wasm: WasmExecutorOptions;
  readonly webgpu?: WebGpuExecutorOptions;
}

/** The one place that knows the implementations. */
export async function createExecutor(kind: ExecutorKind, options: ExecutorOptions): Promise<Executor> {
  switch (kind) {
    case "reference":
      return createReferenceExecutor();
    case "wasm":
      return createWasmExecutor(options.wasm);
    case "webgpu":
      return createWebGpuExecutor(options.webgpu);
    default:
      return kind satisfies never;
  }
}
