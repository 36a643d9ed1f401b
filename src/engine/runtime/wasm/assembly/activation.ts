import { RELU, SIGMOID, SILU } from "./records";
import { sigmoid4 } from "./sigmoid";
import { fma } from "./simd";

// `activation` is a constant where these are called: each caller has one loop per activation.

/** NaN stays NaN (a diverged network must be seen): pmax(x, 0) is x < 0 ? 0 : x. */
@inline
export function activate(x: v128, activation: i32): v128 {
  if (activation == RELU) return f32x4.pmax(x, f32x4.splat(0));
  if (activation == SILU) return f32x4.mul(x, sigmoid4(x));
  if (activation == SIGMOID) return sigmoid4(x);
  return x;
}

/** dy · activation′(z), from the activation's input z. */
@inline
export function activationSlope(dy: v128, z: v128, activation: i32): v128 {
  if (activation == RELU) return v128.and(dy, f32x4.gt(z, f32x4.splat(0)));
  if (activation == SILU) {
    return siluSlope(dy, z, f32x4.splat(1), sigmoid4(z));
  }
  if (activation == SIGMOID) {
    const s = sigmoid4(z);
    return f32x4.mul(dy, f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)));
  }
  return dy;
}

/** dy · silu′(z), s = sigmoid(z): s·(1 + z·(1 − s)). */
@inline
export function siluSlope(dy: v128, z: v128, one: v128, s: v128): v128 {
  return f32x4.mul(dy, f32x4.mul(s, fma(z, f32x4.sub(one, s), one)));
}
