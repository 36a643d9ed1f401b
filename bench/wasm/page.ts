import { fetchKernels } from "../../src/engine/runtime/wasm/fetch-kernels.ts";
import { webThreads } from "../../src/engine/runtime/wasm/web-threads.ts";
import { runSteps, type StepSettings } from "./run-steps.ts";

declare global {
  var bench: (settings: StepSettings) => Promise<string[]>;
}

/** What in-browser.ts calls in its page. */
globalThis.bench = (settings) =>
  runSteps(fetchKernels(new URL("/kernels", location.href)), webThreads(), settings);
