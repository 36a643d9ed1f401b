import { ExecutorError } from "../executor.ts";
import type { LoadKernels } from "./kernels.ts";

/** Kernels from a web server: `base` is the folder of their files. */
export function fetchKernels(base: string | URL): LoadKernels {
  return async (file) => {
    const url = `${base}/${file}`;
    const response = await fetch(url).catch((cause: unknown) => {
      throw new ExecutorError("lost", `${url} cannot be fetched`, { cause });
    });
    if (!response.ok) throw new ExecutorError("lost", `${url}: the server says ${response.status}`);
    return response.arrayBuffer();
  };
}
