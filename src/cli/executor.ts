import { fileURLToPath } from "node:url";
import { InvalidArgumentError, Option } from "commander";
import type { Executor, ExecutorKind } from "../engine/runtime/executor.ts";
import { createExecutor } from "../engine/runtime/registry.ts";
import { nodeKernels } from "../engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../engine/runtime/wasm/node-threads.ts";
import type { RecordObserver } from "../engine/runtime/wasm/session.ts";
import { CliError } from "./failure.ts";
import { wholeNumber } from "./input.ts";
import { printNote } from "./output.ts";

/** Where set-up puts the compiled kernels. */
const kernelFolder = fileURLToPath(new URL("../../public/kernels/", import.meta.url));

const mostThreads = 64;

export function executorOption(): Option {
  return new Option("--executor <kind>", "what runs the networks")
    .choices(["reference", "wasm", "webgpu"])
    .default("wasm");
}

export function threadsOption(): Option {
  return new Option(
    "--threads <n>",
    "threads of the wasm executor; results are the same (default: all cores)",
  ).argParser(wholeNumber(1, mostThreads));
}

export function reproducibleOption(): Option {
  return new Option(
    "--reproducible",
    "the same bits on every machine: kernels without fused multiply-add, which are slower",
  );
}

/** An argument parser for `1,2`. */
export function threadCounts(text: string): number[] {
  const counts = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (counts.every((count) => Number.isInteger(count) && count >= 1 && count <= mostThreads))
    return [...new Set(counts)];
  throw new InvalidArgumentError(`Expected whole numbers from 1 to ${mostThreads}, such as 1,2.`);
}

export interface OpenOptions {
  /** All cores where not given. */
  readonly threads?: number | undefined;
  readonly reproducible?: boolean | undefined;
  /** Is told of every record of the wasm executor on one thread. */
  readonly observe?: RecordObserver;
}

/** An executor in this process. The caller disposes of it. */
export async function openExecutor(kind: ExecutorKind, options: OpenOptions = {}): Promise<Executor> {
  const { threads, reproducible = false, observe } = options;
  if (kind === "webgpu")
    throw new CliError("--executor webgpu: Node has no WebGPU here; expected reference or wasm");
  if (kind === "reference" && reproducible)
    throw new CliError("--executor reference: only wasm runs reproducibly");
  if (kind === "reference" && threads !== undefined && threads > 1)
    printNote(`--threads ${threads}: the reference runs on one thread`);
  const host = nodeThreads();
  const executor = await createExecutor(kind, {
    wasm: {
      loadKernels: nodeKernels(kernelFolder),
      threads: threads ?? Math.min(host.suggested, mostThreads),
      host,
      reproducible,
      ...(observe ? { observe } : {}),
    },
  });
  if (executor.note !== undefined) printNote(executor.note);
  return executor;
}
