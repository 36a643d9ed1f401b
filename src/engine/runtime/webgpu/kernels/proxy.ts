import { defineKernel, read, write } from "../kernel.ts";
import { activations } from "./text.ts";

// Proxy normalization's moments of an activated Gaussian, by quadrature; one invocation a channel, `points` nodes each.
// The nodes and weights are a table. A few thousand activations in all: what a dispatch costs is what limits it.

const args = { channels: "u32", activation: "u32", points: "u32", epsilon: "f32" } as const;
const tables = [
  read("trained", "f32", ["gamma", "beta", "proxyScale", "proxyShift"]),
  // Nodes, then weights.
  read("quadrature", "f32"),
];

const moments = `
  let c = group * 64u + lane;
  if (c >= a.channels) { return; }
  let gamma = trained[a.gammaAt + c];
  let beta = trained[a.betaAt + c];
  let spread = 1.0 + trained[a.proxyScaleAt + c];
  let center = trained[a.proxyShiftAt + c];
  var sum = 0.0;
  for (var k = 0u; k < a.points; k++) {
    let node = quadrature[a.quadratureAt + k];
    let value = activate(a.activation, fma(gamma, fma(spread, node, center), beta));
    sum = fma(quadrature[a.quadratureAt + a.points + k], value, sum);
  }
  // What that mean is off by is small, and so is exact.
  var rest = 0.0;
  var variance = 0.0;
  for (var k = 0u; k < a.points; k++) {
    let node = quadrature[a.quadratureAt + k];
    let d = activate(a.activation, fma(gamma, fma(spread, node, center), beta)) - sum;
    let weighted = quadrature[a.quadratureAt + a.points + k] * d;
    rest += weighted;
    variance = fma(weighted, d, variance);
  }
  variance -= rest * rest;
  let mean = sum + rest;
  let scale = 1.0 / sqrt(variance + a.epsilon);`;

export const proxyMoments = defineKernel({
  name: "proxyMoments",
  args,
  bindings: [...tables, write("vectors", "f32", ["scale", "shift"])],
  workgroup: 64,
  declarations: activations("f32"),
  body: `${moments}
  vectors[a.scaleAt + c] = scale;
  vectors[a.shiftAt + c] = -mean * scale;`,
});

/** scale = (V + ε)^(−1/2), shift = −E·scale; their gradients through E and V to γ, β, γ̃ and β̃. */
export const proxyMomentsGrad = defineKernel({
  name: "proxyMomentsGrad",
  args,
  bindings: [
    ...tables,
    read("given", "f32", ["dScale", "dShift"]),
    write("shares", "f32", ["dGamma", "dBeta"]),
    write("own", "f32", ["dProxyScale", "dProxyShift"]),
  ],
  workgroup: 64,
  declarations: activations("f32"),
  body: `${moments}
  let dShift = given[a.dShiftAt + c];
  let dVariance = -0.5 * scale * scale * scale * (given[a.dScaleAt + c] - mean * dShift);
  let dMean = -scale * dShift;
  var dGamma = 0.0;
  var dBeta = 0.0;
  var dSpread = 0.0;
  for (var k = 0u; k < a.points; k++) {
    let node = quadrature[a.quadratureAt + k];
    let proxy = fma(spread, node, center);
    let input = fma(gamma, proxy, beta);
    // Of the mean's two parts: their sum rounds, and all nodes would be off by the same.
    let deviation = (activate(a.activation, input) - sum) - rest;
    let dValue = quadrature[a.quadratureAt + a.points + k] * fma(2.0 * deviation, dVariance, dMean);
    let dInput = dValue * slope(a.activation, input);
    dGamma = fma(dInput, proxy, dGamma);
    dBeta += dInput;
    dSpread = fma(dInput, node, dSpread);
  }
  shares[a.dGammaAt + c] = dGamma;
  shares[a.dBetaAt + c] = dBeta;
  own[a.dProxyScaleAt + c] = dSpread * gamma;
  own[a.dProxyShiftAt + c] = dBeta * gamma;`,
});
