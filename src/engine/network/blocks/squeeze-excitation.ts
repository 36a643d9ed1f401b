import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";

/**
 * Squeeze-and-excitation (Hu et al. 2018, arXiv:1709.01507): x · σ(W₂ f(W₁ mean(x))), with W₁ to `squeezed` channels and
 * back, both with bias. A squeeze to no channels leaves x as it is.
 */
export function squeezeExcitation<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  squeezed: number,
  activation: Activation,
): T {
  if (squeezed === 0) return x;
  const pointwise = { kernel: 1, stride: 1, groups: 1, bias: true };
  const mean = sink.globalPool(x);
  const down = sink.conv(mean, `${name}.f_ex.0`, { filters: squeezed, ...pointwise });
  const hidden = sink.activation(down, activation);
  const up = sink.conv(hidden, `${name}.f_ex.2`, { filters: sink.channels(x), ...pointwise });
  return sink.scale(x, sink.activation(up, "sigmoid"));
}
