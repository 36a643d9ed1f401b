import { activate, activationSlope } from "./activation";
import { ActivationGradRecord, AffineRecord, NONE, PointwiseRecord, RELU, SIGMOID, SILU } from "./records";
import { sigmoidConstant, sigmoidWith } from "./sigmoid";
import { FLAT_UNIT } from "./rows";
import { ceilDiv, fma, loadLanes, shareStart, storeLanes } from "./simd";

// A function for each activation: within one function the compiler folds loops that differ in a constant only into one
// loop with a branch inside, half as fast.

/** y = activation(scale·x + shift (+ residual)). Unit of work: one row. */
export function affine(r: AffineRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.rows, thread + 1, threads);
  for (let row = shareStart(r.rows, thread, threads); row < end; ) {
    const image = row / r.imageRows, imageEnd = min(end, (image + 1) * r.imageRows);
    affineImage(r, row, imageEnd, r.scale + <usize>image * r.scaleStep, r.shift + <usize>image * r.shiftStep);
    row = imageEnd;
  }
}

/** Rows that share their scale and shift. */
function affineImage(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  if (r.residual) {
    if (r.activation == RELU) sumRelu(r, row, end, scale, shift);
    else if (r.activation == SILU) sumSilu(r, row, end, scale, shift);
    else if (r.activation == SIGMOID) sumSigmoid(r, row, end, scale, shift);
    else sumNone(r, row, end, scale, shift);
  } else {
    if (r.activation == RELU) affineRelu(r, row, end, scale, shift);
    else if (r.activation == SILU) affineSilu(r, row, end, scale, shift);
    else if (r.activation == SIGMOID) affineSigmoid(r, row, end, scale, shift);
    else affineNone(r, row, end, scale, shift);
  }
}

function affineNone(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, NONE, 0);
}
function affineRelu(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, RELU, 0);
}
function affineSilu(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, SILU, 0);
}
function affineSigmoid(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, SIGMOID, 0);
}
function sumNone(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, NONE, 1);
}
function sumRelu(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, RELU, 1);
}
function sumSilu(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, SILU, 1);
}
function sumSigmoid(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize): void {
  affineRows(r, row, end, scale, shift, SIGMOID, 1);
}

@inline
function affineRows(r: AffineRecord, row: i32, end: i32, scale: usize, shift: usize, activation: i32, hasResidual: i32): void {
  const rowBytes = <usize>r.channels << 2, start = <usize>row * rowBytes;
  const low = sigmoidConstant(0), high = sigmoidConstant(1), log2e = sigmoidConstant(2), magic = sigmoidConstant(3);
  const ln2 = sigmoidConstant(4), ln2Rest = sigmoidConstant(5), one = sigmoidConstant(6);
  const q0 = sigmoidConstant(7), q1 = sigmoidConstant(8), q2 = sigmoidConstant(9), q3 = sigmoidConstant(10);
  let x = r.x + start, y = r.y + start, residual = r.residual + start;
  for (; row < end; row++) {
    let at: usize = 0;
    for (; at + 16 <= rowBytes; at += 16) affineAt(x, scale, shift, residual, y, at, activation, hasResidual, 4, low, high, log2e, magic, ln2, ln2Rest, one, q0, q1, q2, q3);
    for (; at < rowBytes; at += 4) affineAt(x, scale, shift, residual, y, at, activation, hasResidual, 1, low, high, log2e, magic, ln2, ln2Rest, one, q0, q1, q2, q3);
    x += rowBytes; y += rowBytes; residual += rowBytes;
  }
}

@inline
function affineAt(x: usize, scale: usize, shift: usize, residual: usize, y: usize, at: usize, activation: i32, hasResidual: i32, lanes: i32, low: v128, high: v128, log2e: v128, magic: v128, ln2: v128, ln2Rest: v128, one: v128, q0: v128, q1: v128, q2: v128, q3: v128): void {
  let value = fma(loadLanes(scale + at, lanes), loadLanes(x + at, lanes), loadLanes(shift + at, lanes));
  if (hasResidual) value = f32x4.add(value, loadLanes(residual + at, lanes));
  if (activation == SILU) value = f32x4.mul(value, sigmoidWith(value, low, high, log2e, magic, ln2, ln2Rest, one, q0, q1, q2, q3));
  else value = activate(value, activation);
  storeLanes(y + at, value, lanes);
}

/** y = activation(x (+ residual)). Unit of work: FLAT_UNIT floats. */
export function pointwise(r: PointwiseRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.length, FLAT_UNIT);
  const first = <usize>(shareStart(units, thread, threads) * FLAT_UNIT) << 2;
  const end = <usize>min(r.length, shareStart(units, thread + 1, threads) * FLAT_UNIT) << 2;
  if (r.activation == RELU) pointwiseRelu(r, first, end);
  else if (r.activation == SILU) pointwiseSilu(r, first, end);
  else if (r.activation == SIGMOID) pointwiseSigmoid(r, first, end);
  else pointwiseNone(r, first, end);
}

function pointwiseNone(r: PointwiseRecord, at: usize, end: usize): void { pointwiseRange(r, at, end, NONE); }
function pointwiseRelu(r: PointwiseRecord, at: usize, end: usize): void { pointwiseRange(r, at, end, RELU); }
function pointwiseSilu(r: PointwiseRecord, at: usize, end: usize): void { pointwiseRange(r, at, end, SILU); }
function pointwiseSigmoid(r: PointwiseRecord, at: usize, end: usize): void { pointwiseRange(r, at, end, SIGMOID); }

@inline
function pointwiseRange(r: PointwiseRecord, at: usize, end: usize, activation: i32): void {
  const x = r.x, residual = r.residual, y = r.y;
  for (; at + 16 <= end; at += 16) pointwiseAt(x, residual, y, at, activation, 4);
  for (; at < end; at += 4) pointwiseAt(x, residual, y, at, activation, 1);
}

@inline
function pointwiseAt(x: usize, residual: usize, y: usize, at: usize, activation: i32, lanes: i32): void {
  let value = loadLanes(x + at, lanes);
  if (residual) value = f32x4.add(value, loadLanes(residual + at, lanes));
  storeLanes(y + at, activate(value, activation), lanes);
}

/** dx = dy · activation′ from what was saved: silu its input, the others their output. */
export function activationGrad(r: ActivationGradRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.length, FLAT_UNIT);
  const first = <usize>(shareStart(units, thread, threads) * FLAT_UNIT) << 2;
  const end = <usize>min(r.length, shareStart(units, thread + 1, threads) * FLAT_UNIT) << 2;
  if (r.activation == RELU) activationGradRelu(r, first, end);
  else if (r.activation == SILU) activationGradSilu(r, first, end);
  else activationGradSigmoid(r, first, end);
}

function activationGradRelu(r: ActivationGradRecord, at: usize, end: usize): void { activationGradRange(r, at, end, RELU); }
function activationGradSilu(r: ActivationGradRecord, at: usize, end: usize): void { activationGradRange(r, at, end, SILU); }
function activationGradSigmoid(r: ActivationGradRecord, at: usize, end: usize): void { activationGradRange(r, at, end, SIGMOID); }

@inline
function activationGradRange(r: ActivationGradRecord, at: usize, end: usize, activation: i32): void {
  const dy = r.dy, saved = r.saved, dx = r.dx;
  for (; at + 16 <= end; at += 16) activationGradAt(dy, saved, dx, at, activation, 4);
  for (; at < end; at += 4) activationGradAt(dy, saved, dx, at, activation, 1);
}

@inline
function activationGradAt(dy: usize, saved: usize, dx: usize, at: usize, activation: i32, lanes: i32): void {
  const gradient = loadLanes(dy + at, lanes), value = loadLanes(saved + at, lanes);
  // Of sigmoid the output is saved; its slope is y(1 − y).
  const slope = activation == SIGMOID
    ? f32x4.mul(gradient, f32x4.mul(value, f32x4.sub(f32x4.splat(1), value)))
    : activationSlope(gradient, value, activation);
  storeLanes(dx + at, slope, lanes);
}
