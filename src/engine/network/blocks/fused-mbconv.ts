import { makeDivisible } from "../../math/rounding.ts";
import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { convNorm } from "./conv-norm.ts";
import { keepsShape } from "./shortcut.ts";

export interface FusedMbconvParams {
  /** w: output channels. */
  readonly width: number;
  /** Expanded width / input width. */
  readonly expansion: number;
  /** k of the full k×k convolution. */
  readonly kernel: number;
}

/** Expanded width: a multiple of 8, as torchvision. */
export function fusedExpandedWidth(inputWidth: number, expansion: number): number {
  return expansion === 1 ? inputWidth : makeDivisible(inputWidth * expansion, 8);
}

/**
 * Fused-MBConv (EfficientNetV2, arXiv:2104.00298, fig. 2): one full k×k convolution in place of expansion and depthwise,
 * then the linear 1×1 projection; plus the input where the shape is kept. With no expansion the k×k convolution is the
 * whole block. No squeeze-and-excitation.
 */
export function fusedMbconvBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  stage: FusedMbconvParams,
  stride: number,
  activation: Activation,
): T {
  const inputWidth = sink.channels(x);
  const expanded = fusedExpandedWidth(inputWidth, stage.expansion);
  const whole = expanded === inputWidth;
  const full = { filters: whole ? stage.width : expanded, kernel: stage.kernel, stride, activation };
  let h = convNorm(sink, x, `${name}.exp`, full);
  if (!whole) h = convNorm(sink, h, `${name}.lin_proj`, { filters: stage.width, kernel: 1 });
  return keepsShape(sink, x, stage.width, stride) ? sink.add(x, h) : h;
}
