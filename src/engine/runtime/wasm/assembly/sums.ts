import { activationSlope, siluSlope } from "./activation";
import { After, GRADIENT_SUMS, NONE, RELU, SIGMOID, SILU } from "./records";
import { sigmoidConstant, sigmoidWith } from "./sigmoid";
import { fillFloats, fma, loadLanes, storeLanes } from "./simd";

// Sums down the columns of a block of rows: a norm's statistics and the sums of its gradient. The block should be in the
// first-level cache; its sums are made in registers, then join the slot's in memory. Rows lie rowBytes apart, so a
// block may be some channels of a wider map.

/**
 * Joins mean and Σ(x − mean)² of `count` rows of `channels` channels from x on to those of the `before` rows of the slot:
 * means at `out`, squares at out + squaresAt. Σx² − (Σx)²/n would lose the variance of maps whose mean is large, so a
 * block takes its mean first and then its squared deviations, and blocks are merged by Chan's formula.
 */
export function addStatistics(x: usize, rowBytes: usize, count: i32, before: i32, channels: i32, out: usize, squaresAt: usize): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) addColumn(x + (<usize>c << 2), rowBytes, count, before, out + (<usize>c << 2), squaresAt, 4);
  for (; c < channels; c++) addColumn(x + (<usize>c << 2), rowBytes, count, before, out + (<usize>c << 2), squaresAt, 1);
}

@inline
function addColumn(first: usize, rowBytes: usize, count: i32, before: i32, out: usize, squaresAt: usize, lanes: i32): void {
  let a = f32x4.splat(0), b = a, c = a, d = a, p = first, i = 0;
  for (; i + 4 <= count; i += 4) {
    a = f32x4.add(a, loadLanes(p, lanes)); p += rowBytes;
    b = f32x4.add(b, loadLanes(p, lanes)); p += rowBytes;
    c = f32x4.add(c, loadLanes(p, lanes)); p += rowBytes;
    d = f32x4.add(d, loadLanes(p, lanes)); p += rowBytes;
  }
  for (; i < count; i++) { a = f32x4.add(a, loadLanes(p, lanes)); p += rowBytes; }
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const mean = f32x4.mul(sum, f32x4.splat(1 / <f32>count));
  a = f32x4.splat(0); b = a; c = a; d = a; p = first;
  for (i = 0; i + 4 <= count; i += 4) {
    let e = f32x4.sub(loadLanes(p, lanes), mean); a = fma(e, e, a); p += rowBytes;
    e = f32x4.sub(loadLanes(p, lanes), mean); b = fma(e, e, b); p += rowBytes;
    e = f32x4.sub(loadLanes(p, lanes), mean); c = fma(e, e, c); p += rowBytes;
    e = f32x4.sub(loadLanes(p, lanes), mean); d = fma(e, e, d); p += rowBytes;
  }
  for (; i < count; i++) { const e = f32x4.sub(loadLanes(p, lanes), mean); a = fma(e, e, a); p += rowBytes; }
  const squares = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  merge(out, squaresAt, <f32>before, mean, squares, <f32>count, lanes);
}

/** Chan, Golub, LeVeque 1983: joins (n, mean, Σ squared deviations) of two sets. */
@inline
function merge(at: usize, squaresAt: usize, n: f32, mean: v128, squares: v128, count: f32, lanes: i32): void {
  const total = n + count;
  const oldMean = loadLanes(at, lanes);
  const delta = f32x4.sub(mean, oldMean);
  const oldSquares = loadLanes(at + squaresAt, lanes);
  storeLanes(at, fma(delta, f32x4.splat(count / total), oldMean), lanes);
  const between = f32x4.mul(f32x4.mul(delta, delta), f32x4.splat((n * count) / total));
  storeLanes(at + squaresAt, f32x4.add(f32x4.add(oldSquares, squares), between), lanes);
}

/** Slope of a ReLU behind a residual sum, from its output. Not an activation of any record. */
const SAVED: i32 = -1;


/**
 * dz = dy ⊙ activation′(scale·x + shift), or dy where saved > 0; adds Σ dz and Σ dz·(x − mean)·invStd of `count` rows to
 * out and out + productsAt. Writes dz unless it is 0; it may be dy itself. Vectors are at the block's first channel.
 */
export function addGradientSums(
  activation: i32, dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32,
  scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize,
): void {
  if (saved) sumSaved(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
  else if (activation == NONE) sumNone(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
  else if (activation == RELU) {
    if (dz) keepRelu(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
    else sumRelu(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
  } else if (activation == SILU) {
    if (dz) keepSilu(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
    else sumSilu(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
  } else {
    if (dz) keepSigmoid(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
    else sumSigmoid(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt);
  }
}

function sumNone(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, NONE, 0);
}
function sumRelu(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, RELU, 0);
}
function sumSilu(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, SILU, 0);
}
function sumSigmoid(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, SIGMOID, 0);
}
function sumSaved(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, SAVED, 1);
}
function keepRelu(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, RELU, 1);
}
function keepSilu(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, SILU, 1);
}
function keepSigmoid(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize): void {
  eachColumn(dy, x, saved, dz, rowBytes, count, channels, scale, shift, mean, invStd, out, productsAt, SIGMOID, 1);
}

@inline
function eachColumn(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, channels: i32, scale: usize, shift: usize, mean: usize, invStd: usize, out: usize, productsAt: usize, activation: i32, keep: i32): void {
  const bytes = <usize>channels << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) sumColumn(dy + at, x + at, saved + at, dz + at, rowBytes, count, scale + at, shift + at, mean + at, invStd + at, out + at, productsAt, activation, keep, 4);
  for (; at < bytes; at += 4) sumColumn(dy + at, x + at, saved + at, dz + at, rowBytes, count, scale + at, shift + at, mean + at, invStd + at, out + at, productsAt, activation, keep, 1);
}

@inline
function sumColumn(dy: usize, x: usize, saved: usize, dz: usize, rowBytes: usize, count: i32, scaleAt: usize, shiftAt: usize, meanAt: usize, invStdAt: usize, out: usize, productsAt: usize, activation: i32, keep: i32, lanes: i32): void {
  const scale = loadLanes(scaleAt, lanes), shift = loadLanes(shiftAt, lanes), mean = loadLanes(meanAt, lanes);
  const low = sigmoidConstant(0), high = sigmoidConstant(1), log2e = sigmoidConstant(2), magic = sigmoidConstant(3);
  const ln2 = sigmoidConstant(4), ln2Rest = sigmoidConstant(5), one = sigmoidConstant(6);
  const q0 = sigmoidConstant(7), q1 = sigmoidConstant(8), q2 = sigmoidConstant(9), q3 = sigmoidConstant(10);
  let a = f32x4.splat(0), b = a, c = a, d = a, i = 0;
  for (; i + 2 <= count; i += 2) {
    let value = loadLanes(x, lanes), gradient = slopeAt(dy, value, saved, scale, shift, activation, lanes, low, high, log2e, magic, ln2, ln2Rest, one, q0, q1, q2, q3);
    if (keep) { storeLanes(dz, gradient, lanes); dz += rowBytes; }
    a = f32x4.add(a, gradient); b = fma(gradient, f32x4.sub(value, mean), b);
    x += rowBytes; dy += rowBytes; saved += rowBytes;
    value = loadLanes(x, lanes); gradient = slopeAt(dy, value, saved, scale, shift, activation, lanes, low, high, log2e, magic, ln2, ln2Rest, one, q0, q1, q2, q3);
    if (keep) { storeLanes(dz, gradient, lanes); dz += rowBytes; }
    c = f32x4.add(c, gradient); d = fma(gradient, f32x4.sub(value, mean), d);
    x += rowBytes; dy += rowBytes; saved += rowBytes;
  }
  if (i < count) {
    const value = loadLanes(x, lanes), gradient = slopeAt(dy, value, saved, scale, shift, activation, lanes, low, high, log2e, magic, ln2, ln2Rest, one, q0, q1, q2, q3);
    if (keep) storeLanes(dz, gradient, lanes);
    a = f32x4.add(a, gradient); b = fma(gradient, f32x4.sub(value, mean), b);
  }
  storeLanes(out, f32x4.add(loadLanes(out, lanes), f32x4.add(a, c)), lanes);
  const products = out + productsAt;
  storeLanes(products, fma(f32x4.add(b, d), loadLanes(invStdAt, lanes), loadLanes(products, lanes)), lanes);
}

@inline
function slopeAt(dy: usize, x: v128, saved: usize, scale: v128, shift: v128, activation: i32, lanes: i32, low: v128, high: v128, log2e: v128, magic: v128, ln2: v128, ln2Rest: v128, one: v128, q0: v128, q1: v128, q2: v128, q3: v128): v128 {
  const gradient = loadLanes(dy, lanes);
  if (activation == SAVED) return v128.and(gradient, f32x4.gt(loadLanes(saved, lanes), f32x4.splat(0)));
  const z = fma(scale, x, shift);
  if (activation == SILU) return siluSlope(gradient, z, one, sigmoidWith(z, low, high, log2e, magic, ln2, ln2Rest, one, q0, q1, q2, q3));
  return activationSlope(gradient, z, activation);
}

/** Zeros for `count` channels of a slot's two rows of sums. */
export function emptyColumns(out: usize, count: i32, rowBytes: usize): void {
  fillFloats(out, count, 0);
  fillFloats(out + rowBytes, count, 0);
}

/** Slot `slot` of what follows a convolution, empty. @param channels of the whole map. */
export function emptySlot(after: After, slot: i32, channels: i32): usize {
  const out = after.slots + <usize>slot * after.slotBytes;
  fillFloats(out, 2 * channels, 0);
  return out;
}

/**
 * What follows a convolution, for a block of its results: `count` rows of `block` channels from `channel` on, the first
 * `offset` bytes into the map `c`; `before` rows of the slot came earlier.
 */
export function follow(after: After, c: usize, offset: usize, rowBytes: usize, count: i32, before: i32, channel: i32, block: i32, out: usize): void {
  const at = <usize>channel << 2;
  if (after.kind == GRADIENT_SUMS) {
    const dz = c + offset;
    addGradientSums(after.activation, dz, after.x + offset, 0, dz, rowBytes, count, block, after.scale + at, after.shift + at, after.mean + at, after.invStd + at, out + at, rowBytes);
  } else addStatistics(c + offset, rowBytes, count, before, block, out + at, rowBytes);
}
