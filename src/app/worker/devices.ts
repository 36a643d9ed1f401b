import type { Executor } from "../../engine/runtime/executor.ts";
import { ExecutorError } from "../../engine/runtime/executor.ts";
import type { ExecutorOffers, GpuOffer, WasmOffer } from "../../engine/sweep/protocol.ts";
import type { DeviceOptions, OpenDevice } from "../../engine/sweep/service.ts";

/** A WebGPU executor that is open, with what is known of its adapter. */
export interface OpenGpu {
  readonly executor: Executor;
  /** Computes on the processor. */
  readonly software: boolean;
  /** Settles when its device is lost. */
  readonly lost: Promise<unknown>;
}

/** How long a GPU that was tested, and that nobody has taken, is kept: to look at what there is and to choose it. */
export const spareMs = 60_000;

/** How the executors are opened; the worker's entry supplies the real ones. */
export interface DeviceParts {
  /** @throws ExecutorError "unsupported" where there is no adapter. */
  readonly openGpu: () => Promise<OpenGpu>;
  readonly openWasm: (options: DeviceOptions) => Promise<Executor>;
  readonly openReference: () => Promise<Executor>;
  /** Rejects if the executor computes wrong. */
  readonly selfTest: (executor: Executor) => Promise<void>;
  readonly cores: number;
  /** Threads that "automatic" takes, and why not more. */
  readonly suggested: number;
  readonly threadsNote?: string;
}

/** What trains here: what was asked for, or the best there is. */
export class Devices {
  readonly #parts: DeviceParts;
  /** Of the adapter, as far as it was looked at. */
  #gpu: GpuOffer | undefined;
  /** It computes some networks wrong, whatever its first test said: whoever asks for it is given another device. */
  #refused = false;
  /** Tested, and not taken yet: whoever wants a GPU next is given it, with the kernels that its test compiled. */
  #spare: { readonly gpu: OpenGpu; readonly idle: ReturnType<typeof setTimeout> } | undefined;
  /** One GPU is opened at a time: who asks what there is while one is tested must not test another. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: DeviceParts) {
    this.#parts = parts;
  }

  /**
   * What was asked for; else the GPU, where there is one that computes right; else WebAssembly SIMD; else, in a browser that
   * has none, the plain reference. What is to be the same bits on every machine is WebAssembly's.
   */
  async open(options: DeviceOptions): Promise<OpenDevice> {
    const { executor: wanted, reproducible = false } = options;
    if (wanted === "webgpu") {
      if (reproducible)
        throw new ExecutorError("unsupported", "a GPU's results are not the same on every machine");
      try {
        if (!this.#refused) return described(await this.#takeTested());
      } catch (error) {
        if (!this.#refused) throw error;
      }
      return this.#openBest(options);
    }
    if (wanted === "reference" || wanted === "wasm") await this.#dropSpare();
    if (wanted === "reference") return described(await this.#parts.openReference());
    if (wanted === "wasm") return described(await this.#parts.openWasm(options));
    return this.#openBest(options);
  }

  /** From now on the adapter is not taken: a network that needed other kernels than its first test has shown it wrong. */
  refuseGpu(reason: string): void {
    this.#refused = true;
    this.#gpu = { ...this.#gpu, available: false, selfTest: "failed", reason };
    void this.#dropSpare();
  }

  /** What there is, and what is taken where nothing is asked for. Tests the adapter, if that was not done before. */
  async offers(): Promise<ExecutorOffers> {
    const [webgpu, wasm] = [await this.#offeredGpu(), await this.#offeredWasm()];
    const automatic = isBest(webgpu) ? "webgpu" : wasm.available ? "wasm" : "reference";
    return { webgpu, wasm, automatic };
  }

  async #openBest(options: DeviceOptions): Promise<OpenDevice> {
    const { reproducible = false } = options;
    const gpu = reproducible || this.#refused ? undefined : await this.#openRealGpu();
    if (gpu !== undefined) return described(gpu);
    await this.#dropSpare();
    try {
      const executor = await this.#parts.openWasm(options);
      return described(executor, executor.note ?? (reproducible ? undefined : this.#whyNoGpu()));
    } catch (error) {
      if (reproducible || !(error instanceof ExecutorError && error.code === "unsupported")) throw error;
      const note = `${error.message}. Networks train in plain JavaScript instead, some hundred times slower.`;
      return described(await this.#parts.openReference(), note);
    }
  }

  /** Nothing is said where the browser offers none: absent is not a fault. */
  #whyNoGpu(): string | undefined {
    if (this.#gpu === undefined || (this.#gpu.device === undefined && !this.#refused)) return undefined;
    return this.#gpu.available
      ? "Trained on the processor: this browser's WebGPU has no GPU behind it."
      : `Trained on the processor: ${this.#gpu.reason}`;
  }

  /** A GPU that is one and passes the self-test. An adapter on the processor is not even tested: nobody asked for it. */
  async #openRealGpu(): Promise<Executor | undefined> {
    try {
      return await this.#takeTested({ software: false });
    } catch {
      return undefined;
    }
  }

  /** The spare one, if there is one, else another. @throws as #openTested. */
  #takeTested(wanted = { software: true }): Promise<Executor> {
    return this.#inTurn(async () => {
      const spare = this.#spare?.gpu;
      if (spare === undefined || (spare.software && !wanted.software))
        return (await this.#openTested(wanted)).executor;
      this.#forgetSpare();
      return spare.executor;
    });
  }

  #inTurn<Done>(work: () => Promise<Done>): Promise<Done> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  #keepSpare(gpu: OpenGpu): void {
    const drop = () => (this.#spare?.gpu === gpu ? this.#dropSpare() : undefined);
    this.#spare = { gpu, idle: setTimeout(drop, spareMs) };
    void gpu.lost.then(drop);
  }

  #forgetSpare(): void {
    clearTimeout(this.#spare?.idle);
    this.#spare = undefined;
  }

  async #dropSpare(): Promise<void> {
    const spare = this.#spare;
    this.#forgetSpare();
    await spare?.gpu.executor.dispose();
  }

  /**
   * @throws ExecutorError "unsupported" where the adapter is missing, or is software where none is wanted; "wrong" where it
   * fails its test, or was refused before that ended.
   */
  async #openTested({ software: softwareToo } = { software: true }): Promise<OpenGpu> {
    this.#checkNotRefused();
    let opened: OpenGpu;
    try {
      opened = await this.#parts.openGpu();
    } catch (error) {
      this.#learn({ available: false, reason: messageOf(error) });
      throw error;
    }
    const { executor, software } = opened;
    const found = { device: executor.device, software } as const;
    try {
      if (software && !softwareToo) {
        this.#learn(this.#gpu ?? { available: true, ...found });
        throw new ExecutorError("unsupported", "this adapter computes on the processor");
      }
      await this.#parts.selfTest(executor);
      this.#checkNotRefused();
      this.#learn({ available: true, ...found, selfTest: "passed" });
      return opened;
    } catch (error) {
      await executor.dispose();
      if (!software || softwareToo)
        this.#learn({ available: false, ...found, selfTest: "failed", reason: messageOf(error) });
      throw error;
    }
  }

  /** A refusal stays: it tells of networks that the first test does not know. */
  #learn(gpu: GpuOffer): void {
    if (!this.#refused) this.#gpu = gpu;
  }

  #checkNotRefused(): void {
    if (this.#refused) throw new ExecutorError("wrong", this.#gpu?.reason ?? "this adapter computes wrong");
  }

  #offeredGpu(): Promise<GpuOffer> {
    return this.#inTurn(async () => {
      if (this.#gpu?.selfTest === undefined)
        await this.#openTested().then(
          (gpu) => this.#keepSpare(gpu),
          // #gpu says why.
          () => {},
        );
      return this.#gpu!;
    });
  }

  async #offeredWasm(): Promise<WasmOffer> {
    const { cores, suggested, threadsNote } = this.#parts;
    const threads = { cores, suggested, ...(threadsNote === undefined ? {} : { threadsNote }) };
    try {
      const executor = await this.#parts.openWasm({ threads: 1 });
      await executor.dispose();
      return { available: true, ...threads };
    } catch (error) {
      return { available: false, reason: messageOf(error), ...threads };
    }
  }
}

/** What "automatic" takes. */
function isBest({ software, selfTest }: GpuOffer): boolean {
  return software === false && selfTest === "passed";
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
