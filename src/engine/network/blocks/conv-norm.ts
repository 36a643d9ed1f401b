import type { LayerSink } from "../layers.ts";

interface ConvNormAttrs {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
}

/** Convolution without bias, then the norm; `norm` is the norm's name, by pycls' habit `<conv>_bn`. */
export function convNorm<T>(
  sink: LayerSink<T>,
  x: T,
  conv: string,
  attrs: ConvNormAttrs,
  norm = `${conv}_bn`,
): T {
  const { filters, kernel, stride = 1, groups = 1 } = attrs;
  return sink.norm(sink.conv(x, conv, { filters, kernel, stride, groups, bias: false }), norm);
}
