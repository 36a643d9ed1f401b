import { fetchKernels } from "../../src/engine/runtime/wasm/fetch-kernels.ts";
import { webThreads } from "../../src/engine/runtime/wasm/web-threads.ts";
import { createServer } from "../../src/engine/runtime/worker/rpc.ts";
import { runSteps, type StepSettings } from "./run-steps.ts";

export type BenchRequests = { run(settings: StepSettings): string[] };

createServer<BenchRequests, Record<never, never>>(self, {
  run: (settings) => runSteps(fetchKernels(new URL("/kernels", location.origin)), webThreads(), settings),
});
