import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { ExecutorError } from "../executor.ts";
import { hasRelaxedSimd, type LoadKernels } from "./kernels.ts";

/** Kernels from a folder, for Node. */
export function nodeKernels(folder: string): LoadKernels {
  // Node 20 has relaxed SIMD behind a flag, to be set before anything is compiled; newer ones have it on.
  if (!hasRelaxedSimd()) setFlagsFromString("--experimental-wasm-relaxed-simd");
  return async (file) => {
    const path = join(folder, file);
    return readFile(path).catch((cause: unknown) => {
      throw new ExecutorError("lost", `${path} cannot be read: build the kernels with "npm run kernels"`, {
        cause,
      });
    });
  };
}
