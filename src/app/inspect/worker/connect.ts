import { createClient, type RpcClient } from "../../../engine/runtime/worker/rpc.ts";
import type { InspectEvents, InspectRequests } from "./protocol.ts";

/** An inspector and the line to it. */
export interface InspectorConnection {
  readonly client: RpcClient<InspectRequests, InspectEvents>;
  close(): void;
}

/** Starts an inspector of its own worker; closing ends the worker, and frees all that TF.js holds. */
export function connectInspector(): InspectorConnection {
  // Written in place, which is how the bundler knows that this is a worker.
  const worker = new Worker(new URL("./inspect-worker.ts", import.meta.url), { type: "module" });
  const client = createClient<InspectRequests, InspectEvents>(worker);
  worker.addEventListener("error", ({ message }) =>
    client.close(message ? `the inspector failed: ${message}` : "the inspector could not be started"),
  );
  return {
    client,
    close() {
      client.close("the inspector was closed");
      worker.terminate();
    },
  };
}
