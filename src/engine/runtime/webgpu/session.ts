import type { TensorId } from "../../plan/call.ts";
import type { Plan } from "../../plan/plan.ts";
import { intensityOf, type Pass } from "../../plan/traffic.ts";
import {
  checkBatch,
  checkpointTensors,
  checkWeights,
  loadedValues,
  stateTensors,
  writeKeep,
} from "../checks.ts";
import {
  type Batch,
  type BatchResult,
  ExecutorError,
  type ImageHandle,
  type KernelTime,
  type ModelState,
  type Session,
  type StepRequest,
  type Weights,
} from "../executor.ts";
import { writeInputRows } from "../input-rows.ts";
import { readable } from "../readable.ts";
import { Commands } from "./commands.ts";
import type { Gpu } from "./device.ts";
import { WebGpuImages } from "./images.ts";
import type { LoweredPlan } from "./lowered-plan.ts";
import { Memory } from "./memory.ts";
import { guessedMs, Pace } from "./pace.ts";
import type { Pipelines } from "./pipelines.ts";
import type { Dispatch, Program } from "./program.ts";
import { Stopwatch } from "./stopwatch.ts";

/** Bytes of pixels that batches bring along between two read-backs, at most, where it is more than one batch. */
const mostPixels = 2 ** 22;

/** Dispatches that bring a batch of resident images: the first of a list, left out where values are given. */
const gatherDispatches = 1;

/** One network on the GPU: its buffers, and its calls as commands that are only replayed. */
export class WebGpuSession implements Session {
  readonly plan: Plan;
  readonly #gpu: Gpu;
  readonly #names: ReadonlyMap<string, TensorId>;
  readonly #program: Program;
  readonly #memory: Memory;
  readonly #train: Commands;
  readonly #trainList: readonly Dispatch[];
  readonly #evaluate: Commands;
  readonly #evaluateAverages: Commands;
  /** A row of the host buffer's words for each step between two read-backs: sent in one piece before them. */
  readonly #rows: readonly Row[];
  readonly #table: Float32Array<ArrayBuffer>;
  readonly #trainPace: Pace;
  readonly #evaluatePace: Pace;
  #disposed = false;

  /** @throws ExecutorError "out-of-memory" if the plan does not fit. */
  static async load(
    gpu: Gpu,
    pipelines: Pipelines,
    lowered: LoweredPlan,
    state: ModelState,
  ): Promise<WebGpuSession> {
    const { program, train, evaluate, averages } = lowered;
    const { plan } = program;
    const loaded = loadedValues(plan, state);
    const lists = [train, evaluate, averages];
    let memory: Memory | undefined;
    try {
      return await gpu.guarded(`a network at batch ${plan.batch}`, async () => {
        memory = new Memory(gpu, lowered, lists.flat().length);
        const own = memory;
        let slot = 0;
        const commands = lists.map((list) => {
          const first = slot;
          slot += list.length;
          return Commands.of(gpu, pipelines, own, program, list, first);
        });
        const made = await Promise.all(commands);
        memory.flush();
        return new WebGpuSession(gpu, program, memory, made, train, loaded);
      });
    } catch (error) {
      memory?.dispose();
      if (error instanceof ExecutorError && error.code === "out-of-memory")
        throw new ExecutorError("out-of-memory", `${error.message}${smallerBatch(plan.batch)}`);
      throw error;
    }
  }

  private constructor(
    gpu: Gpu,
    program: Program,
    memory: Memory,
    [train, evaluate, averages]: readonly Commands[],
    trainList: readonly Dispatch[],
    loaded: ReturnType<typeof loadedValues>,
  ) {
    this.plan = program.plan;
    this.#gpu = gpu;
    this.#program = program;
    this.#memory = memory;
    this.#train = train!;
    this.#trainList = trainList;
    this.#evaluate = evaluate!;
    this.#evaluateAverages = averages!;
    this.#names = readable(this.plan);
    const pace = (pass: Pass) => new Pace(guessedMs(intensityOf(this.plan, pass).total.macs, gpu));
    this.#trainPace = pace("training");
    this.#evaluatePace = pace("inference");
    const length = memory.lengthOf("host");
    this.#table = new Float32Array(memory.rows * length);
    this.#rows = Array.from({ length: memory.rows }, (_, row) => {
      const at = [this.#table.buffer, 4 * row * length, length] as const;
      return { floats: new Float32Array(...at), words: new Uint32Array(...at) };
    });
    for (const [tensor, values] of loaded) memory.write(tensor, values);
    for (const [tensor, values] of program.constants) memory.write(tensor, values);
    for (const [tensor, make] of program.addressTables) {
      const words = make((ids) => memory.bind(ids, "read", 0).offsets);
      memory.write(tensor, new Float32Array(words.buffer as ArrayBuffer));
    }
  }

  /** Bytes of GPU memory that this session holds. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  get halves(): ReadonlySet<TensorId> {
    return this.#program.halves;
  }

  /** Dispatches of a training step. */
  get dispatches(): number {
    return this.#train.count;
  }

  get atOnce(): { readonly steps: number; readonly evaluations: number } {
    const { rows } = this.#memory;
    return {
      steps: Math.min(rows, this.#trainPace.atOnce),
      evaluations: Math.min(rows, this.#evaluatePace.atOnce),
    };
  }

  async step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    const [result] = await this.steps([{ batch, learningRate, ...(keep ? { keep } : {}) }]);
    return result!;
  }

  steps(steps: readonly StepRequest[]): Promise<BatchResult[]> {
    return this.#inRuns(
      steps.map(({ batch }) => batch),
      this.#train,
      this.#trainPace,
      (i, { floats }) => {
        const { batch, learningRate, keep } = steps[i]!;
        checkBatch(this.plan, batch, { partial: false });
        writeKeep(this.plan, keep, (tensor, factors) => floats.set(factors, this.#memory.offsetOf(tensor)));
        floats[this.#memory.offsetOf(this.plan.kept.learningRate)] = learningRate;
      },
    );
  }

  async evaluate(batch: Batch, weights?: Weights): Promise<BatchResult> {
    const [result] = await this.evaluations([batch], weights);
    return result!;
  }

  async evaluations(batches: readonly Batch[], weights: Weights = "trained"): Promise<BatchResult[]> {
    checkWeights(this.plan, weights);
    const commands = weights === "trained" ? this.#evaluate : this.#evaluateAverages;
    return this.#inRuns(batches, commands, this.#evaluatePace, (i) =>
      checkBatch(this.plan, batches[i]!, { partial: true }),
    );
  }

  /**
   * The time of every dispatch of a training step, each measured alone. What the tensors hold afterwards means nothing:
   * updates are repeated, too.
   */
  async profile(onDispatch?: (done: number, of: number) => void): Promise<readonly KernelTime[]> {
    this.#check();
    const dispatches = this.#trainList.slice(gatherDispatches);
    const stopwatch = new Stopwatch(this.#gpu);
    try {
      const times: KernelTime[] = [];
      for (const [i, { call, kernel }] of dispatches.entries()) {
        const record = (pass: GPUComputePassEncoder, repeats: number) =>
          this.#train.repeat(pass, gatherDispatches + i, repeats);
        times.push({ call, kernel: kernel.name, ms: await this.#settled(stopwatch.least(record)) });
        onDispatch?.(i + 1, dispatches.length);
      }
      return times;
    } finally {
      stopwatch.dispose();
    }
  }

  async read(name: string): Promise<Float32Array> {
    this.#check();
    const tensor = this.#names.get(name);
    if (tensor === undefined)
      throw new ExecutorError("misuse", `no tensor "${name}" can be read from this plan`);
    const [values] = await this.#read([tensor]);
    return values!;
  }

  async readState(weights: Weights = "trained"): Promise<ModelState> {
    return this.#copies(stateTensors(this.plan, weights));
  }

  async readCheckpoint(): Promise<ModelState> {
    return this.#copies(checkpointTensors(this.plan));
  }

  dispose(): void {
    if (!this.#disposed) this.#memory.dispose();
    this.#disposed = true;
  }

  async #copies(tensors: ReadonlyMap<string, TensorId>): Promise<ModelState> {
    this.#check();
    const values = await this.#read([...tensors.values()]);
    return new Map([...tensors.keys()].map((name, i) => [name, values[i]!]));
  }

  #check(): void {
    if (this.#disposed) throw new ExecutorError("misuse", "this session has been disposed of");
    this.#gpu.check();
  }

  /** Runs the list once a batch, with one read-back for as many as the table holds. */
  async #inRuns(
    batches: readonly Batch[],
    commands: Commands,
    pace: Pace,
    prepare: (i: number, row: Row) => void,
  ): Promise<BatchResult[]> {
    this.#check();
    const results: BatchResult[] = [];
    for (let from = 0; from < batches.length; ) {
      const end = this.#endOfRun(batches, from);
      results.push(...(await this.#run(batches, from, end, commands, pace, prepare)));
      from = end;
    }
    return results;
  }

  /** Values that are given lie in one place: the next batch of them has to wait. So it is with pixels of two sets. */
  #endOfRun(batches: readonly Batch[], from: number): number {
    const last = Math.min(batches.length, from + this.#memory.rows);
    let pixels = broughtBy(batches[from]!)?.pixels.length ?? 0;
    let end = from + 1;
    for (; end < last && batches[end]!.from === "resident"; end++) {
      const brought = broughtBy(batches[end]!);
      if (brought === undefined) continue;
      pixels += brought.pixels.length;
      if (pixels > mostPixels || brought.images !== imagesOf(batches[from]!)) break;
    }
    return end;
  }

  async #run(
    batches: readonly Batch[],
    from: number,
    end: number,
    commands: Commands,
    pace: Pace,
    prepare: (i: number, row: Row) => void,
  ): Promise<BatchResult[]> {
    const started = performance.now();
    const { queue } = this.#gpu.device;
    const steps = end - from;
    const brought = this.#bringPixels(batches, from, end);
    for (let i = from; i < end; i++) {
      prepare(i, this.#rows[i - from]!);
      this.#prepareBatch(batches[i]!, this.#rows[i - from]!, brought.get(batches[i]!));
    }
    this.#memory.writeTable(this.#table, steps);
    const { stepsPerSubmit, submitsPerStep } = pace;
    for (let step = 0; step < steps; ) {
      const last = Math.min(steps, step + stepsPerSubmit);
      let encoder = this.#gpu.device.createCommandEncoder();
      for (; step < last; step++)
        encoder = this.#record(batches[from + step]!, step, commands, encoder, submitsPerStep);
      queue.submit([encoder.finish()]);
    }
    const metrics = await this.#settled(this.#memory.readMetrics(steps));
    pace.measured(steps, performance.now() - started);
    return Array.from({ length: steps }, (_, step) => ({
      lossSum: metrics[2 * step]!,
      correct: metrics[2 * step + 1]!,
      count: countOf(batches[from + step]!, this.plan),
    }));
  }

  /** One run of the list: its row first, its metrics behind it. */
  #record(
    batch: Batch,
    row: number,
    commands: Commands,
    encoder: GPUCommandEncoder,
    submits: number,
  ): GPUCommandEncoder {
    this.#memory.takeRow(encoder, row);
    if (batch.from === "resident") commands.bindResident(batch.images as WebGpuImages);
    const last = commands.encode(encoder, batch.from === "resident" ? 0 : gatherDispatches, submits);
    this.#memory.keepMetrics(last, this.plan.kept.metrics, row);
    return last;
  }

  /** Sends the pixels that the run's batches bring along. @returns where each batch's begin. */
  #bringPixels(batches: readonly Batch[], from: number, end: number): ReadonlyMap<Batch, number> {
    const bringing = batches.slice(from, end).flatMap((batch) => {
      const brought = broughtBy(batch);
      return brought === undefined ? [] : [{ batch, ...brought }];
    });
    const [first] = bringing;
    if (!(first?.images instanceof WebGpuImages)) return new Map();
    const starts = first.images.brought.send(bringing.map(({ pixels }) => pixels));
    return new Map(bringing.map(({ batch }, i) => [batch, starts[i]!]));
  }

  #prepareBatch(batch: Batch, { floats, words }: Row, pixels: number | undefined): void {
    const { kept, gather } = this.plan;
    if (batch.from === "values") {
      this.#memory.write(kept.images, batch.images);
      this.#memory.write(kept.targets, batch.targets);
      return;
    }
    const { images, indices } = batch;
    if (!(images instanceof WebGpuImages && images.held))
      throw new ExecutorError("misuse", "these images are not attached to this executor");
    writeInputRows(this.plan, batch, floats.subarray(this.#memory.offsetOf(gather.in.transforms)));
    words.set(indices, this.#memory.offsetOf(this.#program.indices));
    const at = this.#memory.offsetOf(this.#program.batchWords);
    words[at] = indices.length;
    words[at + 1] = images.labelStart;
    words[at + 2] = images.shape[0];
    words[at + 3] = images.shape[1];
    words[at + 4] = pixels === undefined ? 0 : 1 + pixels;
  }

  #read(tensors: readonly TensorId[]): Promise<Float32Array[]> {
    return this.#settled(this.#memory.readBack(tensors, this.#gpu.device.createCommandEncoder()));
  }

  async #settled<Value>(promise: Promise<Value>): Promise<Value> {
    try {
      return await promise;
    } catch (error) {
      throw await this.#gpu.explain(error);
    }
  }
}

/** A step's words, as floats and as integers. */
interface Row {
  readonly floats: Float32Array<ArrayBuffer>;
  readonly words: Uint32Array<ArrayBuffer>;
}

function imagesOf(batch: Batch): ImageHandle | undefined {
  return batch.from === "resident" ? batch.images : undefined;
}

/** Pixels of its own, and the set whose place they take. */
function broughtBy(batch: Batch): { readonly images: ImageHandle; readonly pixels: Uint8Array } | undefined {
  const pixels = batch.from === "resident" ? batch.transforms?.pixels : undefined;
  return batch.from === "resident" && pixels ? { images: batch.images, pixels } : undefined;
}

function countOf(batch: Batch, plan: Plan): number {
  return batch.from === "resident" ? batch.indices.length : plan.batch;
}

function smallerBatch(batch: number): string {
  return batch > 1 ? `; try a batch of ${Math.max(1, batch >> 1)}` : "";
}
