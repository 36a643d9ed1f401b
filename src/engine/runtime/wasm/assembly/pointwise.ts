import { activate, activationSlope } from "./activation";
import { ActivationGradRecord, AffineRecord, NONE, PointwiseRecord, RELU, SIGMOID, SILU } from "./records";
import { FLAT_UNIT } from "./rows";
import { ceilDiv, fma, loadLanes, shareStart, storeLanes } from "./simd";

/** y = activation(scale·x + shift (+ residual)). Unit of work: one row. */
export function affine(r: AffineRecord, thread: i32, threads: i32): void {
  const row = shareStart(r.rows, thread, threads), end = shareStart(r.rows, thread + 1, threads);
  if (r.residual) {
    if (r.activation == RELU) affineRows(r, row, end, RELU, 1);
    else if (r.activation == SILU) affineRows(r, row, end, SILU, 1);
    else if (r.activation == SIGMOID) affineRows(r, row, end, SIGMOID, 1);
    else affineRows(r, row, end, NONE, 1);
  } else {
    if (r.activation == RELU) affineRows(r, row, end, RELU, 0);
    else if (r.activation == SILU) affineRows(r, row, end, SILU, 0);
    else if (r.activation == SIGMOID) affineRows(r, row, end, SIGMOID, 0);
    else affineRows(r, row, end, NONE, 0);
  }
}

@inline
function affineRows(r: AffineRecord, row: i32, end: i32, activation: i32, hasResidual: i32): void {
  const scale = r.scale, shift = r.shift, rowBytes = <usize>r.channels << 2, start = <usize>row * rowBytes;
  let x = r.x + start, y = r.y + start, residual = r.residual + start;
  for (; row < end; row++) {
    let at: usize = 0;
    for (; at + 16 <= rowBytes; at += 16) affineAt(x, scale, shift, residual, y, at, activation, hasResidual, 4);
    for (; at < rowBytes; at += 4) affineAt(x, scale, shift, residual, y, at, activation, hasResidual, 1);
    x += rowBytes; y += rowBytes; residual += rowBytes;
  }
}

@inline
function affineAt(x: usize, scale: usize, shift: usize, residual: usize, y: usize, at: usize, activation: i32, hasResidual: i32, lanes: i32): void {
  let value = fma(loadLanes(scale + at, lanes), loadLanes(x + at, lanes), loadLanes(shift + at, lanes));
  if (hasResidual) value = f32x4.add(value, loadLanes(residual + at, lanes));
  storeLanes(y + at, activate(value, activation), lanes);
}

/** y = activation(x (+ residual)). Unit of work: FLAT_UNIT floats. */
export function pointwise(r: PointwiseRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.length, FLAT_UNIT);
  const first = <usize>(shareStart(units, thread, threads) * FLAT_UNIT) << 2;
  const end = <usize>min(r.length, shareStart(units, thread + 1, threads) * FLAT_UNIT) << 2;
  if (r.activation == RELU) pointwiseRange(r, first, end, RELU);
  else if (r.activation == SILU) pointwiseRange(r, first, end, SILU);
  else if (r.activation == SIGMOID) pointwiseRange(r, first, end, SIGMOID);
  else pointwiseRange(r, first, end, NONE);
}

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
  if (r.activation == RELU) activationGradRange(r, first, end, RELU);
  else if (r.activation == SILU) activationGradRange(r, first, end, SILU);
  else activationGradRange(r, first, end, SIGMOID);
}

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
