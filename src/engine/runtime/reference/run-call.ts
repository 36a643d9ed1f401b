import type { KernelCall, KernelOp } from "../../plan/calls.ts";
import { conv2d, conv2dFilterGrad, conv2dInputGrad } from "./kernels/conv.ts";
import { groupNormInputGrad, groupNormReduceGrad, groupNormStats } from "./kernels/group-norm.ts";
import { softmaxCrossEntropy } from "./kernels/loss.ts";
import type { Memory, ReferenceKernel } from "./kernels/memory.ts";
import { batchNormFold, batchNormInputGrad, batchNormReduceGrad, batchNormStats } from "./kernels/norm.ts";
import { activationGrad, add, affine, channelScale, channelScaleGrad } from "./kernels/pointwise.ts";
import { globalPool, globalPoolGrad, maxPool, maxPoolGrad } from "./kernels/pool.ts";
import { affineReduceGrad, proxyMoments, proxyMomentsGrad } from "./kernels/proxy.ts";
import { average, sgd } from "./kernels/sgd.ts";
import { squeezeExcite, squeezeExciteGrad } from "./kernels/squeeze.ts";

/** The input op has a kernel of its own, since it reads what is not in the plan. */
type PlannedOp = Exclude<KernelOp, "gather">;

const kernels: { readonly [Op in PlannedOp]: ReferenceKernel<Op> } = {
  conv2d,
  conv2dInputGrad,
  conv2dFilterGrad,
  batchNormStats,
  batchNormFold,
  affine,
  activationGrad,
  batchNormReduceGrad,
  batchNormInputGrad,
  groupNormStats,
  groupNormReduceGrad,
  groupNormInputGrad,
  proxyMoments,
  proxyMomentsGrad,
  affineReduceGrad,
  add,
  globalPool,
  globalPoolGrad,
  maxPool,
  maxPoolGrad,
  channelScale,
  channelScaleGrad,
  squeezeExcite,
  squeezeExciteGrad,
  softmaxCrossEntropy,
  sgd,
  average,
};

export function runCall(call: Exclude<KernelCall, { op: "gather" }>, memory: Memory): void {
  const kernel = kernels[call.op] as (call: KernelCall, memory: Memory) => void;
  kernel(call, memory);
}
