import { gaussianQuadrature } from "../../math/gaussian-quadrature.ts";
import type { Activation } from "../../network/spec.ts";
import { quadraturePoints } from "../../plan/proxy.ts";
import { activate } from "../../runtime/reference/kernels/pointwise.ts";

/** Vectors of a proxy-normalized norm, a value a channel. */
export interface ProxyParameters {
  /** γ and β of the norm. */
  readonly gamma: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
  /** γ̃ and β̃ of the proxy. */
  readonly proxyScale: ArrayLike<number>;
  readonly proxyShift: ArrayLike<number>;
}

/**
 * E and V of f(γ·y + β), y = β̃ + (1 + γ̃)·t with t standard normal: what proxy normalization divides by
 * (arXiv:2106.03640), by the quadrature that training uses. They depend on the weights alone, so that a trained
 * network holds them as constants.
 */
export function proxyMoments(
  activation: Activation,
  { gamma, beta, proxyScale, proxyShift }: ProxyParameters,
): { readonly mean: Float32Array; readonly variance: Float32Array } {
  const { nodes, weights } = gaussianQuadrature(quadraturePoints);
  const mean = new Float32Array(gamma.length);
  const variance = new Float32Array(gamma.length);
  for (let c = 0; c < gamma.length; c++) {
    const values = nodes.map((t) =>
      activate(activation, gamma[c]! * (proxyShift[c]! + (1 + proxyScale[c]!) * t) + beta[c]!),
    );
    const expected = values.reduce((sum, value, k) => sum + weights[k]! * value, 0);
    mean[c] = expected;
    variance[c] = values.reduce((sum, value, k) => sum + weights[k]! * (value - expected) ** 2, 0);
  }
  return { mean, variance };
}
