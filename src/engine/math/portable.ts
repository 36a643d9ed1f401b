import { productError, sumError } from "./double-double.ts";

/**
 * Logarithm, exponential, sine and cosine from nothing but +, −, × and ÷, which IEEE 754 fixes to the last bit. `Math.log`
 * and the others may differ in the last bit between JavaScript engines; a seed must give the same networks, the same
 * initial weights and the same turned images in all of them.
 */

const bits = new DataView(new ArrayBuffer(8));

/** ln 2 in two parts: the high one has 21 trailing zero bits, so that k·high is exact for every exponent k. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/**
 * Natural logarithm of a positive, finite number, rounded correctly but for about one argument in a hundred, so that it
 * agrees with the C library under numpy where a quotient of logarithms is rounded to an integer.
 */
export function portableLog(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY)) return Math.log(x);
  bits.setFloat64(0, x);
  const word = bits.getUint32(0);
  let exponent = (word >>> 20) - 1023;
  bits.setUint32(0, (word & 0xfffff) | 0x3ff00000);
  let m = bits.getFloat64(0);
  // Centre the mantissa on 1, where the series is short: m in [√½, √2).
  if (m > Math.SQRT2) {
    m /= 2;
    exponent += 1;
  }
  // ln m = 2 artanh(s) = 2 (s + s³/3 + s⁵/5 + …), s = (m − 1)/(m + 1), |s| < 0.172; s as a pair (s, sLow).
  const denominator = m + 1;
  const denominatorLow = sumError(m, 1, denominator);
  const s = (m - 1) / denominator;
  const product = s * denominator;
  const residual = m - 1 - product - productError(s, denominator, product) - s * denominatorLow;
  const sLow = residual / denominator;
  const s2 = s * s;
  let series = 0;
  for (let n = 23; n >= 3; n -= 2) series = (series + 1 / n) * s2;
  const tail = exponent * ln2Low + 2 * (sLow + s * series);
  // The three parts, largest first, with the error of each addition kept until the end.
  const base = exponent * ln2High;
  const sum = base + 2 * s;
  const rest = sumError(base, 2 * s, sum) + tail;
  return sum + rest;
}

/** e^x for |x| < 700, within 2 units in the last place. */
export function portableExp(x: number): number {
  // x = k ln 2 + r with |r| ≤ ½ ln 2, so e^x = 2^k e^r.
  const k = Math.floor(x / Math.LN2 + 0.5);
  const r = x - k * ln2High - k * ln2Low;
  let series = 1;
  for (let n = 16; n >= 1; n--) series = 1 + (r / n) * series;
  bits.setUint32(0, (k + 1023) << 20);
  bits.setUint32(4, 0);
  return series * bits.getFloat64(0);
}

/** Sine and cosine of |x| ≤ π/2, within 2 units in the last place of 1, by their power series. */
export function portableSinCos(x: number): { readonly sin: number; readonly cos: number } {
  let sin = 1;
  let cos = 1;
  for (let n = 22; n >= 2; n -= 2) {
    cos = 1 - ((x * x) / (n * (n - 1))) * cos;
    sin = 1 - ((x * x) / (n * (n + 1))) * sin;
  }
  return { sin: x * sin, cos };
}
