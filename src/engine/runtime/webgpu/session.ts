import type { TensorId } from "../../plan/call.ts";
import type { Plan } from "../../plan/plan.ts";
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
  type ModelState,
  type Session,
  type Weights,
} from "../executor.ts";
import { type ResidentBatch, writeInputRows } from "../input-rows.ts";
import { readable } from "../readable.ts";
import { Commands } from "./commands.ts";
import type { Gpu } from "./device.ts";
import { WebGpuImages } from "./images.ts";
import { createProgram, lowerCall } from "./lower/lower.ts";
import { Memory } from "./memory.ts";
import type { Pipelines } from "./pipelines.ts";
import { placeTensors } from "./placement.ts";
import type { Program } from "./program.ts";
import type { Tiles } from "./tiles.ts";

/** Dispatches that bring a batch of resident images: the first of a list, left out where values are given. */
const gatherDispatches = 1;

/** Longer submits are cut: systems reset a GPU that does not answer for a second or two. */
const longestSubmitMs = 250;

/** One network on the GPU: its buffers, and its calls as commands that are only replayed. */
export class WebGpuSession implements Session {
  readonly plan: Plan;
  readonly #gpu: Gpu;
  readonly #names: ReadonlyMap<string, TensorId>;
  readonly #program: Program;
  readonly #memory: Memory;
  readonly #train: Commands;
  readonly #evaluate: Commands;
  readonly #evaluateAverages: Commands;
  /** The host buffer's words, as floats and as integers: written to the GPU in one piece before every step. */
  readonly #host: Float32Array<ArrayBuffer>;
  readonly #hostWords: Uint32Array<ArrayBuffer>;
  #submits = 1;
  #disposed = false;

  /** @throws ExecutorError "out-of-memory" if the plan does not fit. */
  static async load(
    gpu: Gpu,
    pipelines: Pipelines,
    tiles: Tiles,
    plan: Plan,
    state: ModelState,
  ): Promise<WebGpuSession> {
    const loaded = loadedValues(plan, state);
    const program = createProgram(plan, tiles);
    const train = program.list([plan.gather, ...plan.train], lowerCall);
    const evaluate = program.list([plan.gather, ...plan.evaluate], lowerCall);
    const averages = program.list(
      plan.evaluateAverages ? [plan.gather, ...plan.evaluateAverages] : [],
      lowerCall,
    );
    const lists = [train, evaluate, averages];
    const placement = placeTensors(program, lists);
    let memory: Memory | undefined;
    try {
      return await gpu.guarded(`a network at batch ${plan.batch}`, async () => {
        memory = new Memory(gpu, placement, lists.flat().length);
        const own = memory;
        let slot = 0;
        const commands = lists.map((list) => {
          const first = slot;
          slot += list.length;
          return Commands.of(gpu, pipelines, own, list, first);
        });
        const made = await Promise.all(commands);
        memory.flush();
        return new WebGpuSession(gpu, program, memory, made, loaded);
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
    loaded: ReturnType<typeof loadedValues>,
  ) {
    this.plan = program.plan;
    this.#gpu = gpu;
    this.#program = program;
    this.#memory = memory;
    this.#train = train!;
    this.#evaluate = evaluate!;
    this.#evaluateAverages = averages!;
    this.#names = readable(this.plan);
    this.#host = new Float32Array(memory.lengthOf("host"));
    this.#hostWords = new Uint32Array(this.#host.buffer);
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

  /** Dispatches of a training step. */
  get dispatches(): number {
    return this.#train.count;
  }

  async step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    this.#check();
    checkBatch(this.plan, batch, { partial: false });
    writeKeep(this.plan, keep, (tensor, factors) => this.#host.set(factors, this.#memory.offsetOf(tensor)));
    this.#host[this.#memory.offsetOf(this.plan.kept.learningRate)] = learningRate;
    return this.#run(batch, this.#train);
  }

  async evaluate(batch: Batch, weights: Weights = "trained"): Promise<BatchResult> {
    this.#check();
    checkBatch(this.plan, batch, { partial: true });
    checkWeights(this.plan, weights);
    return this.#run(batch, weights === "trained" ? this.#evaluate : this.#evaluateAverages);
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

  async #run(batch: Batch, commands: Commands): Promise<BatchResult> {
    const { device } = this.#gpu;
    const { kept } = this.plan;
    let count = this.plan.batch;
    let from = gatherDispatches;
    if (batch.from === "values") {
      this.#memory.write(kept.images, batch.images);
      this.#memory.write(kept.targets, batch.targets);
    } else {
      this.#prepareGather(batch, commands);
      count = batch.indices.length;
      from = 0;
    }
    device.queue.writeBuffer(this.#memory.named("host"), 0, this.#host);
    const started = performance.now();
    const encoder = commands.encode(from, this.#submits);
    const [metrics] = await this.#settled(this.#memory.readBack([kept.metrics], encoder));
    this.#adapt(performance.now() - started, commands.count);
    const [lossSum = Number.NaN, correct = 0] = metrics ?? [];
    return { lossSum, correct, count };
  }

  #prepareGather(batch: ResidentBatch, commands: Commands): void {
    const { images, indices } = batch;
    if (!(images instanceof WebGpuImages && images.held))
      throw new ExecutorError("misuse", "these images are not attached to this executor");
    const { transforms } = this.plan.gather.in;
    writeInputRows(this.plan, batch, this.#host.subarray(this.#memory.offsetOf(transforms)));
    commands.bindResident(images);
    const [height, width] = images.shape;
    const words = [indices.length, images.labelStart, height, width];
    this.#hostWords.set(indices, this.#memory.offsetOf(this.#program.indices));
    this.#hostWords.set(words, this.#memory.offsetOf(this.#program.batchWords));
  }

  /** Cuts steps into so many submits that each stays short. */
  #adapt(ms: number, dispatches: number): void {
    if (ms / this.#submits > longestSubmitMs)
      this.#submits = Math.min(dispatches, Math.ceil(ms / longestSubmitMs));
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

function smallerBatch(batch: number): string {
  return batch > 1 ? `; try a batch of ${Math.max(1, batch >> 1)}` : "";
}
