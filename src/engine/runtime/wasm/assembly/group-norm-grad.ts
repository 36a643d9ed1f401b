import { activationSlope } from "./activation";
import { laneSum } from "./group-norm";
import { GroupNormInputGradRecord, GroupNormReduceGradRecord, NONE, RELU, SIGMOID, SILU } from "./records";
import { copyFloats, fillFloats, fma, loadLanes, shareStart, storeLanes, touch } from "./simd";

// Shapes as in group-norm.ts.

/** Slot s = Σ dz[C], Σ dz·x̂[C] over its images, each of which also gets its groups' sums. Unit of work: one slot. */
export function groupNormReduceGrad(r: GroupNormReduceGradRecord, thread: i32, threads: i32): void {
  const channels = r.channels, vectorBytes = <usize>channels << 2, end = shareStart(r.slotCount, thread + 1, threads);
  for (let slot = shareStart(r.slotCount, thread, threads); slot < end; slot++) {
    const out = r.slots + <usize>slot * r.slotBytes;
    startFrom(slot == 0 ? r.dBetaProxy : 0, out, channels);
    startFrom(slot == 0 ? r.dGammaProxy : 0, out + vectorBytes, channels);
    const lastImage = shareStart(r.images, slot + 1, r.slotCount);
    for (let image = shareStart(r.images, slot, r.slotCount); image < lastImage; image++) reduceImage(r, image, out, r.scratch + <usize>thread * r.scratchBytes);
  }
}

@inline
function startFrom(share: usize, out: usize, length: i32): void {
  if (share) copyFloats(share, out, length);
  else fillFloats(out, length, 0);
}

/** `scratch`: Σ dz[C], Σ dz·x̂[C] of this image, mean[C], invStd[C]. */
function reduceImage(r: GroupNormReduceGradRecord, image: i32, out: usize, scratch: usize): void {
  const channels = r.channels, groups = r.groups, width = channels / groups, vectorBytes = <usize>channels << 2;
  const products = scratch + vectorBytes, mean = products + vectorBytes, invStd = mean + vectorBytes;
  fillFloats(scratch, 2 * channels, 0);
  for (let group = 0; group < groups; group++) {
    const at = <usize>(image * groups + group) << 2, first = <usize>(group * width) << 2;
    fillFloats(mean + first, width, load<f32>(r.mean + at));
    fillFloats(invStd + first, width, load<f32>(r.invStd + at));
  }
  for (let pixel = 0; pixel < r.pixels; pixel += r.blockRows) {
    const row = image * r.pixels + pixel, count = min(r.blockRows, r.pixels - pixel);
    touch(r.x + (<usize>(row * channels) << 2), <usize>(count * channels) << 2);
    touch(r.dy + (<usize>(row * channels) << 2), <usize>(count * channels) << 2);
    if (r.activation == RELU) reduceRelu(r, image, row, count, scratch);
    else if (r.activation == SILU) reduceSilu(r, image, row, count, scratch);
    else if (r.activation == SIGMOID) reduceSigmoid(r, image, row, count, scratch);
    else reduceNone(r, image, row, count, scratch);
  }
  for (let group = 0; group < groups; group++) {
    const first = <usize>(group * width) << 2, at = r.sums + (<usize>(image * groups + group) << 3);
    const size = <f64>r.pixels * width;
    store<f32>(at, <f32>(dot(r.gamma + first, scratch + first, width) / size));
    store<f32>(at, <f32>(dot(r.gamma + first, products + first, width) / size), 4);
  }
  // Both vectors of the slot lie side by side, as those of the scratch do.
  let at: usize = 0;
  for (; at + 16 <= 2 * vectorBytes; at += 16) v128.store(out + at, f32x4.add(v128.load(out + at), v128.load(scratch + at)));
  for (; at < 2 * vectorBytes; at += 4) store<f32>(out + at, load<f32>(out + at) + load<f32>(scratch + at));
}

// A function for each activation: within one function the compiler folds loops that differ in a constant only into one
// loop with a branch inside, half as fast.
function reduceNone(r: GroupNormReduceGradRecord, image: i32, row: i32, count: i32, scratch: usize): void {
  reduceRows(r, image, row, count, scratch, NONE);
}
function reduceRelu(r: GroupNormReduceGradRecord, image: i32, row: i32, count: i32, scratch: usize): void {
  reduceRows(r, image, row, count, scratch, RELU);
}
function reduceSilu(r: GroupNormReduceGradRecord, image: i32, row: i32, count: i32, scratch: usize): void {
  reduceRows(r, image, row, count, scratch, SILU);
}
function reduceSigmoid(r: GroupNormReduceGradRecord, image: i32, row: i32, count: i32, scratch: usize): void {
  reduceRows(r, image, row, count, scratch, SIGMOID);
}

@inline
function reduceRows(r: GroupNormReduceGradRecord, image: i32, row: i32, count: i32, scratch: usize, activation: i32): void {
  let c = 0;
  for (; c + 4 <= r.channels; c += 4) reduceAt(r, image, row, count, c, scratch, activation, 4);
  for (; c < r.channels; c++) reduceAt(r, image, row, count, c, scratch, activation, 1);
}

@inline
function reduceAt(r: GroupNormReduceGradRecord, image: i32, row: i32, count: i32, channel: i32, scratch: usize, activation: i32, lanes: i32): void {
  const rowBytes = <usize>r.channels << 2, at = <usize>channel << 2, vector = <usize>image * rowBytes + at;
  const sum = scratch + at, product = sum + rowBytes;
  const scale = loadLanes(r.scale + vector, lanes), shift = loadLanes(r.shift + vector, lanes);
  const mean = loadLanes(product + rowBytes, lanes), invStd = loadLanes(product + 2 * rowBytes, lanes);
  let p = r.x + <usize>row * rowBytes + at, q = r.dy + <usize>row * rowBytes + at;
  let a = f32x4.splat(0), b = a, c = a, d = a, i = 0;
  for (; i + 2 <= count; i += 2) {
    let x = loadLanes(p, lanes), dz = activationSlope(loadLanes(q, lanes), fma(scale, x, shift), activation);
    a = f32x4.add(a, dz); b = fma(dz, f32x4.sub(x, mean), b); p += rowBytes; q += rowBytes;
    x = loadLanes(p, lanes); dz = activationSlope(loadLanes(q, lanes), fma(scale, x, shift), activation);
    c = f32x4.add(c, dz); d = fma(dz, f32x4.sub(x, mean), d); p += rowBytes; q += rowBytes;
  }
  if (i < count) {
    const x = loadLanes(p, lanes), dz = activationSlope(loadLanes(q, lanes), fma(scale, x, shift), activation);
    a = f32x4.add(a, dz); b = fma(dz, f32x4.sub(x, mean), b);
  }
  storeLanes(sum, f32x4.add(loadLanes(sum, lanes), f32x4.add(a, c)), lanes);
  storeLanes(product, fma(f32x4.add(b, d), invStd, loadLanes(product, lanes)), lanes);
}

/** Σ p·q. */
function dot(p: usize, q: usize, length: i32): f64 {
  const end = p + (<usize>length << 2);
  let sum = f32x4.splat(0);
  for (; p + 16 <= end; p += 16, q += 16) sum = fma(v128.load(p), v128.load(q), sum);
  for (; p < end; p += 4, q += 4) sum = fma(v128.load32_zero(p), v128.load32_zero(q), sum);
  return laneSum(sum);
}

/**
 * dx = scale·dz + B·(x − mean) + D (+ addend) with B = −invStd²·sums₁, D = −invStd·sums₀ of the group, spread over its
 * channels in scratch: B[C], D[C], mean[C]. Unit of work: one image.
 */
export function groupNormInputGrad(r: GroupNormInputGradRecord, thread: i32, threads: i32): void {
  const channels = r.channels, groups = r.groups, width = channels / groups, vectorBytes = <usize>channels << 2;
  const slope = r.scratch + <usize>thread * r.scratchBytes, offset = slope + vectorBytes, mean = offset + vectorBytes;
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    for (let group = 0; group < groups; group++) {
      const at = <usize>(image * groups + group), first = <usize>(group * width) << 2;
      const invStd = load<f32>(r.invStd + (at << 2)), sums = r.sums + (at << 3);
      fillFloats(slope + first, width, -invStd * invStd * load<f32>(sums, 4));
      fillFloats(offset + first, width, -invStd * load<f32>(sums));
      fillFloats(mean + first, width, load<f32>(r.mean + (at << 2)));
    }
    if (r.activation == RELU) inputGradRelu(r, image, slope);
    else if (r.activation == SILU) inputGradSilu(r, image, slope);
    else if (r.activation == SIGMOID) inputGradSigmoid(r, image, slope);
    else inputGradNone(r, image, slope);
  }
}

function inputGradNone(r: GroupNormInputGradRecord, image: i32, slope: usize): void {
  inputGradImage(r, image, slope, NONE);
}
function inputGradRelu(r: GroupNormInputGradRecord, image: i32, slope: usize): void {
  inputGradImage(r, image, slope, RELU);
}
function inputGradSilu(r: GroupNormInputGradRecord, image: i32, slope: usize): void {
  inputGradImage(r, image, slope, SILU);
}
function inputGradSigmoid(r: GroupNormInputGradRecord, image: i32, slope: usize): void {
  inputGradImage(r, image, slope, SIGMOID);
}

@inline
function inputGradImage(r: GroupNormInputGradRecord, image: i32, slope: usize, activation: i32): void {
  const rowBytes = <usize>r.channels << 2, vector = <usize>image * rowBytes, start = vector * r.pixels;
  const scale = r.scale + vector, shift = r.shift + vector;
  let x = r.x + start, dy = r.dy + start, dx = r.dx + start, addend = r.addend ? r.addend + start : 0;
  for (let pixel = 0; pixel < r.pixels; pixel++) {
    let at: usize = 0;
    for (; at + 16 <= rowBytes; at += 16) inputGradAt(x, dy, dx, addend, at, rowBytes, scale, shift, slope, activation, 4);
    for (; at < rowBytes; at += 4) inputGradAt(x, dy, dx, addend, at, rowBytes, scale, shift, slope, activation, 1);
    x += rowBytes; dy += rowBytes; dx += rowBytes;
    if (addend) addend += rowBytes;
  }
}

@inline
function inputGradAt(x: usize, dy: usize, dx: usize, addend: usize, at: usize, rowBytes: usize, scaleAt: usize, shiftAt: usize, slopeAt: usize, activation: i32, lanes: i32): void {
  const scale = loadLanes(scaleAt + at, lanes), value = loadLanes(x + at, lanes), slope = slopeAt + at;
  let z = value;
  if (activation != NONE) z = fma(scale, value, loadLanes(shiftAt + at, lanes));
  const dz = activationSlope(loadLanes(dy + at, lanes), z, activation);
  const offset = loadLanes(slope + rowBytes, lanes), mean = loadLanes(slope + 2 * rowBytes, lanes);
  let sum = fma(scale, dz, fma(loadLanes(slope, lanes), f32x4.sub(value, mean), offset));
  if (addend) sum = f32x4.add(sum, loadLanes(addend + at, lanes));
  storeLanes(dx + at, sum, lanes);
}
