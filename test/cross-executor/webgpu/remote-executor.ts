import { deserialize, serialize } from "node:v8";
import { inject } from "vitest";
import type { TunedSteps } from "../../../src/engine/bench/tune-steps.ts";
import type { NetworkSpec } from "../../../src/engine/network/spec.ts";
import { allFusions } from "../../../src/engine/plan/fusion.ts";
import type { Plan } from "../../../src/engine/plan/plan.ts";
import {
  type Batch,
  type BatchResult,
  type Executor,
  ExecutorError,
  type ExecutorErrorCode,
  type ImageHandle,
  type KernelTime,
  type ModelState,
  type ResidentImages,
  type Room,
  type Session,
  type StepRequest,
  type Weights,
} from "../../../src/engine/runtime/executor.ts";
import { pixelsIn } from "../../../src/engine/runtime/image-set.ts";
import type { Failure, GpuPage, NamedValues, Opened, PageCall, RemoteBatch, TilesName } from "./page.ts";

export interface RemoteExecutor extends Executor {
  /** Loses the device as a failing driver would. */
  destroyDevice(): Promise<void>;
  /** What the page's executor says is its room for a plan. */
  roomFor(plan: Plan): Promise<Room>;
  counts(): Promise<ReturnType<GpuPage["counts"]>>;
  tuneSteps(network: NetworkSpec): Promise<TunedSteps>;
}

/** A device of its own, in the page of Chromium that the files of this process share. */
export async function openRemoteExecutor(tiles: TilesName = "adapter"): Promise<RemoteExecutor> {
  const opened = await call<Opened>("open", { tiles });
  return remoteExecutor(opened, () => call("dispose", opened.executor));
}

/**
 * The WebGPU executor for tests in Node: the suite of the other executors runs on it unchanged. Its device and the
 * kernels compiled on it are kept for the files that follow; dispose() leaves nothing else on it.
 */
export async function sharedRemoteExecutor(tiles: TilesName = "adapter"): Promise<RemoteExecutor> {
  return remoteExecutor(await call<Opened>("share", { tiles }));
}

/** The shared device, but for kernels whose names hold a word: they compute wrong. Tests what load() is the first to need. */
export async function openFaultyExecutor(word: string): Promise<RemoteExecutor> {
  return remoteExecutor(await call<Opened>("openFaulty", { word }));
}

function remoteExecutor({ executor, device }: Opened, close?: () => Promise<void>): RemoteExecutor {
  const made: { dispose(): Promise<void> }[] = [];
  const holding = <Made extends { dispose(): Promise<void> }>(object: Made): Made => {
    made.push(object);
    return object;
  };
  return {
    kind: "webgpu",
    device,
    fusions: allFusions,
    attach: async (images) => holding(new RemoteImages(images, await attach(executor, images))),
    load: async (plan, state) =>
      holding(new RemoteSession(await call("load", executor, plan, namedValues(state)), plan)),
    dispose: async () => {
      for (const object of made) await object.dispose();
      await close?.();
    },
    destroyDevice: () => call("destroyDevice", executor),
    roomFor: (plan) => call("room", executor, plan),
    counts: () => call("counts", executor),
    tuneSteps: (network) => call("tuneSteps", executor, network),
  };
}

/** Timers and animation frames that the page has asked for so far. */
export function pageTimers(): Promise<number> {
  return call("timers");
}

function attach(executor: number, set: ResidentImages): Promise<number> {
  // A set may have methods of its own, which no page can be given.
  const { shape, count, images, labels, mean, std } = set;
  return call("attach", executor, { shape, count, images, labels, mean, std });
}

/** Disposals under way: calls may overtake one another, but none of them what was let go before. */
const disposals = new Set<Promise<void>>();

function disposeOf(id: number): Promise<void> {
  const disposal = post<void>("dispose", id)
    // The device may be gone already.
    .catch(() => undefined)
    .finally(() => disposals.delete(disposal));
  disposals.add(disposal);
  return disposal;
}

async function call<Value>(method: keyof GpuPage, ...args: readonly unknown[]): Promise<Value> {
  await Promise.all(disposals);
  return post(method, ...args);
}

async function post<Value>(method: keyof GpuPage, ...args: readonly unknown[]): Promise<Value> {
  // Two processes never call the same page: what goes wrong on a device is put down to the call under way.
  const response = await fetch(`${inject("gpuPages")}/${process.env.VITEST_POOL_ID}`, {
    method: "POST",
    body: serialize([method, args] satisfies PageCall),
  });
  if (!response.ok) throw new Error(`the page could not be called: ${await response.text()}`);
  const answer: unknown = deserialize(Buffer.from(await response.arrayBuffer()));
  const { value, error } = answer as { value: Value } & Partial<Failure>;
  if (error === undefined) return value;
  if (error.name === "ExecutorError") throw new ExecutorError(error.code as ExecutorErrorCode, error.message);
  throw Object.assign(new Error(error.message), { name: error.name });
}

class RemoteImages implements ImageHandle {
  readonly count: number;
  readonly shape: ResidentImages["shape"];
  readonly id: number;
  readonly #set: ResidentImages;
  #disposed: Promise<void> | undefined;

  constructor(set: ResidentImages, id: number) {
    this.#set = set;
    this.count = set.count;
    this.shape = set.shape;
    this.id = id;
  }

  pixelsOf(image: number): Uint8Array {
    return pixelsIn(this.#set, image);
  }

  dispose(): Promise<void> {
    this.#disposed ??= disposeOf(this.id);
    return this.#disposed;
  }
}

class RemoteSession implements Session {
  readonly plan: Plan;
  readonly #id: number;
  #disposed: Promise<void> | undefined;

  constructor(id: number, plan: Plan) {
    this.#id = id;
    this.plan = plan;
  }

  /** Fixed, so that a test makes the same calls every time. */
  readonly atOnce = { steps: 3, evaluations: 2 };

  steps(steps: readonly StepRequest[]): Promise<readonly BatchResult[]> {
    const given = steps.map(({ batch, ...step }) => ({ ...step, batch: remoteBatch(batch) }));
    return call("steps", this.#id, given);
  }

  evaluations(batches: readonly Batch[], weights?: Weights): Promise<readonly BatchResult[]> {
    return call("evaluations", this.#id, batches.map(remoteBatch), weights);
  }

  profile(): Promise<readonly KernelTime[]> {
    return call("profile", this.#id);
  }

  step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    return call("step", this.#id, remoteBatch(batch), learningRate, keep);
  }

  evaluate(batch: Batch, weights?: Weights): Promise<BatchResult> {
    return call("evaluate", this.#id, remoteBatch(batch), weights);
  }

  read(name: string): Promise<Float32Array> {
    return call("read", this.#id, name);
  }

  async readState(weights?: Weights): Promise<ModelState> {
    return new Map(await call<NamedValues>("readState", this.#id, weights));
  }

  async readCheckpoint(): Promise<ModelState> {
    return new Map(await call<NamedValues>("readCheckpoint", this.#id));
  }

  dispose(): Promise<void> {
    this.#disposed ??= disposeOf(this.#id);
    return this.#disposed;
  }
}

function namedValues(state: ModelState): NamedValues {
  return [...state].map(([name, values]) => [name, Float32Array.from(values)]);
}

function remoteBatch(batch: Batch): RemoteBatch {
  if (batch.from === "resident")
    return {
      from: "resident",
      images: batch.images instanceof RemoteImages ? batch.images.id : -1,
      indices: batch.indices,
      ...(batch.transforms ? { transforms: batch.transforms } : {}),
    };
  return {
    from: "values",
    images: Float32Array.from(batch.images),
    targets: Float32Array.from(batch.targets),
  };
}
