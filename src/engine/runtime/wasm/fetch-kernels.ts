import { ExecutorError } from "../executor.ts";
import type { LoadKernels } from "./kernels.ts";

/** Kernels from a web server: `base` is the folder of kernels.relaxed.wasm and kernels.simd.wasm. */
export function fetchKernels(base: string | URL): LoadKernels {
  return async (build) => {
    const url = `${base}/kernels.${build}.wasm`;
    const response = await fetch(url).catch((cause: unknown) => {
      throw new ExecutorError("lost", `${url} cannot be fetched`, { cause });
    });
    if (!response.ok) throw new ExecutorError("lost", `${url}: the server says ${response.status}`);
    return response.arrayBuffer();
  };
}
