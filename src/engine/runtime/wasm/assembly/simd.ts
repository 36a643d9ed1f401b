// What all kernels share: fused multiply-add, work shares, partial vectors.

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
