import type { TensorId } from "../../plan/call.ts";
import type { KernelCall } from "../../plan/calls.ts";
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
  type Executor,
  ExecutorError,
  type ImageHandle,
  type ModelState,
  type ResidentImages,
  type Session,
  type Weights,
} from "../executor.ts";
import { pixelsIn } from "../image-set.ts";
import { writeInputRows } from "../input-rows.ts";
import { readable } from "../readable.ts";
import { gather } from "./kernels/gather.ts";
import { runCall } from "./run-call.ts";

/** The oracle: every kernel as plain loops in double precision. Slow by intention; nothing in it is clever. */
export function createReferenceExecutor(): Executor {
  return {
    kind: "reference",
    device: "reference float64",
    attach: async (images) => new ReferenceImages(images),
    load: async (plan, state) => new ReferenceSession(plan, state),
    dispose: async () => {},
  };
}

class ReferenceImages implements ImageHandle {
  readonly count: number;
  readonly shape: ResidentImages["shape"];
  set: ResidentImages | undefined;

  constructor(set: ResidentImages) {
    this.count = set.count;
    this.shape = set.shape;
    this.set = set;
  }

  pixelsOf(image: number): Uint8Array {
    if (this.set === undefined) throw new ExecutorError("misuse", "these images have been disposed of");
    return pixelsIn(this.set, image);
  }

  dispose(): void {
    this.set = undefined;
  }
}

class ReferenceSession implements Session {
  readonly plan: Plan;
  /** By tensor id. */
  readonly #tensors: readonly Float64Array[];
  readonly #names: ReadonlyMap<string, TensorId>;

  constructor(plan: Plan, state: ModelState) {
    const loaded = loadedValues(plan, state);
    this.plan = plan;
    const buffers = new Map(plan.buffers.map(({ name, length }) => [name, new Float64Array(length)]));
    this.#tensors = plan.tensors.map(({ name, buffer, offset, length }) => {
      const values = buffers.get(buffer);
      if (values === undefined) throw new ExecutorError("misuse", `tensor ${name}: no buffer ${buffer}`);
      return values.subarray(offset, offset + length);
    });
    this.#names = readable(plan);
    for (const [tensor, values] of loaded) this.#values(tensor).set(values);
  }

  async step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult> {
    checkBatch(this.plan, batch, { partial: false });
    writeKeep(this.plan, keep, (tensor, factors) => this.#values(tensor).set(factors));
    this.#values(this.plan.kept.learningRate)[0] = learningRate;
    return this.#run(batch, this.plan.train);
  }

  async evaluate(batch: Batch, weights: Weights = "trained"): Promise<BatchResult> {
    checkBatch(this.plan, batch, { partial: true });
    checkWeights(this.plan, weights);
    const { evaluate, evaluateAverages = evaluate } = this.plan;
    return this.#run(batch, weights === "trained" ? evaluate : evaluateAverages);
  }

  async read(name: string): Promise<Float64Array> {
    const tensor = this.#names.get(name);
    if (tensor === undefined)
      throw new ExecutorError("misuse", `no tensor "${name}" can be read from this plan`);
    return this.#values(tensor).slice();
  }

  async readState(weights: Weights = "trained"): Promise<ModelState> {
    return this.#copies(stateTensors(this.plan, weights));
  }

  async readCheckpoint(): Promise<ModelState> {
    return this.#copies(checkpointTensors(this.plan));
  }

  dispose(): void {
    // The garbage collector frees the arrays.
  }

  #copies(tensors: ReadonlyMap<string, TensorId>): ModelState {
    return new Map([...tensors].map(([name, tensor]) => [name, this.#values(tensor).slice()]));
  }

  #run(batch: Batch, calls: readonly KernelCall[]): BatchResult {
    const count = this.#fill(batch);
    for (const call of calls) {
      if (call.op === "gather") throw new ExecutorError("misuse", "the input op stands outside the programs");
      runCall(call, (id) => this.#values(id));
    }
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
    const set = batch.images instanceof ReferenceImages ? batch.images.set : undefined;
    if (set === undefined)
      throw new ExecutorError("misuse", "these images are not attached to this executor");
    writeInputRows(this.plan, batch, this.#values(this.plan.gather.in.transforms));
    gather(this.plan.gather, (id) => this.#values(id), set, batch);
    return batch.indices.length;
  }

  #values(id: TensorId): Float64Array {
    const values = this.#tensors[id];
    if (values === undefined) throw new ExecutorError("misuse", `this plan has no tensor ${id}`);
    return values;
  }
}
