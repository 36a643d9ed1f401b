import type { AxisClass } from "./table-geometry.ts";

/** The filter taps of one pass, in the order of its packed filters: along an axis `count` of them, `step` apart. */
export interface Taps {
  readonly transposed: number;
  readonly y: { readonly first: number; readonly step: number; readonly count: number };
  readonly x: { readonly first: number; readonly step: number; readonly count: number };
}

export function forwardTaps(kernel: number): Taps {
  const all = { first: 0, step: 1, count: kernel };
  return { transposed: 0, y: all, x: all };
}

export function tapsOf({ firstTap, taps }: AxisClass, stride: number) {
  return { first: firstTap, step: -stride, count: taps };
}
