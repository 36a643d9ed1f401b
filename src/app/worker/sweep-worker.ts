import packageJson from "../../../package.json" with { type: "json" };
import { datasetFacts } from "../../engine/data/loader.ts";
import { fetchSource } from "../../engine/data/shard-source.ts";
import { type Executor, ExecutorError, type ExecutorKind } from "../../engine/runtime/executor.ts";
import { createExecutor } from "../../engine/runtime/registry.ts";
import { fetchKernels } from "../../engine/runtime/wasm/fetch-kernels.ts";
import { webThreads } from "../../engine/runtime/wasm/web-threads.ts";
import { createWebGpuExecutor, type WebGpuExecutor } from "../../engine/runtime/webgpu/executor.ts";
import { selfTest } from "../../engine/runtime/webgpu/self-test.ts";
import { createServer } from "../../engine/runtime/worker/rpc.ts";
import type { SweepEvents, SweepRequests } from "../../engine/sweep/protocol.ts";
import { type DeviceOptions, type OpenDevice, SweepService } from "../../engine/sweep/service.ts";
import { SweepStore } from "../../engine/sweep/store/store.ts";
import { loadTrainingData } from "../../engine/training/load-data.ts";
import { trainNetwork } from "../../engine/training/trainer.ts";
import { holdLifeline } from "./lifeline.ts";
import { createRelay } from "./run-relay.ts";
import { claimStudy } from "./study-lock.ts";
import { decodeWorkerName } from "./worker-name.ts";

/**
 * The sweep worker's entry: gives the service what a browser has (fetch, IndexedDB, WebAssembly) and connects it to the
 * page.
 */
const { base, lifeline } = decodeWorkerName(self.name);
holdLifeline(lifeline);
const relay = createRelay();

const source = fetchSource(new URL("data/", base));
const service = new SweepService(
  {
    store: new SweepStore(),
    openDevice,
    loadData: (executor, regime) => loadTrainingData(executor, regime, source),
    factsOf: (dataset) => datasetFacts(dataset, source),
    trainer: (executor, data, control) => (job) =>
      trainNetwork({ ...job, executor, data, control, keepState: true }),
    version: packageJson.version,
    claim: claimStudy,
  },
  (event, payload) => {
    server.emit(event, payload);
    relay(event, payload);
  },
);
const server = createServer<SweepRequests, SweepEvents>(self, service.handlers);

// Nobody awaits the run itself: what escapes it must reach the page as the worker's error event.
self.addEventListener("unhandledrejection", (event) => reportError(event.reason));

/**
 * What was asked for; else the GPU, where there is one that computes right; else WebAssembly SIMD; else, in a browser that
 * has none, the plain reference. What is to be the same bits on every machine is WebAssembly's.
 */
async function openDevice(options: DeviceOptions): Promise<OpenDevice> {
  const { executor: wanted, reproducible = false } = options;
  if (wanted === "webgpu" && reproducible)
    throw new ExecutorError("unsupported", "a GPU's results are not the same on every machine");
  if (wanted !== undefined) return described(await open(wanted, options));
  const gpu: GpuChoice = reproducible ? {} : await openGpu();
  if (gpu.executor !== undefined) return described(gpu.executor);
  try {
    const executor = await open("wasm", options);
    return described(executor, executor.note ?? gpu.note);
  } catch (error) {
    if (reproducible || !(error instanceof ExecutorError && error.code === "unsupported")) throw error;
    const note = `${error.message}. Networks train in plain JavaScript instead, some hundred times slower.`;
    return described(await open("reference", {}), note);
  }
}

interface GpuChoice {
  readonly executor?: Executor;
  readonly note?: string;
}

/** A real GPU that passes the self-test, or why it is not taken; nothing to say where the browser offers none. */
async function openGpu(): Promise<GpuChoice> {
  let executor: WebGpuExecutor | undefined;
  try {
    executor = await createWebGpuExecutor();
    if (executor.gpu.software) {
      await executor.dispose();
      return { note: "Trained on the processor: this browser's WebGPU has no GPU behind it." };
    }
    await selfTest(executor);
    return { executor };
  } catch (error) {
    await executor?.dispose();
    // Absent is not a fault.
    if (executor === undefined) return {};
    return { note: `Trained on the processor: ${error instanceof Error ? error.message : error}` };
  }
}

function open(kind: ExecutorKind, options: DeviceOptions): Promise<Executor> {
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
