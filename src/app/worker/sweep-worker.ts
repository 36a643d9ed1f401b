import packageJson from "../../../package.json" with { type: "json" };
import { fetchSource } from "../../engine/data/shard-source.ts";
import { type Executor, ExecutorError } from "../../engine/runtime/executor.ts";
import { createExecutor } from "../../engine/runtime/registry.ts";
import { fetchKernels } from "../../engine/runtime/wasm/fetch-kernels.ts";
import { webThreads } from "../../engine/runtime/wasm/web-threads.ts";
import { createServer } from "../../engine/runtime/worker/rpc.ts";
import type { SweepEvents, SweepRequests } from "../../engine/sweep/protocol.ts";
import { type DeviceOptions, type OpenDevice, SweepService } from "../../engine/sweep/service.ts";
import { SweepStore } from "../../engine/sweep/store.ts";
import { loadTrainingData } from "../../engine/training/load-data.ts";
import { trainNetwork } from "../../engine/training/trainer.ts";
import { holdLifeline } from "./lifeline.ts";
import { decodeWorkerName } from "./worker-name.ts";

/**
 * The sweep worker's entry: gives the service what a browser has (fetch, IndexedDB, WebAssembly) and connects it to the
 * page.
 */
const { base, lifeline } = decodeWorkerName(self.name);
holdLifeline(lifeline);

const service = new SweepService(
  {
    store: new SweepStore(),
    openDevice,
    loadData: (executor, regime) => loadTrainingData(executor, regime, fetchSource(new URL("data/", base))),
    trainer: (executor, data, control) => (job) =>
      trainNetwork({ ...job, executor, data, control, keepState: true }),
    version: packageJson.version,
  },
  (event, payload) => server.emit(event, payload),
);
const server = createServer<SweepRequests, SweepEvents>(self, service.handlers);

// Nobody awaits the run itself: what escapes it must reach the page as the worker's error event.
self.addEventListener("unhandledrejection", (event) => reportError(event.reason));

/** WebAssembly SIMD, or, in a browser that has none and where none was asked for, the plain reference. */
async function openDevice(options: DeviceOptions): Promise<OpenDevice> {
  const { executor: wanted, reproducible = false } = options;
  if (wanted === "webgpu") throw new ExecutorError("unsupported", "training on WebGPU is not there yet");
  try {
    return described(await open(wanted ?? "wasm", options));
  } catch (error) {
    const canFallBack =
      wanted === undefined && !reproducible && error instanceof ExecutorError && error.code === "unsupported";
    if (!canFallBack) throw error;
    const note = `${error.message}. Networks train in plain JavaScript instead, some hundred times slower.`;
    return described(await open("reference", {}), note);
  }
}

function open(kind: "wasm" | "reference", options: DeviceOptions): Promise<Executor> {
  const { threads = "auto", reproducible = false } = options;
  const loadKernels = fetchKernels(new URL("kernels", base));
  return createExecutor(kind, { wasm: { loadKernels, threads, reproducible, host: webThreads() } });
}

function described(executor: Executor, note = executor.note): OpenDevice {
  const { kind, device, threads } = executor;
  const info = {
    ...{ executor: kind, device },
    ...(threads === undefined ? {} : { threads }),
    ...(note === undefined ? {} : { note }),
  };
  return { executor, info };
}
