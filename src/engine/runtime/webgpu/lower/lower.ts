import type { CallOf, KernelCall, KernelOp } from "../../../plan/calls.ts";
import type { Plan } from "../../../plan/plan.ts";
import { Program } from "../program.ts";
import type { Tiles } from "../tiles.ts";
import {
  lowerAffineReduceGrad,
  lowerBatchNormFold,
  lowerBatchNormInputGrad,
  lowerBatchNormReduceGrad,
  lowerBatchNormStats,
} from "./columns.ts";
import { lowerConv2d, lowerConv2dInputGrad } from "./conv.ts";
import { lowerConv2dFilterGrad, lowerJoins } from "./filter-grad.ts";
import { lowerGroupNormInputGrad, lowerGroupNormReduceGrad, lowerGroupNormStats } from "./group-norm.ts";
import {
  lowerActivationGrad,
  lowerAdd,
  lowerAffine,
  lowerAverage,
  lowerChannelScale,
  lowerGlobalPoolGrad,
  lowerSgd,
} from "./pointwise.ts";
import { lowerChannelScaleGrad, lowerGlobalPool, lowerMaxPool, lowerMaxPoolGrad } from "./pool.ts";
import { lowerProxyMoments, lowerProxyMomentsGrad } from "./proxy.ts";
import { lowerSqueezeExcite, lowerSqueezeExciteGrad } from "./squeeze.ts";
import { lowerCrossEntropy, lowerGather } from "./step.ts";

const lowerings: { readonly [Op in KernelOp]: (program: Program, call: CallOf<Op>) => void } = {
  gather: lowerGather,
  conv2d: lowerConv2d,
  conv2dInputGrad: lowerConv2dInputGrad,
  conv2dFilterGrad: lowerConv2dFilterGrad,
  batchNormStats: lowerBatchNormStats,
  batchNormFold: lowerBatchNormFold,
  affine: lowerAffine,
  activationGrad: lowerActivationGrad,
  batchNormReduceGrad: lowerBatchNormReduceGrad,
  batchNormInputGrad: lowerBatchNormInputGrad,
  groupNormStats: lowerGroupNormStats,
  groupNormReduceGrad: lowerGroupNormReduceGrad,
  groupNormInputGrad: lowerGroupNormInputGrad,
  proxyMoments: lowerProxyMoments,
  proxyMomentsGrad: lowerProxyMomentsGrad,
  affineReduceGrad: lowerAffineReduceGrad,
  add: lowerAdd,
  globalPool: lowerGlobalPool,
  globalPoolGrad: lowerGlobalPoolGrad,
  maxPool: lowerMaxPool,
  maxPoolGrad: lowerMaxPoolGrad,
  channelScale: lowerChannelScale,
  channelScaleGrad: lowerChannelScaleGrad,
  softmaxCrossEntropy: lowerCrossEntropy,
  squeezeExcite: lowerSqueezeExcite,
  squeezeExciteGrad: lowerSqueezeExciteGrad,
  sgd: lowerSgd,
  average: lowerAverage,
};

/** Calls that read the filters' gradients. */
const readsGradients: ReadonlySet<KernelOp> = new Set(["sgd"]);

/** One call as dispatches, at the end of the program. */
export function lowerCall(program: Program, call: KernelCall): void {
  if (readsGradients.has(call.op)) program.joinPending(call);
  (lowerings[call.op] as (program: Program, call: KernelCall) => void)(program, call);
}

export function createProgram(plan: Plan, tiles: Tiles): Program {
  return new Program(plan, tiles, lowerJoins);
}
