// What all kernels share: fused multiply-add, work shares, partial vectors, exp.

/** a·b + c; one rounding where the build has relaxed SIMD, two where not. */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Where the share of `thread` begins; it ends where the next one's begins. Units come from shapes, never from threads. */
@inline
export function shareStart(units: i32, thread: i32, threads: i32): i32 {
  return <i32>((<i64>units * thread) / threads);
}

@inline
export function ceilDiv(a: i32, b: i32): i32 {
  return (a + b - 1) / b;
}

/**
 * Rows and channels come in any number: the same code runs on 4 channels or, for the rest, on 1 in lane 0. `lanes` is
 * a constant where these are called.
 */
@inline
export function loadLanes(p: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(p) : v128.load32_zero(p);
}

@inline
export function storeLanes(p: usize, value: v128, lanes: i32): void {
  if (lanes == 4) v128.store(p, value);
  else v128.store32_lane(p, value, 0);
}

export function fillFloats(p: usize, length: i32, value: f32): void {
  const end = p + (<usize>length << 2);
  const vector = f32x4.splat(value);
  for (; p + 16 <= end; p += 16) v128.store(p, vector);
  for (; p < end; p += 4) store<f32>(p, value);
}

export function copyFloats(from: usize, to: usize, length: i32): void {
  const end = from + (<usize>length << 2);
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  for (; from < end; from += 4, to += 4) store<f32>(to, load<f32>(from));
}

/**
 * Reads one float of every cache line, in order: what follows may then walk the same bytes down columns. Memory that is
 * not in a cache comes twice as fast this way. The sum is only there so that no compiler leaves the reads out.
 */
export function touch(p: usize, bytes: usize): i32 {
  let seen = 0;
  for (const end = p + bytes; p < end; p += 64) seen |= load<i32>(p);
  return seen;
}

// The constants of exp as loads that splat: compilers make vector constants from immediates in three to five
// instructions, every time, and there are more constants than registers.
const EXP = memory.data<f32>([
  -87, 87, 1.44269504088896341, 12582912, -0.693359375, 2.12194440e-4, 1,
  0.4999923148936967, 0.16667114650359025, 0.0418901576437067, 0.008312520386984077,
]);
/** 127 as an integer. */
const BIAS = memory.data<i32>([127]);

@inline
function exp(index: usize): v128 {
  return v128.load32_splat(EXP + (index << 2));
}

/**
 * exp(x), relative error below 3e-7, x clamped to ±87; NaN stays NaN. x = n·ln 2 + r with n rounded by adding 1.5·2²³;
 * exp(r) = 1 + r + r²·q(r) with q cubic, of least relative error (1.05e-7) on |r| ≤ ln 2/2 and summed in pairs, because
 * the length of the chain is what costs; 2ⁿ by writing the exponent.
 */
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, exp(0)), exp(1));
  const shifted = fma(clamped, exp(2), exp(3));
  const n = f32x4.sub(shifted, exp(3));
  // ln 2 in two parts: the first times n is exact.
  const r = fma(n, exp(5), fma(n, exp(4), clamped));
  const square = f32x4.mul(r, r);
  const q = fma(fma(exp(10), r, exp(9)), square, fma(exp(8), r, exp(7)));
  const e = fma(q, square, f32x4.add(r, exp(6)));
  // The low bits of the shifted number are n: bring n + 127 into the exponent's place.
  const power = i32x4.shl(i32x4.add(shifted, v128.load32_splat(BIAS)), 23);
  return f32x4.mul(e, power);
}

@inline
export function sigmoid4(x: v128): v128 {
  const e = exp4(x);
  return f32x4.div(e, f32x4.add(e, exp(6)));
}
