import { allFusions } from "../../plan/fusion.ts";
import type { Plan } from "../../plan/plan.ts";
import {
  type Executor,
  ExecutorError,
  type ModelState,
  type ResidentImages,
  type Room,
} from "../executor.ts";
import { type Gpu, openGpu } from "./device.ts";
import { WebGpuImages } from "./images.ts";
import { type LoweredPlan, lowerPlan, roomFor } from "./lowered-plan.ts";
import { Pipelines } from "./pipelines.ts";
import { LaterTests } from "./self-test.ts";
import { WebGpuSession } from "./session.ts";
import { describeTiles, type Tiles, tilesFor, tilesOn } from "./tiles.ts";

export interface WebGpuExecutorOptions {
  /** navigator.gpu where not given. */
  readonly gpu?: GPU;
  /** By the adapter where not given. Results differ in the order of sums, and by how maps are stored. */
  readonly tiles?: Tiles;
  /**
   * Whether load() tests the families of kernels that a plan is the first to need, and refuses those that compute wrong
   * ("wrong"); those that every network needs are selfTest()'s, before. False where not given.
   */
  readonly tested?: boolean;
}

export interface WebGpuExecutor extends Executor {
  readonly kind: "webgpu";
  /** The one device, for those who share it (TF.js: `new WebGPUBackend(gpu.device, gpu.info)`). */
  readonly gpu: Gpu;
  /** Distinct pipelines made so far, for all networks. */
  readonly pipelineCount: number;
  /** GPU buffers held: of sessions and image sets. */
  readonly bufferCount: number;
  readonly tiles: Tiles;
  /** The same device and pipelines with other tiles. Only the executor that opened the device is to be disposed of. */
  using(tiles: Tiles): WebGpuExecutor;
  room(plan: Plan): Room;
  load(plan: Plan, state: ModelState): Promise<WebGpuSession>;
}

/**
 * WGSL kernels on one device. What runs: kernels/; how a plan becomes dispatches: lower/; where tensors lie: placement.ts.
 * @throws ExecutorError "unsupported" where there is no adapter.
 */
export async function createWebGpuExecutor(options: WebGpuExecutorOptions = {}): Promise<WebGpuExecutor> {
  const gpu = await openGpu(options.gpu);
  return executorOn(gpu, new Pipelines(gpu), options.tiles, options.tested ?? false);
}

function executorOn(
  gpu: Gpu,
  pipelines: Pipelines,
  chosen: Tiles | undefined,
  tested: boolean,
): WebGpuExecutor {
  const tiles = tilesOn(gpu, chosen ?? tilesFor(gpu.info));
  let disposed = false;
  const check = () => {
    if (disposed) throw new ExecutorError("misuse", "this executor has been disposed of");
    gpu.check();
  };
  // Whoever asked for the room of a plan loads it next.
  const known = new WeakMap<Plan, LoweredPlan>();
  const lower = (plan: Plan): LoweredPlan => known.get(plan) ?? lowerPlan(plan, tiles);
  const device = chosen ? `${gpu.description}, ${describeTiles(tiles)}` : gpu.description;
  const load = async (plan: Plan, state: ModelState) => {
    check();
    const lowered = lower(plan);
    known.delete(plan);
    return WebGpuSession.load(gpu, pipelines, lowered, state);
  };
  const tests = tested ? new LaterTests({ device, fusions: allFusions, tiles, load }) : undefined;
  return {
    kind: "webgpu",
    device,
    fusions: allFusions,
    ...(gpu.software
      ? { note: "This adapter is software: it computes on the processor, slower than WebAssembly does." }
      : {}),
    gpu,
    tiles,
    using: (others: Tiles) => executorOn(gpu, pipelines, others, tested),
    get pipelineCount() {
      return pipelines.count;
    },
    get bufferCount() {
      return gpu.bufferCount;
    },
    room: (plan: Plan) => {
      const lowered = lower(plan);
      known.set(plan, lowered);
      return roomFor(lowered, gpu.device.limits);
    },
    attach: async (images: ResidentImages) => {
      check();
      return gpu.guarded("the image set", async () => new WebGpuImages(gpu, images));
    },
    load: async (plan: Plan, state: ModelState) => {
      await tests?.before(plan);
      return load(plan, state);
    },
    dispose: async () => {
      if (!disposed) gpu.dispose();
      disposed = true;
    },
  };
}
