import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";

/** Every executor that this suite holds to the same laws. WebGPU's runs in a browser. */
export const executors: readonly { readonly name: string; create(): Promise<Executor> }[] = [
  { name: "reference", create: async () => createReferenceExecutor() },
];
