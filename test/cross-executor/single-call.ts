import type { TensorId } from "../../src/engine/plan/call.ts";
import type { KernelCall } from "../../src/engine/plan/calls.ts";
import { readsOf, writesOf } from "../../src/engine/plan/calls.ts";
import type { Plan, PlannedTensor } from "../../src/engine/plan/plan.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";

type Floats = Float32Array | Float64Array;

/** A call whose operands are numbered as the keys of `lengths` say. */
export interface CallCase {
  readonly call: KernelCall;
  /** float32 elements of every operand. */
  readonly lengths: ReadonlyMap<TensorId, number>;
  /** Typical size of an output that may come out near 0 by cancellation: √n for a sum of n ordinary products. */
  readonly magnitude?: number;
}

/**
 * Runs one kernel call on any executor through its public contract: a plan of one call, whose operands are all running
 * statistics, so that load() sets the inputs and read() gives the outputs.
 * @param plan another one of the same operands, by whose calls this one is made.
 * @returns the values of the tensors that the call writes.
 */
export async function runSingleCall(
  executor: Executor,
  { call, lengths }: CallCase,
  inputs: ReadonlyMap<TensorId, Floats>,
  plan = planOf(call, lengths),
): Promise<ReadonlyMap<TensorId, Floats>> {
  const state = new Map(
    [...lengths].map(([id, length]) => [name(id), inputs.get(id) ?? new Float32Array(length)] as const),
  );
  const session = await executor.load(plan, state);
  try {
    await session.evaluate({
      from: "values",
      images: new Float32Array(1),
      targets: new Float32Array(1),
    });
    const outputs = new Map<TensorId, Floats>();
    for (const id of writesOf(call)) outputs.set(id, await session.read(name(id)));
    return outputs;
  } finally {
    session.dispose();
  }
}

function name(id: TensorId): string {
  return `t${id}`;
}

/** Operands from 0 on, then what every plan has: images, targets, logits, metrics, learning rate. */
export function planOf(call: KernelCall, lengths: ReadonlyMap<TensorId, number>): Plan {
  const tensors: PlannedTensor[] = [];
  const filled = { state: 0, activations: 0, host: 0 };
  const place = (buffer: keyof typeof filled, label: string, length: number): TensorId => {
    const offset = filled[buffer];
    filled[buffer] += Math.ceil(length / 16) * 16;
    return tensors.push({ name: label, buffer, offset, length }) - 1;
  };
  for (const id of [...new Set([...readsOf(call), ...writesOf(call)])].sort((a, b) => a - b)) {
    const length = lengths.get(id);
    if (length === undefined || place("state", name(id), length) !== id)
      throw new RangeError(`operands are numbered from 0 without gaps; ${id} is not`);
  }
  const operands = tensors.map((_, id) => id);
  const images = place("activations", "images", 1);
  const targets = place("activations", "targets", 1);
  const logits = place("activations", "logits", 1);
  const metrics = place("activations", "metrics", 2);
  const learningRate = place("host", "learningRate", 1);
  const transforms = place("host", "transforms", 1);
  return {
    batch: 1,
    classes: 1,
    input: { height: 1, width: 1, channels: 1 },
    tensors,
    buffers: [
      ...(["parameters", "gradients", "velocity"] as const).map((buffer) => ({ name: buffer, length: 0 })),
      ...(["state", "host", "activations"] as const).map((buffer) => ({
        name: buffer,
        length: filled[buffer],
      })),
    ],
    parameters: [],
    statistics: operands.map((tensor) => ({ name: name(tensor), kind: "mean", tensor })),
    drops: [],
    gather: {
      op: "gather",
      label: "input",
      in: { transforms },
      out: { images, targets },
      update: {},
      attrs: { batch: 1, height: 1, width: 1, channels: 1, classes: 1, labelSmoothing: 0 },
    },
    train: [call],
    evaluate: [call],
    kept: { images, targets, logits, metrics, learningRate, outputs: {} },
  };
}
