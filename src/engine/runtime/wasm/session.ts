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
import { WasmImages } from "./images.ts";
import type { Kernels } from "./kernels.ts";
import type { LoweredPlan } from "./lower/plan-program.ts";
import type { Program, RecordInfo, RecordList } from "./lower/program.ts";
import { indexTable } from "./lower/step.ts";
import type { LinearMemory } from "./memory.ts";
import { fieldWord, recordWords } from "./records.ts";
import type { ThreadPool } from "./thread-pool.ts";

/** Called around every share of every record of a step, in place of the walk inside the module. */
export type RecordObserver = (record: RecordInfo, share: number, run: () => void) => void;

export interface SessionOptions {
  /**
   * Cuts each record into so many shares, done by turns on one thread, the last first: for tests that results depend
   * neither on their number nor on their order, and to see how even they are.
   */
  readonly shares?: number;
  readonly observe?: RecordObserver;
}

/** Records of a list that bring a batch of resident images; left out where values are given. */
const gatherRecords = 1;

/** One network in linear memory: the plan's buffers, tables, records and scratch in one span. */
export class WasmSession implements Session {
  readonly plan: Plan;
  readonly #kernels: Kernels;
  readonly #memory: LinearMemory;
  readonly #names: ReadonlyMap<string, TensorId>;
  readonly #program: Program;
  readonly #train: RecordList;
  readonly #evaluate: RecordList;
  readonly #evaluateAverages: RecordList;
  readonly #base: number;
  readonly #pool: ThreadPool | undefined;
  readonly #shares: number;
  readonly #observe: RecordObserver | undefined;
  #disposed = false;
  /** A step that was cut short has left its values half written. */
  #interrupted = false;

  constructor(
    kernels: Kernels,
    memory: LinearMemory,
    plan: Plan,
    lowered: LoweredPlan,
    state: ModelState,
    options: SessionOptions,
    pool?: ThreadPool,
  ) {
    const loaded = loadedValues(plan, state);
    this.plan = plan;
    this.#kernels = kernels;
    this.#memory = memory;
    this.#pool = pool;
    this.#shares = options.shares ?? 1;
    this.#observe = options.observe;
    this.#names = readable(plan);
    this.#program = lowered.program;
    this.#train = lowered.train;
    this.#evaluate = lowered.evaluate;
    this.#evaluateAverages = lowered.evaluateAverages;
    this.#base = memory.allocate(this.#program.bytes, `a network at batch ${plan.batch}`);
    this.#program.encode(memory.memory.buffer, this.#base);
    // Momenta, and gradients read before the first step, start at 0. Activations are written whole before they are read.
    for (const { name, start, bytes } of this.#program.buffers)
      if (name !== "activations") memory.bytes(this.#base + start, bytes).fill(0);
    for (const [tensor, values] of loaded) this.#values(tensor).set(values);
  }

  /** Bytes of linear memory that this session holds. */
  get bytes(): number {
    return this.#program.bytes;
  }

  async step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    this.#check();
    checkBatch(this.plan, batch, { partial: false });
    writeKeep(this.plan, keep, (tensor, factors) => this.#values(tensor).set(factors));
    this.#values(this.plan.kept.learningRate)[0] = learningRate;
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
    return this.#values(tensor).slice();
  }

  async readState(weights: Weights = "trained"): Promise<ModelState> {
    this.#check();
    return this.#copies(stateTensors(this.plan, weights));
  }

  async readCheckpoint(): Promise<ModelState> {
    this.#check();
    return this.#copies(checkpointTensors(this.plan));
  }

  dispose(): void {
    if (!this.#disposed) this.#memory.free(this.#base);
    this.#disposed = true;
  }

  #copies(tensors: ReadonlyMap<string, TensorId>): ModelState {
    return new Map([...tensors].map(([name, tensor]) => [name, this.#values(tensor).slice()]));
  }

  #check(): void {
    if (this.#disposed) throw new ExecutorError("misuse", "this session has been disposed of");
    if (this.#interrupted)
      throw new ExecutorError("interrupted", "an earlier step of this session was cut short");
  }

  async #run(batch: Batch, list: RecordList): Promise<BatchResult> {
    let count = this.plan.batch;
    if (batch.from === "values") {
      this.#values(this.plan.kept.images).set(batch.images);
      this.#values(this.plan.kept.targets).set(batch.targets);
      await this.#walk(list, gatherRecords);
    } else {
      this.#prepareGather(batch, list);
      count = batch.indices.length;
      await this.#walk(list, 0);
    }
    const [lossSum = Number.NaN, correct = 0] = this.#values(this.plan.kept.metrics);
    return { lossSum, correct, count };
  }

  /** Tells the list's first record where the images are, which, and what is done to them. */
  #prepareGather(batch: ResidentBatch, list: RecordList): void {
    const { images, indices, transforms } = batch;
    if (!(images instanceof WasmImages && images.held))
      throw new ExecutorError("misuse", "these images are not attached to this executor");
    const { bytes, labels, values, shape } = images;
    const [sourceHeight, sourceWidth] = shape;
    writeInputRows(this.plan, batch, this.#values(this.plan.gather.in.transforms));
    const own = transforms?.pixels ? images.place(transforms.pixels) : 0;
    const fields = { bytes, labels, values, sourceHeight, sourceWidth, own, count: indices.length };
    const record = this.#memory.words(this.#address(list, 0), recordWords);
    for (const [field, value] of Object.entries(fields) as [keyof typeof fields, number][])
      record[fieldWord("gather", field)] = value;
    const table = this.#base + this.#program.offsetOf(indexTable(this.#program, this.plan.batch));
    this.#memory.words(table, indices.length).set(indices);
  }

  async #walk(list: RecordList, from: number): Promise<void> {
    const count = list.records.length - from;
    if (this.#pool !== undefined) {
      this.#interrupted = true;
      const wrong = await this.#pool.run(this.#address(list, from), count);
      this.#interrupted = false;
      this.#checkRecord(list, from, wrong);
      return;
    }
    if (this.#shares === 1 && this.#observe === undefined) {
      this.#runShare(list, from, count, 0);
      return;
    }
    for (let i = from; i < list.records.length; i++)
      for (let share = this.#shares - 1; share >= 0; share--) {
        const run = () => this.#runShare(list, i, 1, share);
        if (this.#observe) this.#observe(list.records[i] as RecordInfo, share, run);
        else run();
      }
  }

  #runShare(list: RecordList, from: number, count: number, share: number): void {
    const wrong = this.#kernels.run(this.#address(list, from), count, share, this.#shares, 0);
    this.#checkRecord(list, from, wrong);
  }

  /** @param wrong position, from 1, of a record after `from` that is none; 0 if all are. */
  #checkRecord(list: RecordList, from: number, wrong: number): void {
    if (wrong === 0) return;
    const record = list.records[from + wrong - 1];
    throw new ExecutorError(
      "lost",
      `the kernels do not know ${record?.kernel} (${record?.call?.label}): build them again`,
    );
  }

  #address(list: RecordList, position: number): number {
    return this.#base + this.#program.offsetOfRecord(list.first + position);
  }

  #values(id: TensorId): Float32Array {
    const length = this.plan.tensors[id]?.length ?? 0;
    return this.#memory.floats(this.#base + this.#program.offsetOf(this.#program.at(id)), length);
  }
}
