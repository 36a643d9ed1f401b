import type { TensorId } from "../plan/call.ts";
import type { Plan } from "../plan/plan.ts";
import { type Batch, ExecutorError, type ModelState, type Weights } from "./executor.ts";

/**
 * What load() writes, by tensor: every parameter and statistic; momenta where they are given, they begin as 0 otherwise;
 * moving averages as they are given, or as what they average. Entries that the plan has no use for are left out.
 *
 * @throws ExecutorError "misuse" where a parameter or statistic is missing, or a length is wrong.
 */
export function loadedValues(
  plan: Plan,
  state: ModelState,
): readonly (readonly [TensorId, Float32Array | Float64Array])[] {
  return [...checkpointTensors(plan)].flatMap(([name, tensor]) => {
    const given = state.get(name) ?? state.get(name.replace(/^ema:/, ""));
    if (given === undefined && name.startsWith("momentum:")) return [];
    const length = plan.tensors[tensor]?.length;
    if (given === undefined || given.length !== length)
      throw new ExecutorError("misuse", `${name}: ${given?.length ?? "no"} values given, ${length} needed`);
    return [[tensor, given] as const];
  });
}

/** All that outlives a step, by name: parameters, statistics, and their momenta and moving averages. */
export function checkpointTensors(plan: Plan): ReadonlyMap<string, TensorId> {
  const tensors = new Map<string, TensorId>();
  for (const { name, tensor, average } of [...plan.parameters, ...plan.statistics]) {
    tensors.set(name, tensor);
    if (average !== undefined) tensors.set(`ema:${name}`, average);
  }
  for (const { name, momentum } of plan.parameters) tensors.set(`momentum:${name}`, momentum);
  return tensors;
}

/** A batch must fill the plan, or, where it may be partial, not exceed it. */
export function checkBatch(plan: Plan, batch: Batch, { partial }: { partial: boolean }): void {
  if (batch.from === "values") {
    for (const [what, given, tensor] of [
      ["images", batch.images.length, plan.kept.images],
      ["targets", batch.targets.length, plan.kept.targets],
    ] as const) {
      const needed = plan.tensors[tensor]?.length;
      if (given !== needed)
        throw new ExecutorError("misuse", `${what}: ${given} values given, ${needed} needed`);
    }
    return;
  }
  const { length } = batch.indices;
  const [, , channels] = batch.images.shape;
  if (channels !== plan.input.channels)
    throw new ExecutorError(
      "misuse",
      `images of ${channels} channels, the network takes ${plan.input.channels}`,
    );
  if (length > plan.batch || (length < plan.batch && !partial) || length === 0)
    throw new ExecutorError("misuse", `${length} images for a plan of ${plan.batch}`);
  const outside = batch.indices.find((index) => index >= batch.images.count);
  if (outside !== undefined)
    throw new ExecutorError("misuse", `image ${outside} of a set of ${batch.images.count}`);
}

/** Moving averages are there only where the optimizer keeps them. */
export function checkWeights(plan: Plan, weights: Weights): void {
  if (weights === "averages" && plan.evaluateAverages === undefined)
    throw new ExecutorError("misuse", "this plan has no moving averages: its optimizer has no `ema`");
}

/** Tensors of all parameters and statistics, or of their moving averages, by name. */
export function stateTensors(plan: Plan, weights: Weights): ReadonlyMap<string, TensorId> {
  checkWeights(plan, weights);
  return new Map(
    [...plan.parameters, ...plan.statistics].map(({ name, tensor, average }) => [
      name,
      weights === "averages" ? (average ?? tensor) : tensor,
    ]),
  );
}

/** How many factors a step takes for what training leaves out at random. */
export function keepLength({ drops, batch }: Pick<Plan, "drops" | "batch">): number {
  return drops.reduce((sum, { perImage }) => sum + perImage * batch, 0);
}

/** Gives each of the plan's drops its factors: all are given, or none for "keep everything". */
export function writeKeep(
  plan: Plan,
  keep: Float32Array | undefined,
  write: (tensor: TensorId, factors: Float32Array) => void,
): void {
  const needed = keepLength(plan);
  if (keep !== undefined && keep.length !== needed)
    throw new ExecutorError("misuse", `keep: ${keep.length} factors given, ${needed} needed`);
  const factors = keep ?? new Float32Array(needed).fill(1);
  let start = 0;
  for (const { tensor, perImage } of plan.drops) {
    const end = start + perImage * plan.batch;
    write(tensor, factors.subarray(start, end));
    start = end;
  }
}
