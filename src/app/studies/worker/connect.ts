import { createClient, type RpcClient } from "../../../engine/runtime/worker/rpc.ts";
import type { StudiesEvents, StudiesRequests } from "./protocol.ts";

export interface StudiesConnection {
  readonly client: RpcClient<StudiesRequests, StudiesEvents>;
  close(): void;
}

export function connectStudies(): StudiesConnection {
  // Written in place, which is how the bundler knows that this is a worker.
  const worker = new Worker(new URL("./studies-worker.ts", import.meta.url), { type: "module" });
  const client = createClient<StudiesRequests, StudiesEvents>(worker);
  worker.addEventListener("error", ({ message }) =>
    client.close(
      message ? `The list of studies failed: ${message}` : "The list of studies could not be started",
    ),
  );
  return {
    client,
    close() {
      client.close();
      worker.terminate();
    },
  };
}
