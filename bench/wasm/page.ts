import { createClient } from "../../src/engine/runtime/worker/rpc.ts";
import type { StepSettings } from "./run-steps.ts";
import type { BenchRequests } from "./worker.ts";

declare global {
  var bench: (settings: StepSettings) => Promise<string[]>;
}

// Thread 0 waits for the others, which a page's own thread may not.
const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const client = createClient<BenchRequests, Record<never, never>>(worker);

/** What in-browser.ts calls in its page. */
globalThis.bench = (settings) => client.call("run", settings);
