import type { Plan } from "../plan/plan.ts";
import { type Batch, ExecutorError, type ModelState } from "./executor.ts";

/** Every parameter and statistic must be there, with its length. */
export function checkState(plan: Plan, state: ModelState): void {
  for (const { name, tensor } of [...plan.parameters, ...plan.statistics]) {
    const length = plan.tensors[tensor]?.length;
    const values = state.get(name);
    if (values?.length !== length)
      throw new ExecutorError("misuse", `${name}: ${values?.length ?? "no"} values given, ${length} needed`);
  }
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
  if (length > plan.batch || (length < plan.batch && !partial) || length === 0)
    throw new ExecutorError("misuse", `${length} images for a plan of ${plan.batch}`);
  const outside = batch.indices.find((index) => index >= batch.images.count);
  if (outside !== undefined)
    throw new ExecutorError("misuse", `image ${outside} of a set of ${batch.images.count}`);
}

/** Factors of the residual branches: all of them, or none for "keep every branch". */
export function checkKeep(plan: Plan, keep: Float32Array | undefined): Float32Array {
  const needed = plan.drops.length * plan.batch;
  if (keep === undefined) return new Float32Array(needed).fill(1);
  if (keep.length !== needed)
    throw new ExecutorError("misuse", `keep: ${keep.length} factors given, ${needed} needed`);
  return keep;
}
