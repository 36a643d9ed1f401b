import { fileURLToPath } from "node:url";
import { Option } from "commander";
import type { Executor, ExecutorKind } from "../engine/runtime/executor.ts";
import { createExecutor } from "../engine/runtime/registry.ts";
import { nodeKernels } from "../engine/runtime/wasm/node-kernels.ts";
import { CliError } from "./failure.ts";
import { wholeNumber } from "./input.ts";
import { printNote } from "./output.ts";

/** Where set-up puts the compiled kernels. */
const kernelFolder = fileURLToPath(new URL("../../public/kernels/", import.meta.url));

export function executorOption(): Option {
  return new Option("--executor <kind>", "what runs the networks")
    .choices(["reference", "wasm", "webgpu"])
    .default("wasm");
}

export function threadsOption(): Option {
  return new Option("--threads <n>", "threads of the wasm executor").argParser(wholeNumber(1, 64));
}

/** An executor in this process. The caller disposes of it. */
export async function openExecutor(kind: ExecutorKind, threads = 1): Promise<Executor> {
  if (threads > 1) printNote(`--threads ${threads}: executors run on one thread so far`);
  if (kind === "webgpu")
    throw new CliError("--executor webgpu: Node has no WebGPU here; expected reference or wasm");
  return createExecutor(kind, { wasm: { loadKernels: nodeKernels(kernelFolder) } });
}
