import { gaussianQuadrature } from "../../../math/gaussian-quadrature.ts";
import type { ReferenceKernel } from "./memory.ts";
import { activate, slope } from "./pointwise.ts";

/** The proxy of one channel: activated values at the quadrature's nodes, their mean and variance. */
function proxyOf(
  { activation, points }: { readonly activation: Parameters<typeof activate>[0]; readonly points: number },
  [gamma, beta, proxyScale, proxyShift]: readonly [number, number, number, number],
) {
  const { nodes, weights } = gaussianQuadrature(points);
  const proxies = nodes.map((t) => proxyShift + (1 + proxyScale) * t);
  const inputs = proxies.map((y) => gamma * y + beta);
  const values = inputs.map((u) => activate(activation, u));
  const mean = values.reduce((sum, a, k) => sum + weights[k]! * a, 0);
  const variance = values.reduce((sum, a, k) => sum + weights[k]! * (a - mean) ** 2, 0);
  return { nodes, weights, proxies, inputs, values, mean, variance };
}

export const proxyMoments: ReferenceKernel<"proxyMoments"> = ({ in: input, out, attrs }, memory) => {
  const [gamma, beta] = [memory(input.gamma), memory(input.beta)];
  const [proxyScale, proxyShift] = [memory(input.proxyScale), memory(input.proxyShift)];
  const [scale, shift] = [memory(out.scale), memory(out.shift)];
  for (let c = 0; c < attrs.channels; c++) {
    const { mean, variance } = proxyOf(attrs, [gamma[c]!, beta[c]!, proxyScale[c]!, proxyShift[c]!]);
    scale[c] = 1 / Math.sqrt(variance + attrs.epsilon);
    shift[c] = -mean * scale[c]!;
  }
};

export const proxyMomentsGrad: ReferenceKernel<"proxyMomentsGrad"> = ({ in: input, out, attrs }, memory) => {
  const [gamma, beta] = [memory(input.gamma), memory(input.beta)];
  const [proxyScale, proxyShift] = [memory(input.proxyScale), memory(input.proxyShift)];
  const [dScale, dShift] = [memory(input.dScale), memory(input.dShift)];
  const [dGamma, dBeta] = [memory(out.dGamma), memory(out.dBeta)];
  const [dProxyScale, dProxyShift] = [memory(out.dProxyScale), memory(out.dProxyShift)];
  for (let c = 0; c < attrs.channels; c++) {
    const proxy = proxyOf(attrs, [gamma[c]!, beta[c]!, proxyScale[c]!, proxyShift[c]!]);
    const scale = 1 / Math.sqrt(proxy.variance + attrs.epsilon);
    // scale = (V + ε)^(−1/2), shift = −E·scale.
    const dVariance = -0.5 * scale ** 3 * (dScale[c]! - proxy.mean * dShift[c]!);
    const dMean = -scale * dShift[c]!;
    const gradients = [0, 0, 0, 0] as [number, number, number, number];
    proxy.nodes.forEach((t, k) => {
      const dValue = proxy.weights[k]! * (dMean + 2 * (proxy.values[k]! - proxy.mean) * dVariance);
      const dInput = dValue * slope(attrs.activation, proxy.inputs[k]!);
      gradients[0] += dInput * proxy.proxies[k]!;
      gradients[1] += dInput;
      gradients[2] += dInput * gamma[c]! * t;
      gradients[3] += dInput * gamma[c]!;
    });
    [dGamma[c], dBeta[c], dProxyScale[c], dProxyShift[c]] = gradients;
  }
};

export const affineReduceGrad: ReferenceKernel<"affineReduceGrad"> = ({ in: input, out, attrs }, memory) => {
  const [dy, x] = [memory(input.dy), memory(input.x)];
  const [dScale, dShift] = [memory(out.dScale).fill(0), memory(out.dShift).fill(0)];
  for (let i = 0; i < attrs.rows * attrs.channels; i++) {
    const c = i % attrs.channels;
    dScale[c] = dScale[c]! + dy[i]! * x[i]!;
    dShift[c] = dShift[c]! + dy[i]!;
  }
};
