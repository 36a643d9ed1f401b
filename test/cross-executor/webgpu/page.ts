import { type TunedSteps, tuneSteps } from "../../../src/engine/bench/tune-steps.ts";
import type { NetworkSpec } from "../../../src/engine/network/spec.ts";
import type { Plan } from "../../../src/engine/plan/plan.ts";
import { runEvaluations, runSteps } from "../../../src/engine/runtime/batches.ts";
import type {
  Batch,
  BatchResult,
  BatchTransforms,
  ImageHandle,
  KernelTime,
  ResidentImages,
  Room,
  Session,
  Weights,
} from "../../../src/engine/runtime/executor.ts";
import { createWebGpuExecutor, type WebGpuExecutor } from "../../../src/engine/runtime/webgpu/executor.ts";
import { defaultTiles, softwareTiles } from "../../../src/engine/runtime/webgpu/tiles.ts";

/** A batch without objects that only the page has. */
export type RemoteBatch =
  | {
      readonly from: "resident";
      readonly images: number;
      readonly indices: Uint32Array;
      readonly transforms?: BatchTransforms;
    }
  | { readonly from: "values"; readonly images: Float32Array; readonly targets: Float32Array };

export interface RemoteStep {
  readonly batch: RemoteBatch;
  readonly learningRate: number;
  readonly keep?: Float32Array;
}

export type NamedValues = readonly (readonly [name: string, values: Float32Array])[];

const namedTiles = {
  default: defaultTiles,
  software: softwareTiles,
  /** A GPU's, with maps as float16. */
  halves: { ...defaultTiles, storage: "f16" },
  /** A GPU's, with sums joined by subgroups. */
  subgroups: { ...defaultTiles, sums: "subgroups" },
} as const;
/** Whose tiles the kernels have. */
export type TilesName = "adapter" | keyof typeof namedTiles;

export interface Opened {
  readonly executor: number;
  readonly device: string;
}

export interface Failure {
  readonly error: { readonly name: string; readonly message: string; readonly code?: string };
}

/** The page's side of remote-executor.ts: executors, image sets and sessions by number. */
export class GpuPage {
  readonly #held = new Map<number, WebGpuExecutor | ImageHandle | Session>();
  #next = 0;
  #shared: Promise<WebGpuExecutor> | undefined;

  /**
   * On the one device that the page keeps, with all kernels compiled so far; not to be disposed of. A device that has
   * failed is left for another.
   */
  async share({ tiles }: { tiles: TilesName }): Promise<Opened> {
    const sound = await this.#shared
      ?.then(({ gpu }) => gpu.check())
      .then(
        () => true,
        () => false,
      );
    if (!sound) this.#shared = createWebGpuExecutor();
    const executor = (await this.#shared)!;
    const chosen = tiles === "adapter" ? executor : executor.using(namedTiles[tiles]);
    return { executor: this.#hold(chosen), device: chosen.device };
  }

  async open({ tiles }: { tiles: TilesName }): Promise<Opened> {
    const executor = await createWebGpuExecutor(tiles === "adapter" ? {} : { tiles: namedTiles[tiles] });
    return { executor: this.#hold(executor), device: executor.device };
  }

  /** As a driver would be that compiles the kernels named so wrong. Not to be disposed of: the device is the shared one. */
  async openFaulty({ word }: { word: string }): Promise<Opened> {
    const { gpu } = await this.#shared!;
    const { limits, features } = gpu.device;
    const requestDevice = async () => faulty(gpu.device, word);
    const requestAdapter = async () => ({ limits, features, info: gpu.info, requestDevice });
    const executor = await createWebGpuExecutor({ gpu: { requestAdapter } as unknown as GPU, tested: true });
    return { executor: this.#hold(executor), device: executor.device };
  }

  room(executor: number, plan: Plan): Room {
    return this.#get<WebGpuExecutor>(executor).room(plan);
  }

  async attach(executor: number, images: ResidentImages): Promise<number> {
    return this.#hold(await this.#get<WebGpuExecutor>(executor).attach(images));
  }

  async load(executor: number, plan: Plan, state: NamedValues): Promise<number> {
    return this.#hold(await this.#get<WebGpuExecutor>(executor).load(plan, new Map(state)));
  }

  step(session: number, batch: RemoteBatch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    return this.#get<Session>(session).step(this.#batch(batch), learningRate, keep);
  }

  evaluate(session: number, batch: RemoteBatch, weights?: Weights): Promise<BatchResult> {
    return this.#get<Session>(session).evaluate(this.#batch(batch), weights);
  }

  async steps(session: number, steps: readonly RemoteStep[]): Promise<readonly BatchResult[]> {
    const given = steps.map(({ batch, ...step }) => ({ ...step, batch: this.#batch(batch) }));
    return runSteps(this.#get<Session>(session), given);
  }

  async evaluations(
    session: number,
    batches: readonly RemoteBatch[],
    weights?: Weights,
  ): Promise<readonly BatchResult[]> {
    const given = batches.map((batch) => this.#batch(batch));
    return runEvaluations(this.#get<Session>(session), given, weights);
  }

  profile(session: number): Promise<readonly KernelTime[]> | undefined {
    return this.#get<Session>(session).profile?.();
  }

  async read(session: number, name: string): Promise<Float32Array> {
    return (await this.#get<Session>(session).read(name)) as Float32Array;
  }

  async readState(session: number, weights?: Weights): Promise<NamedValues> {
    return [...(await this.#get<Session>(session).readState(weights))] as [string, Float32Array][];
  }

  async readCheckpoint(session: number): Promise<NamedValues> {
    return [...(await this.#get<Session>(session).readCheckpoint())] as [string, Float32Array][];
  }

  tuneSteps(executor: number, network: NetworkSpec): Promise<TunedSteps> {
    return tuneSteps(this.#get<WebGpuExecutor>(executor), { batch: 2 }, network);
  }

  /** As a driver that fails would. */
  destroyDevice(executor: number): void {
    this.#get<WebGpuExecutor>(executor).gpu.device.destroy();
  }

  timers(): number {
    return timers;
  }

  counts(executor: number): { readonly pipelines: number; readonly buffers: number } {
    const { pipelineCount, bufferCount } = this.#get<WebGpuExecutor>(executor);
    return { pipelines: pipelineCount, buffers: bufferCount };
  }

  async dispose(id: number): Promise<void> {
    await this.#get(id).dispose();
    this.#held.delete(id);
  }

  #hold(object: WebGpuExecutor | ImageHandle | Session): number {
    this.#held.set(this.#next, object);
    return this.#next++;
  }

  #get<Kind extends WebGpuExecutor | ImageHandle | Session>(id: number): Kind {
    const object = this.#held.get(id);
    if (object === undefined) throw new RangeError(`nothing has number ${id}`);
    return object as Kind;
  }

  #batch(batch: RemoteBatch): Batch {
    return batch.from === "values" ? batch : { ...batch, images: this.#get<ImageHandle>(batch.images) };
  }
}

/** The device, whose fault it is that every product-and-sum of the kernels named so has half its sum. */
function faulty(device: GPUDevice, word: string): GPUDevice {
  const createShaderModule = (descriptor: GPUShaderModuleDescriptor) => {
    const { label, code } = descriptor;
    if (!label?.includes(word)) return device.createShaderModule(descriptor);
    return device.createShaderModule({ ...descriptor, code: code.replaceAll("fma(", "0.5 * fma(") });
  };
  return new Proxy(device, {
    get(target, name) {
      if (name === "createShaderModule") return createShaderModule;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A method and what it is given. */
export type PageCall = readonly [method: keyof GpuPage, args: readonly unknown[]];

/** Calls a method; errors come back as values, since a page hands over no error objects. */
async function call([method, args]: PageCall): Promise<unknown> {
  try {
    return { value: await (page[method] as (...args: readonly unknown[]) => unknown)(...args) };
  } catch (error) {
    const { name, message, code } = error as Error & { code?: string };
    return { error: { name, message, code } };
  }
}

/** What a hidden page's browser holds up: a loop that asks for none of these goes on there. */
let timers = 0;
for (const name of ["setTimeout", "setInterval", "requestAnimationFrame", "requestIdleCallback"] as const) {
  const original = globalThis[name] as (...args: readonly unknown[]) => number;
  Object.assign(globalThis, {
    [name]: (...args: readonly unknown[]) => {
      timers++;
      return original(...args);
    },
  });
}

const page = new GpuPage();
declare global {
  var gpuCall: typeof call;
}
globalThis.gpuCall = call;
