import type { TensorId } from "../../plan/calls.ts";
import type { Plan } from "../../plan/plan.ts";
import { checkBatch, checkKeep, checkState } from "../checks.ts";
import { type Batch, type BatchResult, ExecutorError, type ModelState, type Session } from "../executor.ts";
import { readable } from "../readable.ts";
import { WasmImages } from "./images.ts";
import type { Kernels } from "./kernels.ts";
import { lowerCall } from "./lower/lower.ts";
import { Program, type RecordInfo, type RecordList } from "./lower/program.ts";
import { indexTable } from "./lower/step.ts";
import type { LinearMemory } from "./memory.ts";
import { fieldWord, recordWords } from "./records.ts";

/** Called around every record of a step, in place of the walk inside the module. */
export type RecordObserver = (record: RecordInfo, run: () => void) => void;

export interface SessionOptions {
  /** Threads that share each record. They take turns on this thread: for tests that results do not depend on them. */
  readonly threads?: number;
  readonly observe?: RecordObserver;
}

/** One network in linear memory: the plan's buffers, tables, records and scratch in one span. */
export class WasmSession implements Session {
  readonly plan: Plan;
  readonly #kernels: Kernels;
  readonly #memory: LinearMemory;
  readonly #names: ReadonlyMap<string, TensorId>;
  readonly #program: Program;
  readonly #train: RecordList;
  readonly #evaluate: RecordList;
  readonly #gather: RecordList;
  readonly #base: number;
  readonly #threads: number;
  readonly #observe: RecordObserver | undefined;
  #disposed = false;

  constructor(
    kernels: Kernels,
    memory: LinearMemory,
    plan: Plan,
    state: ModelState,
    options: SessionOptions,
  ) {
    checkState(plan, state);
    this.plan = plan;
    this.#kernels = kernels;
    this.#memory = memory;
    this.#threads = options.threads ?? 1;
    this.#observe = options.observe;
    this.#names = readable(plan);
    this.#program = new Program(plan, this.#threads);
    this.#gather = this.#program.list([plan.gather], lowerCall);
    this.#train = this.#program.list(plan.train, lowerCall);
    this.#evaluate = this.#program.list(plan.evaluate, lowerCall);
    this.#base = memory.allocate(this.#program.bytes, `a network at batch ${plan.batch}`);
    this.#program.encode(memory.memory.buffer, this.#base);
    // Momenta, and gradients read before the first step, start at 0. Activations are written whole before they are read.
    for (const { name, start, bytes } of this.#program.buffers)
      if (name !== "activations") memory.bytes(this.#base + start, bytes).fill(0);
    for (const { name, tensor } of [...plan.parameters, ...plan.statistics])
      this.#values(tensor).set(state.get(name) ?? []);
  }

  /** Bytes of linear memory that this session holds. */
  get bytes(): number {
    return this.#program.bytes;
  }

  async step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    this.#check();
    checkBatch(this.plan, batch, { partial: false });
    const factors = checkKeep(this.plan, keep);
    this.#values(this.plan.kept.learningRate)[0] = learningRate;
    this.plan.drops.forEach(({ tensor }, i) => {
      this.#values(tensor).set(factors.subarray(i * this.plan.batch, (i + 1) * this.plan.batch));
    });
    return this.#run(batch, this.#train);
  }

  async evaluate(batch: Batch): Promise<BatchResult> {
    this.#check();
    checkBatch(this.plan, batch, { partial: true });
    return this.#run(batch, this.#evaluate);
  }

  async read(name: string): Promise<Float32Array> {
    this.#check();
    const tensor = this.#names.get(name);
    if (tensor === undefined)
      throw new ExecutorError("misuse", `no tensor "${name}" can be read from this plan`);
    return this.#values(tensor).slice();
  }

  async readState(): Promise<ModelState> {
    this.#check();
    const all = [...this.plan.parameters, ...this.plan.statistics];
    return new Map(all.map(({ name, tensor }) => [name, this.#values(tensor).slice()]));
  }

  dispose(): void {
    if (!this.#disposed) this.#memory.free(this.#base);
    this.#disposed = true;
  }

  #check(): void {
    if (this.#disposed) throw new ExecutorError("misuse", "this session has been disposed of");
  }

  #run(batch: Batch, list: RecordList): BatchResult {
    const count = this.#fill(batch);
    this.#walk(list);
    const [lossSum = Number.NaN, correct = 0] = this.#values(this.plan.kept.metrics);
    return { lossSum, correct, count };
  }

  /** Writes images and targets; gives the number of images. */
  #fill(batch: Batch): number {
    if (batch.from === "values") {
      this.#values(this.plan.kept.images).set(batch.images);
      this.#values(this.plan.kept.targets).set(batch.targets);
      return this.plan.batch;
    }
    const { images, indices } = batch;
    const { pixels, channels } = this.plan.gather.attrs;
    if (!(images instanceof WasmImages && images.held))
      throw new ExecutorError("misuse", "these images are not attached to this executor");
    if (images.imageLength !== pixels * channels)
      throw new ExecutorError(
        "misuse",
        `images of ${images.imageLength} values, the network takes ${pixels * channels}`,
      );
    const { bytes, labels, values } = images;
    this.#patchGather({ bytes, labels, values, count: indices.length });
    const table = this.#base + this.#program.offsetOf(indexTable(this.#program, this.plan.batch));
    this.#memory.words(table, indices.length).set(indices);
    this.#walk(this.#gather);
    return indices.length;
  }

  #patchGather(fields: {
    readonly bytes: number;
    readonly labels: number;
    readonly values: number;
    readonly count: number;
  }) {
    const record = this.#memory.words(this.#address(this.#gather), recordWords);
    for (const [field, value] of Object.entries(fields) as [keyof typeof fields, number][])
      record[fieldWord("gather", field)] = value;
  }

  #walk(list: RecordList): void {
    if (this.#threads === 1 && this.#observe === undefined) {
      this.#runRecords(list, 0, list.records.length, 0);
      return;
    }
    list.records.forEach((record, i) => {
      const run = () => {
        for (let thread = 0; thread < this.#threads; thread++) this.#runRecords(list, i, 1, thread);
      };
      if (this.#observe) this.#observe(record, run);
      else run();
    });
  }

  #runRecords(list: RecordList, from: number, count: number, thread: number): void {
    const wrong = this.#kernels.run(
      this.#address(list) + 4 * recordWords * from,
      count,
      thread,
      this.#threads,
    );
    if (wrong === 0) return;
    const record = list.records[from + wrong - 1];
    throw new ExecutorError(
      "lost",
      `the kernels do not know ${record?.kernel} (${record?.call?.label}): build them again`,
    );
  }

  #address(list: RecordList): number {
    return this.#base + this.#program.offsetOfRecord(list.first);
  }

  #values(id: TensorId): Float32Array {
    const length = this.plan.tensors[id]?.length ?? 0;
    return this.#memory.floats(this.#base + this.#program.offsetOf(this.#program.at(id)), length);
  }
}
