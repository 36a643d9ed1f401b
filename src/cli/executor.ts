import { fileURLToPath } from "node:url";
import { Option } from "commander";
import type { Executor, ExecutorKind } from "../engine/runtime/executor.ts";
import { createExecutor } from "../engine/runtime/registry.ts";
import { nodeKernels } from "../engine/runtime/wasm/node-kernels.ts";
import { CliError } from "./failure.ts";

/** Where set-up puts the compiled kernels. */
const kernelFolder = fileURLToPath(new URL("../../public/kernels/", import.meta.url));

export function executorOption(): Option {
  return new Option("--executor <kind>", "what runs the networks")
    .choices(["reference", "wasm", "webgpu"])
    .default("wasm");
}

/** An executor in this process. The caller disposes of it. */
export async function openExecutor(kind: ExecutorKind): Promise<Executor> {
  if (kind === "webgpu")
    throw new CliError("--executor webgpu: Node has no WebGPU here; expected reference or wasm");
  return createExecutor(kind, { wasm: { loadKernels: nodeKernels(kernelFolder) } });
}
