import { activate, activationSlope } from "./activation";
import { RELU, SIGMOID, SILU, SqueezeExciteGradRecord, SqueezeExciteRecord } from "./records";
import { copyFloats, fillFloats, fma, loadLanes, shareStart, storeLanes } from "./simd";

// Squeeze-and-excitation of one image after the other: its map is read for the mean and, still cached, scaled.
// P pixels of C channels, R channels of the squeeze. Unit of work everywhere: one image.

export function squeezeExcite(r: SqueezeExciteRecord, thread: i32, threads: i32): void {
  const channels = r.channels, squeezed = r.squeezed, mapBytes = <usize>(r.pixels * channels) << 2;
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    const x = r.x + <usize>image * mapBytes;
    const pooled = r.pooled + (<usize>(image * channels) << 2), s = r.s + (<usize>(image * channels) << 2);
    const hidden = r.hidden + (<usize>(image * squeezed) << 2);
    mean(x, r.pixels, channels, pooled);
    copyFloats(r.reduceBias, hidden, squeezed);
    for (let c = 0; c < channels; c++)
      addScaled(hidden, load<f32>(pooled + (<usize>c << 2)), r.reduce + (<usize>(c * squeezed) << 2), squeezed);
    copyFloats(r.expandBias, s, channels);
    for (let i = 0; i < squeezed; i++)
      addScaled(s, activated(load<f32>(hidden + (<usize>i << 2)), r.activation), r.expand + (<usize>(i * channels) << 2), channels);
    gate(s, channels);
    scaleMap(x, s, r.pixels, channels, r.y + <usize>image * mapBytes);
  }
}

/**
 * dx, and what the filters' gradients are sums of: dGate [N][C] at the sigmoid's input, dHidden [N][R] at the
 * activation's, activeHidden [N][R] its output.
 */
export function squeezeExciteGrad(r: SqueezeExciteGradRecord, thread: i32, threads: i32): void {
  const channels = r.channels, squeezed = r.squeezed, mapBytes = <usize>(r.pixels * channels) << 2;
  const dPooled = r.scratch + <usize>thread * r.scratchBytes;
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    const dy = r.dy + <usize>image * mapBytes, s = r.s + (<usize>(image * channels) << 2);
    const dGate = r.dGate + (<usize>(image * channels) << 2), row = <usize>(image * squeezed) << 2;
    gateGradient(dy, r.x + <usize>image * mapBytes, s, r.pixels, channels, dGate);
    fillFloats(dPooled, channels, 0);
    for (let i = 0; i < squeezed; i++) {
      const at = row + (<usize>i << 2), value = load<f32>(r.hidden + at);
      const sum = dot(dGate, r.expand + (<usize>(i * channels) << 2), channels);
      store<f32>(r.dHidden + at, slope(sum, value, r.activation));
      store<f32>(r.activeHidden + at, activated(value, r.activation));
    }
    const share: f32 = 1 / <f32>r.pixels;
    for (let c = 0; c < channels; c++)
      store<f32>(dPooled + (<usize>c << 2), dot(r.dHidden + row, r.reduce + (<usize>(c * squeezed) << 2), squeezed) * share);
    mapGradient(dy, s, dPooled, r.pixels, channels, r.dx + <usize>image * mapBytes);
  }
}

function mean(x: usize, pixels: i32, channels: i32, out: usize): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) meanAt(x, pixels, channels, out, <usize>c << 2, 4);
  for (; c < channels; c++) meanAt(x, pixels, channels, out, <usize>c << 2, 1);
}

@inline
function meanAt(x: usize, pixels: i32, channels: i32, out: usize, at: usize, lanes: i32): void {
  const rowBytes = <usize>channels << 2;
  let p = x + at, sum = f32x4.splat(0);
  for (let pixel = 0; pixel < pixels; pixel++, p += rowBytes) sum = f32x4.add(sum, loadLanes(p, lanes));
  storeLanes(out + at, f32x4.div(sum, f32x4.splat(<f32>pixels)), lanes);
}

/** out += factor · row */
function addScaled(out: usize, factor: f32, row: usize, length: i32): void {
  const f = f32x4.splat(factor), bytes = <usize>length << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(out + at, fma(f, v128.load(row + at), v128.load(out + at)));
  for (; at < bytes; at += 4) storeLanes(out + at, fma(f, loadLanes(row + at, 1), loadLanes(out + at, 1)), 1);
}

function dot(a: usize, b: usize, length: i32): f32 {
  const bytes = <usize>length << 2;
  let at: usize = 0, sums = f32x4.splat(0);
  for (; at + 16 <= bytes; at += 16) sums = fma(v128.load(a + at), v128.load(b + at), sums);
  let sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
  for (; at < bytes; at += 4) sum += load<f32>(a + at) * load<f32>(b + at);
  return sum;
}

function gate(s: usize, channels: i32): void {
  const bytes = <usize>channels << 2;
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) v128.store(s + at, activate(v128.load(s + at), SIGMOID));
  for (; at < bytes; at += 4) storeLanes(s + at, activate(loadLanes(s + at, 1), SIGMOID), 1);
}

function scaleMap(x: usize, s: usize, pixels: i32, channels: i32, y: usize): void {
  const rowBytes = <usize>channels << 2;
  for (let pixel = 0; pixel < pixels; pixel++, x += rowBytes, y += rowBytes) {
    let at: usize = 0;
    for (; at + 16 <= rowBytes; at += 16) v128.store(y + at, f32x4.mul(v128.load(x + at), v128.load(s + at)));
    for (; at < rowBytes; at += 4) store<f32>(y + at, load<f32>(x + at) * load<f32>(s + at));
  }
}

/** out = (Σ over the pixels of dy·x) · s(1 − s) */
function gateGradient(dy: usize, x: usize, s: usize, pixels: i32, channels: i32, out: usize): void {
  let c = 0;
  for (; c + 4 <= channels; c += 4) gateGradientAt(dy, x, s, pixels, channels, out, <usize>c << 2, 4);
  for (; c < channels; c++) gateGradientAt(dy, x, s, pixels, channels, out, <usize>c << 2, 1);
}

@inline
function gateGradientAt(dy: usize, x: usize, s: usize, pixels: i32, channels: i32, out: usize, at: usize, lanes: i32): void {
  const rowBytes = <usize>channels << 2;
  let p = dy + at, q = x + at, sum = f32x4.splat(0);
  for (let pixel = 0; pixel < pixels; pixel++, p += rowBytes, q += rowBytes) sum = fma(loadLanes(p, lanes), loadLanes(q, lanes), sum);
  const factor = loadLanes(s + at, lanes);
  storeLanes(out + at, f32x4.mul(sum, f32x4.mul(factor, f32x4.sub(f32x4.splat(1), factor))), lanes);
}

/** dx = dy · s + dPooled */
function mapGradient(dy: usize, s: usize, dPooled: usize, pixels: i32, channels: i32, dx: usize): void {
  const rowBytes = <usize>channels << 2;
  for (let pixel = 0; pixel < pixels; pixel++, dy += rowBytes, dx += rowBytes) {
    let at: usize = 0;
    for (; at + 16 <= rowBytes; at += 16) v128.store(dx + at, fma(v128.load(dy + at), v128.load(s + at), v128.load(dPooled + at)));
    for (; at < rowBytes; at += 4) storeLanes(dx + at, fma(loadLanes(dy + at, 1), loadLanes(s + at, 1), loadLanes(dPooled + at, 1)), 1);
  }
}

function activated(value: f32, activation: i32): f32 {
  const x = f32x4.splat(value);
  if (activation == RELU) return f32x4.extract_lane(activate(x, RELU), 0);
  if (activation == SILU) return f32x4.extract_lane(activate(x, SILU), 0);
  if (activation == SIGMOID) return f32x4.extract_lane(activate(x, SIGMOID), 0);
  return value;
}

function slope(gradient: f32, value: f32, activation: i32): f32 {
  const dy = f32x4.splat(gradient), x = f32x4.splat(value);
  if (activation == RELU) return f32x4.extract_lane(activationSlope(dy, x, RELU), 0);
  if (activation == SILU) return f32x4.extract_lane(activationSlope(dy, x, SILU), 0);
  if (activation == SIGMOID) return f32x4.extract_lane(activationSlope(dy, x, SIGMOID), 0);
  return gradient;
}
