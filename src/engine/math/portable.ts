/**
 * Natural logarithm and exponential from nothing but +, −, × and ÷, which IEEE 754 fixes to the last bit. `Math.log` and
 * `Math.exp` may differ in the last bit between JavaScript engines; a seed must give the same networks and the same
 * initial weights in all of them. Errors stay below 2 units in the last place.
 */

const bits = new DataView(new ArrayBuffer(8));

/** ln 2 in two parts: the high one has 21 trailing zero bits, so that k·high is exact for every exponent k. */
const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** Natural logarithm of a positive, normal number. */
export function portableLog(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY)
    return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = bits.getFloat64(0);
  // Centre the mantissa on 1, where the series is short: m in [√½, √2).
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  // ln m = 2 artanh(s) = 2 (s + s³/3 + s⁵/5 + …), s = (m − 1)/(m + 1), |s| < 0.172.
  const s = (mantissa - 1) / (mantissa + 1);
  const s2 = s * s;
  let series = 0;
  for (let n = 23; n >= 3; n -= 2) series = (series + 1 / n) * s2;
  return exponent * ln2High + (exponent * ln2Low + 2 * s * series + 2 * s);
}

/** e^x for |x| < 700. */
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
