import { createClient, type RpcClient } from "../../../engine/runtime/worker/rpc.ts";
import type { WorkshopEvents, WorkshopRequests } from "./protocol.ts";

/** A workshop and the line to it. */
export interface WorkshopConnection {
  readonly client: RpcClient<WorkshopRequests, WorkshopEvents>;
  close(): void;
}

/** Starts a workshop of its own worker; closing ends it, and frees all that it holds. */
export function connectWorkshop(): WorkshopConnection {
  // Written in place, which is how the bundler knows that this is a worker.
  const worker = new Worker(new URL("./workshop-worker.ts", import.meta.url), { type: "module" });
  const client = createClient<WorkshopRequests, WorkshopEvents>(worker);
  worker.addEventListener("error", ({ message }) =>
    client.close(
      message ? `reading data sets failed: ${message}` : "the worker for data sets could not be started",
    ),
  );
  return {
    client,
    close() {
      client.close("it was closed");
      worker.terminate();
    },
  };
}
