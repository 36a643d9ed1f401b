import { activate, activationSlope } from "./activation";
import { NONE, ProxyMomentsGradRecord, ProxyMomentsRecord, RELU, SIGMOID, SILU } from "./records";
import { ceilDiv, fma, loadLanes, shareStart, storeLanes } from "./simd";

// Proxies Ỹ = β̃ + (1 + γ̃)·t at the quadrature's nodes t, 4 channels at a time; their activations are kept in scratch,
// one vector a node, and then their distances from the mean. The gradient multiplies those by up to ε^(−3/2), so what
// rounding left of Σ w·distance is taken off again. Unit of work: 4 channels.

export function proxyMoments(r: ProxyMomentsRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.channels, 4), values = r.scratch + <usize>thread * r.scratchBytes;
  let c = shareStart(units, thread, threads) * 4;
  const end = min(r.channels, shareStart(units, thread + 1, threads) * 4);
  for (; c + 4 <= end; c += 4) moments(r, c, values, 4);
  for (; c < end; c++) moments(r, c, values, 1);
}

/** `lanes` is no constant here: 32 nodes are long enough for a branch per vector, and the code is half as long. */
function moments(r: ProxyMomentsRecord, c: i32, values: usize, lanes: i32): void {
  const at = <usize>c << 2;
  const gamma = loadLanes(r.gamma + at, lanes), beta = loadLanes(r.beta + at, lanes);
  const sigma = f32x4.add(f32x4.splat(1), loadLanes(r.proxyScale + at, lanes));
  const sum = activatedMean(r.nodes, r.weights, r.points, r.activation, gamma, beta, sigma, loadLanes(r.proxyShift + at, lanes), values);
  const mean = f32x4.add(sum, center(r.weights, r.points, sum, values));
  const scale = inverseStd(r.weights, r.points, values, r.epsilon);
  storeLanes(r.scale + at, scale, lanes);
  storeLanes(r.shift + at, f32x4.neg(f32x4.mul(mean, scale)), lanes);
}

/** Writes the activation at every node; returns their mean. */
function activatedMean(nodes: usize, weights: usize, points: i32, activation: i32, gamma: v128, beta: v128, sigma: v128, middle: v128, values: usize): v128 {
  if (activation == RELU) return meanOf(nodes, weights, points, RELU, gamma, beta, sigma, middle, values);
  if (activation == SILU) return meanOf(nodes, weights, points, SILU, gamma, beta, sigma, middle, values);
  if (activation == SIGMOID) return meanOf(nodes, weights, points, SIGMOID, gamma, beta, sigma, middle, values);
  return meanOf(nodes, weights, points, NONE, gamma, beta, sigma, middle, values);
}

@inline
function meanOf(nodes: usize, weights: usize, points: i32, activation: i32, gamma: v128, beta: v128, sigma: v128, middle: v128, values: usize): v128 {
  let mean = f32x4.splat(0);
  for (let k: usize = 0; k < <usize>points << 2; k += 4) {
    const proxy = fma(sigma, v128.load32_splat(nodes + k), middle);
    const value = activate(fma(gamma, proxy, beta), activation);
    v128.store(values + (k << 2), value);
    mean = fma(v128.load32_splat(weights + k), value, mean);
  }
  return mean;
}

/** Turns values into distances from their mean; returns what `mean` lacked. */
function center(weights: usize, points: i32, mean: v128, values: usize): v128 {
  let rest = f32x4.splat(0);
  for (let k: usize = 0; k < <usize>points << 2; k += 4) {
    const off = f32x4.sub(v128.load(values + (k << 2)), mean);
    v128.store(values + (k << 2), off);
    rest = fma(v128.load32_splat(weights + k), off, rest);
  }
  for (let at = values; at < values + (<usize>points << 4); at += 16) v128.store(at, f32x4.sub(v128.load(at), rest));
  return rest;
}

/** 1/√(V + ε). */
@inline
function inverseStd(weights: usize, points: i32, values: usize, epsilon: f32): v128 {
  let variance = f32x4.splat(epsilon);
  for (let k: usize = 0; k < <usize>points << 2; k += 4) {
    const off = v128.load(values + (k << 2));
    variance = fma(v128.load32_splat(weights + k), f32x4.mul(off, off), variance);
  }
  return f32x4.div(f32x4.splat(1), f32x4.sqrt(variance));
}

export function proxyMomentsGrad(r: ProxyMomentsGradRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.channels, 4), values = r.scratch + <usize>thread * r.scratchBytes;
  let c = shareStart(units, thread, threads) * 4;
  const end = min(r.channels, shareStart(units, thread + 1, threads) * 4);
  for (; c + 4 <= end; c += 4) momentsGrad(r, c, values, 4);
  for (; c < end; c++) momentsGrad(r, c, values, 1);
}

function momentsGrad(r: ProxyMomentsGradRecord, c: i32, values: usize, lanes: i32): void {
  if (r.activation == RELU) gradAt(r, c, values, RELU, lanes);
  else if (r.activation == SILU) gradAt(r, c, values, SILU, lanes);
  else if (r.activation == SIGMOID) gradAt(r, c, values, SIGMOID, lanes);
  else gradAt(r, c, values, NONE, lanes);
}

/** scale = (V + ε)^(−1/2), shift = −E·scale: dV = −½·scale³·(dScale − E·dShift), dE = −scale·dShift. */
@inline
function gradAt(r: ProxyMomentsGradRecord, c: i32, values: usize, activation: i32, lanes: i32): void {
  const at = <usize>c << 2, nodes = r.nodes, weights = r.weights;
  const gamma = loadLanes(r.gamma + at, lanes), beta = loadLanes(r.beta + at, lanes);
  const sigma = f32x4.add(f32x4.splat(1), loadLanes(r.proxyScale + at, lanes)), middle = loadLanes(r.proxyShift + at, lanes);
  const sum = meanOf(nodes, weights, r.points, activation, gamma, beta, sigma, middle, values);
  const mean = f32x4.add(sum, center(weights, r.points, sum, values));
  const scale = inverseStd(weights, r.points, values, r.epsilon);
  const dShift = loadLanes(r.dShift + at, lanes);
  const dMean = f32x4.neg(f32x4.mul(scale, dShift));
  const cubed = f32x4.mul(scale, f32x4.mul(scale, scale));
  // 2·dV, as the chain through (a − E)² wants it.
  const twice = f32x4.neg(f32x4.mul(cubed, f32x4.sub(loadLanes(r.dScale + at, lanes), f32x4.mul(mean, dShift))));
  let dBeta = f32x4.splat(0), dGamma = dBeta, tilt = dBeta;
  for (let k: usize = 0; k < <usize>r.points << 2; k += 4) {
    const node = v128.load32_splat(nodes + k), proxy = fma(sigma, node, middle);
    const dValue = fma(v128.load(values + (k << 2)), twice, dMean);
    const dInput = activationSlope(f32x4.mul(v128.load32_splat(weights + k), dValue), fma(gamma, proxy, beta), activation);
    dBeta = f32x4.add(dBeta, dInput);
    dGamma = fma(dInput, proxy, dGamma);
    tilt = fma(dInput, node, tilt);
  }
  storeLanes(r.dGamma + at, dGamma, lanes);
  storeLanes(r.dBeta + at, dBeta, lanes);
  storeLanes(r.dProxyScale + at, f32x4.mul(gamma, tilt), lanes);
  storeLanes(r.dProxyShift + at, f32x4.mul(gamma, dBeta), lanes);
}
