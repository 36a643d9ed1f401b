import type { CallOf, KernelCall, KernelOp } from "../../../plan/calls.ts";
import { lowerConv2d, lowerConv2dFilterGrad, lowerConv2dInputGrad } from "./conv.ts";
import { lowerGroupNormInputGrad, lowerGroupNormReduceGrad, lowerGroupNormStats } from "./group-norm.ts";
import {
  lowerBatchNormFold,
  lowerBatchNormInputGrad,
  lowerBatchNormReduceGrad,
  lowerBatchNormStats,
} from "./norm.ts";
import { lowerActivationGrad, lowerAdd, lowerAffine } from "./pointwise.ts";
import {
  lowerChannelScale,
  lowerChannelScaleGrad,
  lowerGlobalPool,
  lowerGlobalPoolGrad,
  lowerMaxPool,
  lowerMaxPoolGrad,
} from "./pool.ts";
import type { Program } from "./program.ts";
import { lowerAffineReduceGrad, lowerProxyMoments, lowerProxyMomentsGrad } from "./proxy.ts";
import { lowerSqueezeExcite, lowerSqueezeExciteGrad } from "./squeeze.ts";
import { lowerAverage, lowerCrossEntropy, lowerGather, lowerSgd } from "./step.ts";

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
  squeezeExcite: lowerSqueezeExcite,
  squeezeExciteGrad: lowerSqueezeExciteGrad,
  softmaxCrossEntropy: lowerCrossEntropy,
  sgd: lowerSgd,
  average: lowerAverage,
};

/** One call as records, at the end of the program. */
export function lowerCall(program: Program, call: KernelCall): void {
  (lowerings[call.op] as (program: Program, call: KernelCall) => void)(program, call);
}
