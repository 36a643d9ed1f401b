import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";

interface ConvNormAttrs {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  /** Directly behind the norm. */
  readonly activation?: Activation;
}

/**
 * Convolution without bias, then the norm and its activation, if it has one; `norm` is the norm's name, by pycls' habit
 * `<conv>_bn`.
 */
export function convNorm<T>(
  sink: LayerSink<T>,
  x: T,
  conv: string,
  attrs: ConvNormAttrs,
  norm = `${conv}_bn`,
): T {
  const { filters, kernel, stride = 1, groups = 1, activation } = attrs;
  return sink.norm(sink.conv(x, conv, { filters, kernel, stride, groups, bias: false }), norm, activation);
}
