import { createClient } from "../../engine/runtime/worker/rpc.ts";
import type { StatisticsRequests } from "./protocol.ts";
import { createStatistics, type StatisticsService } from "./statistics-service.ts";

/** Statistics by a worker of their own, started when first asked. */
export function connectStatistics(): StatisticsService {
  return createStatistics(() => {
    const worker = new Worker(new URL("./statistics-worker.ts", import.meta.url), { type: "module" });
    const client = createClient<StatisticsRequests, object>(worker);
    worker.addEventListener("error", ({ message }) =>
      client.close(message ? `The statistics failed: ${message}` : "The statistics could not be started"),
    );
    return client;
  });
}
