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
 * exp(x), relative error below 2e-7, x clamped to ±87; NaN stays NaN. x = n·ln 2 + r with n rounded by adding 1.5·2²³,
 * exp(r) by the polynomial of Cephes' expf, 2ⁿ by writing the exponent.
 */
@inline
export function exp4(x: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87)), f32x4.splat(87));
  const magic = f32x4.splat(12582912);
  const shifted = fma(clamped, f32x4.splat(1.44269504088896341), magic);
  const n = f32x4.sub(shifted, magic);
  let r = fma(n, f32x4.splat(-0.693359375), clamped);
  r = fma(n, f32x4.splat(2.12194440e-4), r);
  let p = fma(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), f32x4.splat(1));
  // The low bits of the shifted number are n: bring n + 127 into the exponent's place.
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}
