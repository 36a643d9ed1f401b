import { fma } from "./simd";

// sigmoid(x) = 1 / (1 + exp(−x)), for 4 floats.

// The constants as loads that splat: compilers make vector constants from immediates in three to five instructions,
// every time. A loop loads them once and hands them to `sigmoidWith`: even where they do not all stay in registers, a
// reload is one instruction.
const CONSTANTS = memory.data<f32>([
  -87, 87, -1.44269504088896341, 12582912, 0.693359375, -2.12194440e-4, 1,
  0.4999923148936967, -0.16667114650359025, 0.0418901576437067, -0.008312520386984077,
]);

/** Constant `index` of `sigmoidWith`, in its order. */
@inline
export function sigmoidConstant(index: usize): v128 {
  return v128.load32_splat(CONSTANTS + (index << 2));
}

/**
 * Relative error below 5e-7, x clamped to ±87; NaN stays NaN. −x = n·ln 2 − r with n rounded by adding 1.5·2²³ and ln 2 in
 * two parts, the first of which is exact times n; exp(−r) = 1 − r + r²·q(r) with q cubic, of least relative error
 * (1.05e-7) on |r| ≤ ln 2/2 and summed in pairs, because the length of the chain is what costs; times 2ⁿ by adding n to
 * the exponent.
 */
@inline
export function sigmoidWith(x: v128, low: v128, high: v128, log2e: v128, magic: v128, ln2: v128, ln2Rest: v128, one: v128, q0: v128, q1: v128, q2: v128, q3: v128): v128 {
  const clamped = f32x4.pmin(f32x4.pmax(x, low), high);
  const shifted = fma(clamped, log2e, magic);
  const n = f32x4.sub(shifted, magic);
  const r = fma(n, ln2Rest, fma(n, ln2, clamped));
  const square = f32x4.mul(r, r);
  const q = fma(fma(q3, r, q2), square, fma(q1, r, q0));
  // The low bits of the shifted number are n.
  const e = i32x4.add(fma(q, square, f32x4.sub(one, r)), i32x4.shl(shifted, 23));
  return f32x4.div(one, f32x4.add(one, e));
}

@inline
export function sigmoid4(x: v128): v128 {
  return sigmoidWith(
    x, sigmoidConstant(0), sigmoidConstant(1), sigmoidConstant(2), sigmoidConstant(3), sigmoidConstant(4), sigmoidConstant(5),
    sigmoidConstant(6), sigmoidConstant(7), sigmoidConstant(8), sigmoidConstant(9), sigmoidConstant(10),
  );
}
