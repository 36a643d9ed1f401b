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

/** max(x, least), of which NaN makes `least`: half of what SwiftShader takes for max(), which looks for NaN itself. */
export const floored = `
fn floored(x: vec4f, least: f32) -> vec4f { return select(vec4f(least), x, x > vec4f(least)); }`;

/**
 * e^x to the last bits: WGSL allows its own exp() an error that grows with |x|. x = n·ln 2 + r, |r| ≤ ln 2 / 2; 2ⁿ is put
 * together from its bits (Cody and Waite's reduction; the constant part of ln 2 has trailing zeros, so n times it is
 * exact). Arguments beyond ±87 are clamped. SwiftShader takes ten operations for a min, max or round of floats, since it
 * looks for NaN, and more to convert to integers: so |x| is bounded as an integer, and n is what is left in the last bits
 * of x / ln 2 + 1.5·2²³.
 */
const exponential = (lanes: Lanes) => {
  const [u, i] = lanes === "f32" ? ["u32", "i32"] : ["vec4u", "vec4i"];
  const shift = lanes === "f32" ? "23u" : "vec4u(23u)";
  return `
fn expo(given: ${lanes}) -> ${lanes} {
  let bits = bitcast<${i}>(given);
  let x = bitcast<${lanes}>(min(bits & ${i}(0x7fffffff), ${i}(0x42ae0000)) | (bits & ~${i}(0x7fffffff)));
  let power = bitcast<${i}>(fma(x, ${lanes}(1.4426950408889634), ${lanes}(12582912.0))) - ${i}(0x4b400000);
  let n = ${lanes}(power);
  let r = fma(n, ${lanes}(2.12194440e-4), fma(n, ${lanes}(-0.693359375), x));
  var p = fma(r, ${lanes}(1.9875691500e-4), ${lanes}(1.3981999507e-3));
  p = fma(p, r, ${lanes}(8.3334519073e-3));
  p = fma(p, r, ${lanes}(4.1665795894e-2));
  p = fma(p, r, ${lanes}(1.6666665459e-1));
  p = fma(p, r, ${lanes}(5.0000001201e-1));
  let e = fma(p, r * r, r) + 1.0;
  return e * bitcast<${lanes}>(${u}(power + 127) << ${shift});
}`;
};

const sigmoid = (lanes: Lanes) => `${exponential(lanes)}
fn sigmoid(x: ${lanes}) -> ${lanes} { return 1.0 / (1.0 + expo(-x)); }`;

/**
 * sigmoid(x), activate(kind, x) and slope(kind, x): the derivative at the activation's input. One exponential each, and one
 * branch, whose both sides SwiftShader computes: a chain of returns took two for silu.
 */
export const activations = (lanes: Lanes) => `${sigmoid(lanes)}
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

/** Activations as kernels are told apart by them. */
export type Curve = PointwiseActivation;

/** What a kernel's text needs for the curve: functions, the value after it, a gradient through its slope at `input`. */
export function curveText(curve: Curve, lanes: Lanes) {
  return {
    declarations: curve === "silu" || curve === "sigmoid" ? curveFunctions(curve, lanes) : "",
    activated: (value: string) => {
      if (curve === "none") return value;
      return curve === "relu" ? `max(${value}, ${lanes}(0.0))` : `activated(${value})`;
    },
    through: (gradient: string, input: string) => {
      if (curve === "none") return gradient;
      if (curve === "relu") return `select(${lanes}(0.0), ${gradient}, ${input} > ${lanes}(0.0))`;
      return `${gradient} * sloped(${input})`;
    },
  };
}

function curveFunctions(curve: "silu" | "sigmoid", lanes: Lanes): string {
  const [value, slope] = curve === "silu" ? ["x * s", "s * (1.0 + x * (1.0 - s))"] : ["s", "s * (1.0 - s)"];
  return `${sigmoid(lanes)}
fn activated(x: ${lanes}) -> ${lanes} { let s = sigmoid(x); return ${value}; }
fn sloped(x: ${lanes}) -> ${lanes} { let s = sigmoid(x); return ${slope}; }`;
}
