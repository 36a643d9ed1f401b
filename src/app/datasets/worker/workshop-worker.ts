import { DatasetStore } from "../../../engine/data/kept/dataset-store.ts";
import { fetchSource } from "../../../engine/data/shard-source.ts";
import { createServer } from "../../../engine/runtime/worker/rpc.ts";
import { browserDecode } from "./browser-decode.ts";
import type { WorkshopEvents, WorkshopRequests } from "./protocol.ts";
import { Workshop } from "./workshop.ts";

/** The workshop's entry: a worker, so that the page stays fluid while archives are unpacked and images resized. */
const workshop = new Workshop(
  {
    store: new DatasetStore(),
    decode: browserDecode,
    sourceAt: (base) => fetchSource(new URL("data/", base)),
  },
  (event, payload) => server.emit(event, payload),
);
const server = createServer<WorkshopRequests, WorkshopEvents>(self, workshop.handlers);
