import type { PointwiseActivation } from "../../../plan/call.ts";

/** A vector of four channels, or one. */
export type Lanes = "vec4f" | "f32";

/**
 * A body that loads every argument once, in its beginning: SwiftShader loads it, with a check, wherever it is named.
 */
export function argumentsFirst(body: string): string {
  const names = new Set([...body.matchAll(/\ba\.(\w+)/g)].map(([, name]) => name));
  const loads = [...names].map((name) => `  let a_${name} = a.${name};`).join("\n");
  return `${loads}\n${body.replaceAll(/\ba\.(\w+)/g, "a_$1")}`;
}

/** Activations as kernels are told of them. */
export const activationCode: Readonly<Record<PointwiseActivation, number>> = {
  none: 0,
  relu: 1,
  silu: 2,
  sigmoid: 3,
};

/** Most negative float: the floor of a value that is not rectified. */
export const noFloor = -3.4e38;

/**
 * e^x to the last bits: WGSL allows its own exp() an error that grows with |x|. x = n·ln 2 + r, |r| ≤ ln 2 / 2; 2ⁿ is put
 * together from its bits (Cody and Waite's reduction; the constant part of ln 2 has trailing zeros, so n times it is
 * exact). Arguments beyond ±87 are clamped.
 */
const exponential = (lanes: Lanes) => {
  const [u, i] = lanes === "f32" ? ["u32", "i32"] : ["vec4u", "vec4i"];
  return `
fn expo(given: ${lanes}) -> ${lanes} {
  let x = clamp(given, ${lanes}(-87.0), ${lanes}(87.0));
  let n = round(x * 1.4426950408889634);
  let r = fma(n, ${lanes}(2.12194440e-4), fma(n, ${lanes}(-0.693359375), x));
  var p = fma(r, ${lanes}(1.9875691500e-4), ${lanes}(1.3981999507e-3));
  p = fma(p, r, ${lanes}(8.3334519073e-3));
  p = fma(p, r, ${lanes}(4.1665795894e-2));
  p = fma(p, r, ${lanes}(1.6666665459e-1));
  p = fma(p, r, ${lanes}(5.0000001201e-1));
  let e = fma(p, r * r, r) + 1.0;
  return e * bitcast<${lanes}>(${u}(${i}(n) + 127) << ${lanes === "f32" ? "23u" : "vec4u(23u)"});
}`;
};

/**
 * sigmoid(x), activate(kind, x) and slope(kind, x): the derivative at the activation's input. One exponential each, and one
 * branch, whose both sides SwiftShader computes: a chain of returns took two for silu.
 */
export const activations = (lanes: Lanes) => `
${exponential(lanes)}
fn sigmoid(x: ${lanes}) -> ${lanes} { return 1.0 / (1.0 + expo(-x)); }
fn activate(kind: u32, x: ${lanes}) -> ${lanes} {
  var y = select(x, max(x, ${lanes}(0.0)), kind == 1u);
  if (kind > 1u) {
    let s = sigmoid(x);
    y = select(s, x * s, kind == 2u);
  }
  return y;
}
fn slope(kind: u32, x: ${lanes}) -> ${lanes} {
  var y = select(${lanes}(1.0), select(${lanes}(0.0), ${lanes}(1.0), x > ${lanes}(0.0)), kind == 1u);
  if (kind > 1u) {
    let s = sigmoid(x);
    y = select(s * (1.0 - s), s * (1.0 + x * (1.0 - s)), kind == 2u);
  }
  return y;
}`;

/** e^x alone. */
export const exponentials = exponential("f32");

/** Activations as kernels are told apart by them: only those with an exponential are chosen by an argument. */
export type Curve = "none" | "relu" | "curved";

export function curveOf(activation: PointwiseActivation): Curve {
  return activation === "silu" || activation === "sigmoid" ? "curved" : activation;
}

/** What a kernel's text needs for the curve: functions, the value after it, a gradient through its slope at `input`. */
export function curveText(curve: Curve, lanes: Lanes) {
  return {
    declarations: curve === "curved" ? activations(lanes) : "",
    activated: (value: string) => {
      if (curve === "none") return value;
      return curve === "relu" ? `max(${value}, ${lanes}(0.0))` : `activate(a.activation, ${value})`;
    },
    through: (gradient: string, input: string) => {
      if (curve === "none") return gradient;
      if (curve === "relu") return `select(${lanes}(0.0), ${gradient}, ${input} > ${lanes}(0.0))`;
      return `${gradient} * slope(a.activation, ${input})`;
    },
  };
}
