import { adjustBlock } from "../network/adjust.ts";
import { type Frame, networkOf } from "../network/frame.ts";
import type { NetworkSpec, StageSpec } from "../network/spec.ts";
import { quantizedWidths, type WidthLine } from "./quantized.ts";
import { strideOf } from "./setting.ts";

/**
 * RegNet: block widths follow a quantized line (Radosavovic et al. 2020, §3.3, arXiv:2003.13678). With `seRatio` 0 it is
 * RegNetX, with 0.25 RegNetY. d, w_0, w_a and w_m are those of the line.
 */
export interface RegNetParams extends WidthLine {
  /** g: channels per group of the 3×3 convolution, one for all stages; shrinks where a stage is narrower. */
  readonly groupWidth: number;
  /** b: block width / bottleneck width, one for all stages. */
  readonly bottleneckRatio: number;
  /** Squeeze width as a fraction of the block's input width; 0 is no squeeze-and-excitation. */
  readonly seRatio: number;
}

/**
 * Another block than the X block on the same line: V and VR of the appendix, one 3×3 convolution without and with a
 * shortcut. They have no b, g or squeeze-and-excitation.
 */
export type PlainBlock = "vanilla" | "res_basic";

/** The network of these params. Every stage halves the map, unless strides are given (one a stage, the last repeats). */
export function regnetSpec(
  params: RegNetParams,
  frame: Frame,
  strides: readonly number[] = [2],
  block?: PlainBlock,
): NetworkSpec {
  return networkOf(frame, regnetStages(params, strides, block));
}

/** The stages alone, whatever the stem, head and input around them. */
export function regnetStages(
  params: RegNetParams,
  strides: readonly number[] = [2],
  block?: PlainBlock,
): StageSpec[] {
  const { stageWidths, stageDepths } = quantizedWidths(params);
  return stageWidths.map((requested, i): StageSpec => {
    const { bottleneckRatio, groupWidth } = params;
    const stride = strideOf(strides, i);
    if (block) return { block, depth: stageDepths[i]!, width: requested, stride, convolutions: 1 };
    const { width, groupWidth: fitted } = adjustBlock({ width: requested, bottleneckRatio, groupWidth });
    return {
      block: "res_bottleneck",
      depth: stageDepths[i]!,
      width,
      stride,
      bottleneckRatio,
      groupWidth: fitted,
      seRatio: params.seRatio,
    };
  });
}
