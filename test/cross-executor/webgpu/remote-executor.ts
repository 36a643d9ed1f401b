import type { Page } from "@playwright/test";
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
import { openPage } from "./browser.ts";
import type { Failure, GpuPage, NamedValues, Opened, RemoteBatch, TilesName } from "./page.ts";

export interface RemoteExecutor extends Executor {
  /** Loses the device as a failing driver would. */
  destroyDevice(): Promise<void>;
  /** What the page's executor says is its room for a plan. */
  roomFor(plan: Plan): Promise<Room>;
  counts(): Promise<ReturnType<GpuPage["counts"]>>;
}

/** A page of headless Chromium in which executors are opened, each with a device of its own. */
export interface RemotePage {
  open(tiles?: TilesName): Promise<RemoteExecutor>;
  /** Timers and animation frames that the page has asked for so far. */
  timers(): Promise<number>;
  close(): Promise<void>;
}

export async function openRemotePage(): Promise<RemotePage> {
  const { page, close } = await openPage(new URL("./page.ts", import.meta.url));
  return {
    open: async (tiles = "adapter") => {
      const { executor, device } = await call<Opened>(page, "open", { tiles });
      return {
        kind: "webgpu",
        device,
        fusions: allFusions,
        attach: async (images) => new RemoteImages(page, images, await attach(page, executor, images)),
        load: async (plan, state) => {
          const id = await call<number>(page, "load", executor, plan, namedValues(state));
          return new RemoteSession(page, id, plan);
        },
        dispose: () => call(page, "dispose", executor),
        destroyDevice: () => call(page, "destroyDevice", executor),
        roomFor: (plan) => call(page, "room", executor, plan),
        counts: () => call(page, "counts", executor),
      };
    },
    timers: () => call(page, "timers"),
    close,
  };
}

/**
 * The WebGPU executor of a page of its own, for tests in Node: the suite of the other executors runs on it unchanged.
 * dispose() closes the browser.
 */
export async function openRemoteExecutor(tiles?: TilesName): Promise<RemoteExecutor> {
  const page = await openRemotePage();
  try {
    return { ...(await page.open(tiles)), dispose: page.close };
  } catch (error) {
    await page.close();
    throw error;
  }
}

function attach(page: Page, executor: number, set: ResidentImages): Promise<number> {
  // A set may have methods of its own, which no page can be given.
  const { shape, count, images, labels, mean, std } = set;
  return call(page, "attach", executor, { shape, count, images, labels, mean, std });
}

async function call<Value>(page: Page, method: keyof GpuPage, ...args: readonly unknown[]): Promise<Value> {
  const answer = await page.evaluate(([name, given]) => globalThis.gpuCall(name, given), [
    method,
    args,
  ] as const);
  const { value, error } = answer as { value: Value } & Partial<Failure>;
  if (error === undefined) return value;
  if (error.name === "ExecutorError") throw new ExecutorError(error.code as ExecutorErrorCode, error.message);
  throw Object.assign(new Error(error.message), { name: error.name });
}

class RemoteImages implements ImageHandle {
  readonly count: number;
  readonly shape: ResidentImages["shape"];
  readonly id: number;
  readonly #page: Page;

  constructor(page: Page, { count, shape }: ResidentImages, id: number) {
    this.#page = page;
    this.count = count;
    this.shape = shape;
    this.id = id;
  }

  dispose(): void {
    void call(this.#page, "dispose", this.id).catch(ignore);
  }
}

class RemoteSession implements Session {
  readonly plan: Plan;
  readonly #page: Page;
  readonly #id: number;

  constructor(page: Page, id: number, plan: Plan) {
    this.#page = page;
    this.#id = id;
    this.plan = plan;
  }

  /** Fixed, so that a test makes the same calls every time. */
  readonly atOnce = { steps: 3, evaluations: 2 };

  steps(steps: readonly StepRequest[]): Promise<readonly BatchResult[]> {
    const given = steps.map(({ batch, ...step }) => ({ ...step, batch: remoteBatch(batch) }));
    return call(this.#page, "steps", this.#id, given);
  }

  evaluations(batches: readonly Batch[], weights?: Weights): Promise<readonly BatchResult[]> {
    return call(this.#page, "evaluations", this.#id, batches.map(remoteBatch), weights);
  }

  profile(): Promise<readonly KernelTime[]> {
    return call(this.#page, "profile", this.#id);
  }

  step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    return call(this.#page, "step", this.#id, remoteBatch(batch), learningRate, keep);
  }

  evaluate(batch: Batch, weights?: Weights): Promise<BatchResult> {
    return call(this.#page, "evaluate", this.#id, remoteBatch(batch), weights);
  }

  read(name: string): Promise<Float32Array> {
    return call(this.#page, "read", this.#id, name);
  }

  async readState(weights?: Weights): Promise<ModelState> {
    return new Map(await call<NamedValues>(this.#page, "readState", this.#id, weights));
  }

  async readCheckpoint(): Promise<ModelState> {
    return new Map(await call<NamedValues>(this.#page, "readCheckpoint", this.#id));
  }

  dispose(): void {
    void call(this.#page, "dispose", this.#id).catch(ignore);
  }
}

/** The page may be gone already. */
function ignore(): void {}

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
