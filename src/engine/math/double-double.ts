/**
 * Error-free transformations (Knuth 1969, Dekker 1971): the part that rounding cuts off, itself exact. Two doubles
 * (value, error) together carry some 106 bits, which is what a correctly rounded logarithm or power needs.
 */

/** a + b − sum, exactly, for sum = a + b rounded. */
export function sumError(a: number, b: number, sum: number): number {
  const bPart = sum - a;
  return a - (sum - bPart) + (b - bPart);
}

/** a·b − product, exactly, for product = a·b rounded. */
export function productError(a: number, b: number, product: number): number {
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The upper 26 bits of a double's 53, so that products of halves are exact. */
function upperHalf(x: number): number {
  const scaled = x * 134217729;
  return scaled - (scaled - x);
}

/**
 * xⁿ for an integer n ≥ 0, rounded once: products carry their errors along. A power that is off by one unit in the last
 * place moves a quantized width that lands on a rounding tie.
 */
export function integerPower(x: number, n: number): number {
  let high = 1;
  let low = 0;
  for (let i = 0; i < n; i++) {
    const product = high * x;
    low = productError(high, x, product) + low * x;
    high = product + low;
    low = sumError(product, low, high);
  }
  return high;
}
