import { GroupNormStatsRecord } from "./records";
import { fillFloats, fma, loadLanes, shareStart, storeLanes, touch } from "./simd";

// N images of P pixels × C channels in G groups of W = C/G channels. Means and 1/σ [n][g], scale and shift [n][c].

// Variances are sums of squared distances from a center, the mean of the image's first block: never more than
// √(blocks) standard deviations off, so that taking the square of its error off again costs no digits that matter.

/** Floats summed in float32 before they join a float64 total. */
const BLOCK_FLOATS: i32 = 1024;

/** Unit of work: one image. */
export function groupNormStats(r: GroupNormStatsRecord, thread: i32, threads: i32): void {
  const floats = r.pixels * r.channels, end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    if (r.groups == 1) finishGroup(r, image, 0, flatStatistics(r.x + (<usize>(image * floats) << 2), floats));
    else columnStatistics(r, image, r.scratch + <usize>thread * r.scratchBytes);
  }
}

/** From Σ(x − center) and Σ(x − center)²: mean and biased variance. */
@inline
function corrected(center: f32, deviations: v128, n: f64): v128 {
  const off = f64x2.extract_lane(deviations, 0) / n;
  const variance = f64x2.extract_lane(deviations, 1) / n - off * off;
  return f64x2.replace_lane(f64x2.splat(<f64>center + off), 1, variance);
}

function finishGroup(r: GroupNormStatsRecord, image: i32, group: i32, statistics: v128): void {
  const width = r.channels / r.groups, at = <usize>(image * r.groups + group) << 2;
  const mean = f64x2.extract_lane(statistics, 0);
  const invStd = 1 / Math.sqrt(f64x2.extract_lane(statistics, 1) + <f64>r.epsilon);
  store<f32>(r.mean + at, <f32>mean);
  store<f32>(r.invStd + at, <f32>invStd);
  const vector = <usize>(group * width) << 2, imageVector = vector + (<usize>(image * r.channels) << 2);
  writeAffine(r.gamma + vector, r.beta + vector, r.scale + imageVector, r.shift + imageVector, width, mean, invStd);
}

/** One group: the image is one run of floats. */
function flatStatistics(x: usize, length: i32): v128 {
  const first = min(BLOCK_FLOATS, length), center = <f32>(flatSum(x, first) / first);
  let deviations = f64x2.splat(0);
  for (let i = 0; i < length; i += BLOCK_FLOATS) {
    deviations = f64x2.add(deviations, flatDeviations(x + (<usize>i << 2), min(BLOCK_FLOATS, length - i), center));
  }
  return corrected(center, deviations, <f64>length);
}

function flatSum(p: usize, length: i32): f64 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const end = p + (<usize>length << 2);
  for (; p + 64 <= end; p += 64) {
    a = f32x4.add(a, v128.load(p)); b = f32x4.add(b, v128.load(p, 16));
    c = f32x4.add(c, v128.load(p, 32)); d = f32x4.add(d, v128.load(p, 48));
  }
  for (; p + 16 <= end; p += 16) a = f32x4.add(a, v128.load(p));
  for (; p < end; p += 4) b = f32x4.add(b, v128.load32_zero(p));
  return laneSum(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
}

/** (Σ e, Σ e²) of e = x − center. */
function flatDeviations(p: usize, length: i32, middle: f32): v128 {
  const center = f32x4.splat(middle), last = v128.and(center, i32x4(-1, 0, 0, 0));
  let a = f32x4.splat(0), b = a, c = a, d = a;
  const end = p + (<usize>length << 2);
  for (; p + 32 <= end; p += 32) {
    const e = f32x4.sub(v128.load(p), center), f = f32x4.sub(v128.load(p, 16), center);
    a = f32x4.add(a, e); b = fma(e, e, b);
    c = f32x4.add(c, f); d = fma(f, f, d);
  }
  for (; p + 16 <= end; p += 16) { const e = f32x4.sub(v128.load(p), center); a = f32x4.add(a, e); b = fma(e, e, b); }
  for (; p < end; p += 4) { const e = f32x4.sub(v128.load32_zero(p), last); c = f32x4.add(c, e); d = fma(e, e, d); }
  return f64x2.replace_lane(f64x2.splat(laneSum(f32x4.add(a, c))), 1, laneSum(f32x4.add(b, d)));
}

/** Several groups: sums per channel, then over the channels of each. `scratch`: Σ e[C], Σ e²[C], center[C]. */
function columnStatistics(r: GroupNormStatsRecord, image: i32, scratch: usize): void {
  const channels = r.channels, width = channels / r.groups, size = <f64>r.pixels * width;
  const block = min(r.blockRows, r.pixels), x = r.x + (<usize>(image * r.pixels * channels) << 2);
  const squares = scratch + (<usize>channels << 2), centers = squares + (<usize>channels << 2);
  let c = 0;
  touch(x, <usize>(block * channels) << 2);
  for (; c + 4 <= channels; c += 4) columnSum(x, block, channels, c, scratch, 4);
  for (; c < channels; c++) columnSum(x, block, channels, c, scratch, 1);
  for (let group = 0; group < r.groups; group++) {
    const first = <usize>(group * width) << 2;
    fillFloats(centers + first, width, <f32>(vectorSum(scratch + first, width) / (<f64>block * width)));
  }
  fillFloats(scratch, 2 * channels, 0);
  columnDeviations(x, r.pixels, r.blockRows, channels, scratch);
  for (let group = 0; group < r.groups; group++) {
    const first = <usize>(group * width) << 2;
    const sums = f64x2.splat(vectorSum(scratch + first, width));
    const deviations = f64x2.replace_lane(sums, 1, vectorSum(squares + first, width));
    finishGroup(r, image, group, corrected(load<f32>(centers + first), deviations, size));
  }
}

@inline
function columnSum(x: usize, count: i32, channels: i32, channel: i32, scratch: usize, lanes: i32): void {
  const rowBytes = <usize>channels << 2, at = scratch + (<usize>channel << 2);
  let p = x + (<usize>channel << 2), a = f32x4.splat(0), b = a, c = a, d = a, i = 0;
  for (; i + 4 <= count; i += 4) {
    a = f32x4.add(a, loadLanes(p, lanes)); p += rowBytes;
    b = f32x4.add(b, loadLanes(p, lanes)); p += rowBytes;
    c = f32x4.add(c, loadLanes(p, lanes)); p += rowBytes;
    d = f32x4.add(d, loadLanes(p, lanes)); p += rowBytes;
  }
  for (; i < count; i++) { a = f32x4.add(a, loadLanes(p, lanes)); p += rowBytes; }
  storeLanes(at, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), lanes);
}

function columnDeviations(x: usize, pixels: i32, blockRows: i32, channels: i32, scratch: usize): void {
  for (; pixels > 0; pixels -= blockRows) {
    const count = min(blockRows, pixels), bytes = <usize>(count * channels) << 2;
    touch(x, bytes);
    let c = 0;
    for (; c + 4 <= channels; c += 4) addDeviations(x, count, channels, c, scratch, 4);
    for (; c < channels; c++) addDeviations(x, count, channels, c, scratch, 1);
    x += bytes;
  }
}

@inline
function addDeviations(x: usize, count: i32, channels: i32, channel: i32, scratch: usize, lanes: i32): void {
  const rowBytes = <usize>channels << 2, sum = scratch + (<usize>channel << 2), square = sum + rowBytes;
  const center = loadLanes(square + rowBytes, lanes);
  let p = x + (<usize>channel << 2), a = f32x4.splat(0), b = a, c = a, d = a, i = 0;
  for (; i + 2 <= count; i += 2) {
    let e = f32x4.sub(loadLanes(p, lanes), center); a = f32x4.add(a, e); b = fma(e, e, b); p += rowBytes;
    e = f32x4.sub(loadLanes(p, lanes), center); c = f32x4.add(c, e); d = fma(e, e, d); p += rowBytes;
  }
  if (i < count) { const e = f32x4.sub(loadLanes(p, lanes), center); a = f32x4.add(a, e); b = fma(e, e, b); }
  storeLanes(sum, f32x4.add(loadLanes(sum, lanes), f32x4.add(a, c)), lanes);
  storeLanes(square, f32x4.add(loadLanes(square, lanes), f32x4.add(b, d)), lanes);
}

function vectorSum(p: usize, length: i32): f64 {
  let sum: f64 = 0;
  for (const end = p + (<usize>length << 2); p < end; p += 4) sum += <f64>load<f32>(p);
  return sum;
}

/** Of float32 lanes, in float64. */
@inline
export function laneSum(x: v128): f64 {
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
