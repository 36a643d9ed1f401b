import { roundToMultiple } from "../../math/rounding.ts";
import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { convNorm } from "./conv-norm.ts";
import { keepsShape } from "./shortcut.ts";
import { squeezeExcitation } from "./squeeze-excitation.ts";

export interface MbconvParams {
  /** w: output channels. */
  readonly width: number;
  /** Expanded width / input width. */
  readonly expansion: number;
  /** k of the depthwise k×k convolution. */
  readonly kernel: number;
  /** Squeeze width as a fraction of the block's input width; 0 is none. */
  readonly seRatio: number;
  /** G: channels per group of the k×k convolution; 1 (depthwise) if left out. */
  readonly groupWidth?: number | undefined;
}

/**
 * Expanded width: trunc(input width × expansion), as pycls; with groups the nearest multiple of the group width. An
 * expansion of 1 keeps the input width, whose groups are then `groupsOf`'s to find.
 */
export function expandedWidth(inputWidth: number, expansion: number, groupWidth = 1): number {
  if (groupWidth === 1 || expansion === 1) return Math.trunc(inputWidth * expansion);
  return Math.max(groupWidth, roundToMultiple(inputWidth * expansion, groupWidth));
}

/** Groups of the k×k convolution: as wide as asked where that divides, else as the widest divisor below. */
function groupsOf(expanded: number, groupWidth = 1): number {
  let width = Math.min(groupWidth, expanded);
  while (width > 1 && expanded % width !== 0) width -= 1;
  return expanded / width;
}

/** Squeeze width: trunc(INPUT width × ratio) as pycls, at least one channel as torchvision. */
export function mbconvSqueeze(inputWidth: number, seRatio: number): number {
  return seRatio === 0 ? 0 : Math.max(1, Math.trunc(inputWidth * seRatio));
}

/**
 * MBConv (EfficientNet, arXiv:1905.11946): 1×1 expansion, depthwise (or group) k×k, squeeze-and-excitation, linear 1×1 projection;
 * plus the input where the shape is kept. An expansion of 1 leaves the first convolution out.
 */
export function mbconvBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  stage: MbconvParams,
  stride: number,
  activation: Activation,
): T {
  const inputWidth = sink.channels(x);
  const expanded = expandedWidth(inputWidth, stage.expansion, stage.groupWidth);
  let h = x;
  if (expanded !== inputWidth) {
    h = convNorm(sink, h, `${name}.exp`, { filters: expanded, kernel: 1, activation });
  }
  const grouped = {
    filters: expanded,
    kernel: stage.kernel,
    stride,
    groups: groupsOf(expanded, stage.groupWidth),
    activation,
  };
  h = convNorm(sink, h, `${name}.dwise`, grouped);
  h = squeezeExcitation(sink, h, `${name}.se`, mbconvSqueeze(inputWidth, stage.seRatio), activation);
  h = convNorm(sink, h, `${name}.lin_proj`, { filters: stage.width, kernel: 1 });
  return keepsShape(sink, x, stage.width, stride) ? sink.add(x, h) : h;
}
