import type { CallOf, KernelOp, TensorId } from "../../../plan/calls.ts";

/** The values of a tensor, in place. */
export type Memory = (id: TensorId) => Float64Array;

/** A kernel of the reference executor: plain loops, in double precision. */
export type ReferenceKernel<Op extends KernelOp> = (call: CallOf<Op>, memory: Memory) => void;

/** Reads an element; everything is in range by the plan's construction. */
export function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
