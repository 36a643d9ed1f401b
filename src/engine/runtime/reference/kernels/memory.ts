import type { TensorId } from "../../../plan/call.ts";
import type { CallOf, KernelOp } from "../../../plan/calls.ts";

/** The values of a tensor, in place. Kernels index without checks: a plan's shapes and lengths agree. */
export type Memory = (id: TensorId) => Float64Array;

/** A kernel of the reference executor: plain loops, in double precision. */
export type ReferenceKernel<Op extends KernelOp> = (call: CallOf<Op>, memory: Memory) => void;
