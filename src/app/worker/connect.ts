import { createClient } from "../../engine/runtime/worker/rpc.ts";
import type { SweepEvents, SweepRequests } from "../../engine/sweep/protocol.ts";
import type { SweepConnection } from "../study/state/sweep-controller.ts";
import { watchLifeline } from "./lifeline.ts";
import { encodeWorkerName } from "./worker-name.ts";

/** Starts a sweep worker. */
export function connectWorker(): SweepConnection {
  const lifeline = `designscape worker ${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const name = encodeWorkerName({ base: document.baseURI, lifeline });
  // Written in place, which is how the bundler knows that this is a worker.
  const worker = new Worker(new URL("./sweep-worker.ts", import.meta.url), { type: "module", name });
  const ended = new AbortController();
  return {
    client: createClient<SweepRequests, SweepEvents>(worker),
    onCrash(listener) {
      let told = false;
      const tell = (reason: string) => {
        if (!told) listener(reason);
        told = true;
      };
      worker.addEventListener("error", ({ message }) => {
        // A script that cannot be loaded has no message.
        tell(message ? `The training worker failed: ${message}` : "The training worker could not be started");
      });
      void watchLifeline(lifeline, () => tell("The browser ended the training worker"), ended.signal);
    },
    terminate() {
      ended.abort();
      worker.terminate();
    },
  };
}
