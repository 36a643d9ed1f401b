import { activationSlope } from "./activation";
import { GroupNormInputGradRecord, GroupNormReduceGradRecord, GroupNormStatsRecord, NONE, RELU, SIGMOID, SILU } from "./records";
import { copyFloats, fillFloats, fma, loadLanes, shareStart, storeLanes } from "./simd";

// N images of P pixels × C channels in G groups of W = C/G channels. A group of an image is P runs of W floats, C apart;
// one group of all channels is a single run. Means and 1/σ [n][g], scale and shift [n][c].

/** Floats summed in float32 before they join a float64 total. */
const BLOCK_FLOATS: i32 = 1024;

/** Unit of work: one image. */
export function groupNormStats(r: GroupNormStatsRecord, thread: i32, threads: i32): void {
  const width = r.channels / r.groups, end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    for (let group = 0; group < r.groups; group++) {
      const x = r.x + (<usize>(image * r.pixels * r.channels + group * width) << 2);
      const statistics = r.groups == 1 ? flatStatistics(x, r.pixels * width) : runStatistics(x, r.pixels, width, r.channels);
      const mean = f64x2.extract_lane(statistics, 0);
      const invStd = 1 / Math.sqrt(f64x2.extract_lane(statistics, 1) + <f64>r.epsilon);
      const at = <usize>(image * r.groups + group) << 2;
      store<f32>(r.mean + at, <f32>mean);
      store<f32>(r.invStd + at, <f32>invStd);
      const vector = <usize>(group * width) << 2, imageVector = vector + (<usize>(image * r.channels) << 2);
      writeAffine(r.gamma + vector, r.beta + vector, r.scale + imageVector, r.shift + imageVector, width, mean, invStd);
    }
  }
}

/** Mean and biased variance of `length` floats. */
function flatStatistics(x: usize, length: i32): v128 {
  let sum: f64 = 0;
  for (let i = 0; i < length; i += BLOCK_FLOATS) sum += runsSum(x + (<usize>i << 2), 1, min(BLOCK_FLOATS, length - i), 0);
  const center = <f32>(sum / length);
  let deviations = f64x2.splat(0);
  for (let i = 0; i < length; i += BLOCK_FLOATS) {
    deviations = f64x2.add(deviations, runsDeviations(x + (<usize>i << 2), 1, min(BLOCK_FLOATS, length - i), 0, center));
  }
  return corrected(center, deviations, <f64>length);
}

/** The same of `runs` runs of `width` floats, `stride` floats apart. */
function runStatistics(x: usize, runs: i32, width: i32, stride: i32): v128 {
  const perBlock = max(1, BLOCK_FLOATS / width), runBytes = <usize>stride << 2, length = <f64>runs * width;
  let sum: f64 = 0;
  for (let i = 0; i < runs; i += perBlock) sum += runsSum(x + <usize>i * runBytes, min(perBlock, runs - i), width, runBytes);
  const center = <f32>(sum / length);
  let deviations = f64x2.splat(0);
  for (let i = 0; i < runs; i += perBlock) {
    deviations = f64x2.add(deviations, runsDeviations(x + <usize>i * runBytes, min(perBlock, runs - i), width, runBytes, center));
  }
  return corrected(center, deviations, length);
}

/** From Σ(x − center) and Σ(x − center)²: the center, one float32, need not be the mean (Chan, Golub, LeVeque 1983). */
@inline
function corrected(center: f32, deviations: v128, n: f64): v128 {
  const off = f64x2.extract_lane(deviations, 0) / n;
  const variance = f64x2.extract_lane(deviations, 1) / n - off * off;
  return f64x2.replace_lane(f64x2.splat(<f64>center + off), 1, variance);
}

function runsSum(x: usize, runs: i32, width: i32, runBytes: usize): f64 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const bytes = <usize>width << 2;
  for (; runs > 0; runs--, x += runBytes) {
    let p = x;
    const end = x + bytes;
    for (; p + 64 <= end; p += 64) {
      a = f32x4.add(a, v128.load(p)); b = f32x4.add(b, v128.load(p, 16));
      c = f32x4.add(c, v128.load(p, 32)); d = f32x4.add(d, v128.load(p, 48));
    }
    if (p + 32 <= end) { a = f32x4.add(a, v128.load(p)); b = f32x4.add(b, v128.load(p, 16)); p += 32; }
    if (p + 16 <= end) { c = f32x4.add(c, v128.load(p)); p += 16; }
    for (; p < end; p += 4) d = f32x4.add(d, v128.load32_zero(p));
  }
  return laneSum(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** (Σ e, Σ e²) of e = x − center. */
function runsDeviations(x: usize, runs: i32, width: i32, runBytes: usize, mean: f32): v128 {
  const center = f32x4.splat(mean), last = v128.and(center, i32x4(-1, 0, 0, 0));
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const bytes = <usize>width << 2;
  for (; runs > 0; runs--, x += runBytes) {
    let p = x;
    const end = x + bytes;
    for (; p + 32 <= end; p += 32) {
      const e = f32x4.sub(v128.load(p), center), f = f32x4.sub(v128.load(p, 16), center);
      a = f32x4.add(a, e); b = fma(e, e, b);
      c = f32x4.add(c, f); d = fma(f, f, d);
    }
    if (p + 16 <= end) {
      const e = f32x4.sub(v128.load(p), center);
      a = f32x4.add(a, e); b = fma(e, e, b);
      p += 16;
    }
    for (; p < end; p += 4) {
      const e = f32x4.sub(v128.load32_zero(p), last);
      c = f32x4.add(c, e); d = fma(e, e, d);
    }
  }
  return f64x2.replace_lane(f64x2.splat(laneSum(f32x4.add(a, c))), 1, laneSum(f32x4.add(b, d)));
}

@inline
function laneSum(x: v128): f64 {
  return <f64>f32x4.extract_lane(x, 0) + <f64>f32x4.extract_lane(x, 1) + (<f64>f32x4.extract_lane(x, 2) + <f64>f32x4.extract_lane(x, 3));
}

/** scale = γ·invStd, shift = β − mean·scale; in float64, where a large mean would cost digits. */
@inline
function writeAffine(gamma: usize, beta: usize, scale: usize, shift: usize, width: i32, mean: f64, invStd: f64): void {
  const bytes = <usize>width << 2, factor = f64x2.splat(invStd), center = f64x2.splat(mean);
  let at: usize = 0;
  for (; at + 8 <= bytes; at += 8) {
    const s = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(gamma + at)), factor);
    const t = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(beta + at)), f64x2.mul(center, s));
    v128.store64_lane(scale + at, f32x4.demote_f64x2_zero(s), 0);
    v128.store64_lane(shift + at, f32x4.demote_f64x2_zero(t), 0);
  }
  if (at < bytes) {
    const s = <f64>load<f32>(gamma + at) * invStd;
    store<f32>(scale + at, <f32>s);
    store<f32>(shift + at, <f32>(<f64>load<f32>(beta + at) - mean * s));
  }
}

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
    if (r.activation == RELU) reduceRows(r, image, row, count, scratch, RELU);
    else if (r.activation == SILU) reduceRows(r, image, row, count, scratch, SILU);
    else if (r.activation == SIGMOID) reduceRows(r, image, row, count, scratch, SIGMOID);
    else reduceRows(r, image, row, count, scratch, NONE);
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
    if (r.activation == RELU) inputGradImage(r, image, slope, RELU);
    else if (r.activation == SILU) inputGradImage(r, image, slope, SILU);
    else if (r.activation == SIGMOID) inputGradImage(r, image, slope, SIGMOID);
    else inputGradImage(r, image, slope, NONE);
  }
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
