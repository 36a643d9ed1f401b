import type { Executor, ExecutorKind } from "./executor.ts";
import { createReferenceExecutor } from "./reference/executor.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "./wasm/executor.ts";

/** What each kind of executor is made with. */
export interface ExecutorOptions {
  readonly wasm: WasmExecutorOptions;
}

/** The one place that knows the implementations. */
export async function createExecutor(
  kind: Exclude<ExecutorKind, "webgpu">,
  options: ExecutorOptions,
): Promise<Executor> {
  switch (kind) {
    case "reference":
      return createReferenceExecutor();
    case "wasm":
      return createWasmExecutor(options.wasm);
    default:
      return kind satisfies never;
  }
}
