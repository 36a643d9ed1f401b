import { fileURLToPath } from "node:url";
import { InvalidArgumentError, Option } from "commander";
import type { Executor, ExecutorKind } from "../engine/runtime/executor.ts";
import { createExecutor } from "../engine/runtime/registry.ts";
import { nodeKernels } from "../engine/runtime/wasm/node-kernels.ts";
import type { RecordObserver } from "../engine/runtime/wasm/session.ts";
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

/** What executors can run on so far. */
export const mostThreads = 1;

/** An argument parser for `1,2`. */
export function threadCounts(text: string): number[] {
  const counts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (counts.every((count) => Number.isInteger(count) && count >= 1 && count <= 64))
    return [...new Set(counts)];
  throw new InvalidArgumentError("Expected whole numbers from 1 to 64, such as 1,2.");
}

/** Those of the thread counts that executors have; a note names the others. */
export function usableThreads(asked: readonly number[]): readonly number[] {
  const counts = asked.filter((count) => count <= mostThreads);
  const left = asked.filter((count) => count > mostThreads);
  const message = `--threads ${left}: executors run on ${mostThreads} ${mostThreads === 1 ? "thread" : "threads at most"} so far`;
  if (counts.length === 0) throw new CliError(message);
  if (left.length > 0) printNote(`${message}; left out`);
  return counts;
}

/** An executor in this process. The caller disposes of it. `observe` is told of every record of the wasm executor. */
export async function openExecutor(
  kind: ExecutorKind,
  threads = 1,
  observe?: RecordObserver,
): Promise<Executor> {
  if (threads > mostThreads) printNote(`--threads ${threads}: executors run on one thread so far`);
  if (kind === "webgpu")
    throw new CliError("--executor webgpu: Node has no WebGPU here; expected reference or wasm");
  return createExecutor(kind, {
    wasm: { loadKernels: nodeKernels(kernelFolder), ...(observe ? { observe } : {}) },
  });
}
