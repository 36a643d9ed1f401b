import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { convNorm } from "./conv-norm.ts";

/** What the two plain blocks, `vanilla` and `res_basic`, are made of. */
export interface PlainParams {
  /** w: output channels. */
  readonly width: number;
  /** 3×3 convolutions; 2 if left out. */
  readonly convolutions?: number | undefined;
}

/**
 * 3×3 convolutions with norm and activation, no shortcut: two in pycls' `vanilla_block`, a single one in the V block of
 * the RegNet paper's appendix.
 */
export function vanillaBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  { width, convolutions }: PlainParams,
  stride: number,
  activation: Activation,
): T {
  const a = convNorm(sink, x, `${name}.a`, { filters: width, kernel: 3, stride, activation });
  return convolutions === 1 ? a : convNorm(sink, a, `${name}.b`, { filters: width, kernel: 3, activation });
}
