import { roundHalfEven } from "../../math/rounding.ts";
import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { convNorm } from "./conv-norm.ts";
import { squeezeExcitation } from "./squeeze-excitation.ts";

export interface BottleneckParams {
  /** w: output channels. */
  readonly width: number;
  /** b: width / bottleneck width. */
  readonly bottleneckRatio: number;
  /** g: channels per group of the 3×3 convolution. */
  readonly groupWidth: number;
  /** Squeeze width as a fraction of the block's input width; 0 is none. */
  readonly seRatio: number;
}

/** 1/b, pycls' BOT_MUL. An integer multiplier survives the way there and back: 1/(1/49) is 49, not 49.00000000000001. */
export function bottleneckMultiplier(bottleneckRatio: number): number {
  const multiplier = 1 / bottleneckRatio;
  const whole = Math.round(multiplier);
  return Math.abs(multiplier - whole) < 1e-9 * multiplier ? whole : multiplier;
}

/** v: channels of the 3×3 convolution, round(w / b). */
export function bottleneckWidth(width: number, bottleneckRatio: number): number {
  return roundHalfEven(width * bottleneckMultiplier(bottleneckRatio));
}

/** Squeeze width of AnyNets: round-half-even of the INPUT width times the ratio; of RegNetY's w_in × 0.25. */
export function bottleneckSqueeze(inputWidth: number, seRatio: number): number {
  return roundHalfEven(inputWidth * seRatio);
}

/**
 * 1×1, 3×3 group convolution, squeeze-and-excitation, 1×1 (RegNet paper, fig. 4; Y adds the squeeze). The stride is in
 * the 3×3 convolution; the last norm has no activation.
 */
export function bottleneckTransform<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  params: BottleneckParams,
  stride: number,
  activation: Activation,
): T {
  const v = bottleneckWidth(params.width, params.bottleneckRatio);
  const a = convNorm(sink, x, `${name}.a`, { filters: v, kernel: 1, activation });
  const grouped = { filters: v, kernel: 3, stride, groups: v / params.groupWidth, activation };
  const b = convNorm(sink, a, `${name}.b`, grouped);
  const squeezed = bottleneckSqueeze(sink.channels(x), params.seRatio);
  const excited = squeezeExcitation(sink, b, `${name}.se`, squeezed, activation);
  return convNorm(sink, excited, `${name}.c`, { filters: params.width, kernel: 1 });
}
