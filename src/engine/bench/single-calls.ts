import type { KernelCall } from "../plan/calls.ts";
import type { Plan, PlannedTensor } from "../plan/plan.ts";
import { trafficOf } from "../plan/traffic.ts";
import type { Executor, Session } from "../runtime/executor.ts";

export interface KernelCase {
  readonly name: string;
  readonly call: KernelCall;
  /** Of the operands, which are numbered from 0. */
  readonly lengths: readonly number[];
}

export interface SingleCall {
  /** The least of its times. */
  readonly ms: number;
  /** Of its operands, as they are stored. */
  readonly bytes: number;
}

/**
 * Least time of one call on random operands (numbered from 0, of the given lengths): as the executor's own profile
 * has it, else of calls over about `ms`.
 */
export async function runSingleCalls(
  executor: Executor,
  call: KernelCall,
  lengths: readonly number[],
  ms: number,
): Promise<SingleCall> {
  const plan = planOf(call, lengths);
  const state = new Map(lengths.map((length, id) => [`t${id}`, noise(length)]));
  const session = await executor.load(plan, state);
  try {
    const { bytes } = trafficOf(call, plan, session.halves);
    return { ms: await leastTime(session, ms), bytes };
  } finally {
    session.dispose();
  }
}

/** By a loop: maps have millions of values. */
function noise(length: number): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = ((i * 7919) % 1000) / 500 - 0.999;
  return values;
}

async function leastTime(session: Session, ms: number): Promise<number> {
  if (session.profile) {
    const times = await session.profile();
    return times.reduce((sum, time) => sum + time.ms, 0);
  }
  const batch = { from: "values", images: new Float32Array(1), targets: new Float32Array(1) } as const;
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const from = performance.now();
    await session.evaluate(batch);
    least = Math.min(least, performance.now() - from);
  }
  return least;
}

/** A plan of one call, whose operands are running statistics: what load() sets and read() gives. */
function planOf(call: KernelCall, lengths: readonly number[]): Plan {
  const tensors: PlannedTensor[] = [];
  let filled = 0;
  const place = (name: string, length: number) => {
    const offset = filled;
    filled += Math.ceil(length / 16) * 16;
    return tensors.push({ name, buffer: "activations", offset, length }) - 1;
  };
  const statistics = lengths.map((length, id) => ({
    name: `t${id}`,
    kind: "mean" as const,
    tensor: place(`t${id}`, length),
  }));
  const names = ["images", "targets", "logits", "rate", "transforms"];
  const [images = 0, targets = 0, logits = 0, learningRate = 0, transforms = 0] = names.map((name) =>
    place(name, 1),
  );
  const metrics = place("metrics", 2);
  return {
    batch: 1,
    classes: 1,
    input: { height: 1, width: 1, channels: 1 },
    tensors,
    buffers: [{ name: "activations", length: filled }],
    parameters: [],
    statistics,
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
