import packageJson from "../../../package.json" with { type: "json" };
import { Profile } from "../../engine/bench/profile.ts";
import { type ProfileRequest, profileNetwork } from "../../engine/bench/profile-network.ts";
import type { Roofline } from "../../engine/bench/roofline.ts";
import { DatasetStore } from "../../engine/data/kept/dataset-store.ts";
import { datasetFacts } from "../../engine/data/loader.ts";
import { fetchSource } from "../../engine/data/shard-source.ts";
import type { Executor } from "../../engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../engine/runtime/reference/executor.ts";
import { createExecutor } from "../../engine/runtime/registry.ts";
import { fetchKernels } from "../../engine/runtime/wasm/fetch-kernels.ts";
import { webThreads } from "../../engine/runtime/wasm/web-threads.ts";
import { createWebGpuExecutor } from "../../engine/runtime/webgpu/executor.ts";
import { selfTest } from "../../engine/runtime/webgpu/self-test.ts";
import { adapterKey } from "../../engine/runtime/webgpu/tile-table.ts";
import { createServer } from "../../engine/runtime/worker/rpc.ts";
import type { SweepEvents, SweepRequests } from "../../engine/sweep/protocol.ts";
import { SweepService } from "../../engine/sweep/service.ts";
import { SweepStore } from "../../engine/sweep/store/store.ts";
import { loadTrainingData } from "../../engine/training/load-data.ts";
import { trainNetwork } from "../../engine/training/trainer.ts";
import { Devices } from "./devices.ts";
import { holdLifeline } from "./lifeline.ts";
import { createRelay } from "./run-relay.ts";
import { claimStudy } from "./study-lock.ts";
import { TileStore } from "./tile-store.ts";
import { createTuner } from "./tuner.ts";
import { decodeWorkerName } from "./worker-name.ts";

/**
 * The sweep worker's entry: gives the service what a browser has (fetch, IndexedDB, WebAssembly) and connects it to the
 * page.
 */
const { base, lifeline } = decodeWorkerName(self.name);
holdLifeline(lifeline);
const relay = createRelay();

const source = new DatasetStore().source(fetchSource(new URL("data/", base)));
const loadKernels = fetchKernels(new URL("kernels", base));
const host = webThreads();
const tiles = new TileStore();
const devices = new Devices({
  openGpu: async () => {
    const executor = await createWebGpuExecutor({ tested: true });
    const tuned = await tiles.load(adapterKey(executor.gpu.info));
    const { software, lost } = executor.gpu;
    return { executor: tuned ? executor.using(tuned) : executor, software, lost };
  },
  openWasm: ({ threads, reproducible = false }) =>
    createExecutor("wasm", { wasm: { loadKernels, threads: threads ?? "auto", reproducible, host } }),
  openReference: async () => createReferenceExecutor(),
  // The other families when a network needs them.
  selfTest: (executor) => selfTest(executor, ["blocks"]),
  cores: host.cores,
  suggested: host.suggested,
  ...(host.note === undefined ? {} : { threadsNote: host.note }),
});

const service = new SweepService(
  {
    store: new SweepStore(),
    openDevice: (options) => devices.open(options),
    refuseDevice: (reason) => devices.refuseGpu(reason),
    offers: () => devices.offers(),
    profile: profileOn,
    tuner: createTuner({ store: tiles, selfTest }),
    loadData: (executor, regime) => loadTrainingData(executor, regime, source),
    factsOf: (dataset) => datasetFacts(dataset, source),
    trainer: (executor, data) => (job) => trainNetwork({ ...job, executor, data, keep: "trained" }),
    version: packageJson.version,
    claim: claimStudy,
  },
  (event, payload) => {
    server.emit(event, payload);
    relay(event, payload);
  },
);
const server = createServer<SweepRequests, SweepEvents>(self, service.handlers);

/** Browsers round their clocks to 0.1 ms, isolated pages to 0.005. */
const repeatMs = 1;

/** WebAssembly tells its kernels apart on one thread, and to whoever observes it from the start. */
async function profileOn(
  request: ProfileRequest,
  executor: Executor,
  onProgress: (share: number) => void,
): Promise<Roofline> {
  if (executor.kind !== "wasm") return profileNetwork(request, { executor }, onProgress);
  const profile = new Profile(repeatMs);
  const observed = await createExecutor("wasm", { wasm: { loadKernels, observe: profile.observe } });
  try {
    return await profileNetwork(request, { executor: observed, profile }, onProgress);
  } finally {
    await observed.dispose();
  }
}

// Nobody awaits the run itself: what escapes it must reach the page as the worker's error event.
self.addEventListener("unhandledrejection", (event) => reportError(event.reason));
