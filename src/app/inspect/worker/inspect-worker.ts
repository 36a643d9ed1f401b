import { DatasetStore } from "../../../engine/data/kept/dataset-store.ts";
import { fetchSource } from "../../../engine/data/shard-source.ts";
import layersScript from "../../../engine/export/tfjs/designscape-layers.js?raw";
import { createServer } from "../../../engine/runtime/worker/rpc.ts";
import { SweepStore } from "../../../engine/sweep/store/store.ts";
import { Inspector } from "./inspector.ts";
import type { InspectEvents, InspectRequests } from "./protocol.ts";

/** The inspector's entry: a worker, so that the page stays fluid while TF.js compiles and computes. */
const inspector = new Inspector(
  {
    store: new SweepStore(),
    loadTensorFlow: () => import("@tensorflow/tfjs"),
    sourceAt: (base) => new DatasetStore().source(fetchSource(new URL("data/", base))),
    layersScript,
  },
  (event, payload) => server.emit(event, payload),
);
const server = createServer<InspectRequests, InspectEvents>(self, inspector.handlers);
