import type { LayerSink } from "../layers.ts";
import { convNorm } from "./conv-norm.ts";

/** The identity where the block keeps the shape, else a strided 1×1 projection with its norm (He et al. 2016). */
export function shortcut<T>(sink: LayerSink<T>, x: T, name: string, width: number, stride: number): T {
  if (keepsShape(sink, x, width, stride)) return x;
  return convNorm(sink, x, `${name}.proj`, { filters: width, kernel: 1, stride }, `${name}.bn`);
}

/** Whether a block with this width and stride could add its input to its output as it is. */
export function keepsShape<T>(sink: LayerSink<T>, x: T, width: number, stride: number): boolean {
  return stride === 1 && sink.channels(x) === width;
}
