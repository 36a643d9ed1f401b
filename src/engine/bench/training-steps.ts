import { buildGraph } from "../graph/build.ts";
import { complexity } from "../network/complexity.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../plan/compile.ts";
import type { Fusions } from "../plan/fusion.ts";
import { type Plan, planBytes } from "../plan/plan.ts";
import { intensityOf } from "../plan/traffic.ts";
import type { Batch, Executor } from "../runtime/executor.ts";
import { checkRoom } from "../runtime/room.ts";
import { initialState } from "../training/initialize.ts";

/** One network, loaded, that trains on the same made-up batch again and again. */
export interface TrainingSteps {
  readonly plan: Plan;
  /** Multiply-adds of a forward pass, per image. */
  readonly macsPerImage: number;
  readonly params: number;
  /** 2 per multiply-add; forward once, backward twice. */
  readonly flopsPerStep: number;
  /** All memory that the executor holds for this network. */
  readonly arenaBytes: number;
  /** Operands read and written, each counted once a call (plan/traffic.ts). */
  readonly bytesPerStep: number;
  /** Forward, loss, backward, update; milliseconds, until the new parameters are there. */
  timeStep(): Promise<number>;
  dispose(): void;
}

export async function prepareSteps(
  executor: Executor,
  spec: NetworkSpec,
  batchSize: number,
  fuse: boolean | Fusions = executor.fusions ?? true,
): Promise<TrainingSteps> {
  const graph = buildGraph(spec);
  const planAt = (size: number) => compilePlan(graph, { batch: size, optimizer: defaultOptimizer, fuse });
  const plan = planAt(batchSize);
  checkRoom(executor, plan, planAt);
  const session = await executor.load(plan, initialState(plan, 1));
  const batch = syntheticBatch(plan);
  const { flops, params } = complexity(spec);
  return {
    plan,
    macsPerImage: flops,
    params,
    flopsPerStep: 6 * flops * batchSize,
    arenaBytes: "bytes" in session && typeof session.bytes === "number" ? session.bytes : planBytes(plan),
    bytesPerStep: intensityOf(plan, "training", session.halves).total.bytes,
    async timeStep() {
      const from = performance.now();
      await session.step(batch, 0.01);
      return performance.now() - from;
    },
    dispose: () => session.dispose(),
  };
}

/** Images of no meaning and a label each: what they are does not change what a step costs. */
function syntheticBatch({ batch, classes, input }: Plan): Batch {
  const noise = (i: number) => ((i * 7919) % 1000) / 500 - 1;
  const label = (image: number) => (7 * image) % classes;
  return {
    from: "values",
    images: Float32Array.from({ length: batch * input.height * input.width * input.channels }, (_, i) =>
      noise(i),
    ),
    targets: Float32Array.from({ length: batch * classes }, (_, i) =>
      i % classes === label(Math.floor(i / classes)) ? 1 : 0,
    ),
  };
}

/** The middle of the values; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
