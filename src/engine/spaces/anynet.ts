import { adjustBlock } from "../network/adjust.ts";
import { type Frame, networkOf } from "../network/frame.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";

/**
 * AnyNetX: depth, width, bottleneck ratio and group width free in every stage (Radosavovic et al. 2020, §3.2,
 * arXiv:2003.13678). One entry a stage in every list.
 */
export interface AnyNetParams {
  /** d_i: blocks of stage i, integer ≥ 1. */
  readonly depths: readonly number[];
  /** w_i: block width, channels. */
  readonly widths: readonly number[];
  /** Stride of the stage's first block. */
  readonly strides: readonly number[];
  /** b_i: block width / bottleneck width. */
  readonly bottleneckRatios: readonly number[];
  /** g_i: channels per group of the 3×3 convolution. */
  readonly groupWidths: readonly number[];
  /** Squeeze width as a fraction of the block's input width; 0 is no squeeze-and-excitation. */
  readonly seRatio: number;
}

/** The network of these params; widths and group widths that do not fit are adjusted by pycls' rule (`adjustBlock`). */
export function anynetSpec(params: AnyNetParams, frame: Frame): NetworkSpec {
  const stages = params.depths.map((depth, i): StageSpec => {
    const requested = {
      width: params.widths[i]!,
      bottleneckRatio: params.bottleneckRatios[i]!,
      groupWidth: params.groupWidths[i]!,
    };
    const { width, bottleneckRatio, groupWidth } = adjustBlock(requested);
    const stride = params.strides[i]!;
    const { seRatio } = params;
    return { block: "res_bottleneck", depth, width, stride, bottleneckRatio, groupWidth, seRatio };
  });
  return networkOf(frame, stages);
}
