type Floats = Float32Array | Float64Array;

/**
 * The largest error, relative to the largest value, or to the size that values of this kind ordinarily have.
 * @param rounding of each value, which is no error.
 */
export function relativeError(
  actual: Floats | undefined,
  expected: Floats,
  magnitude = 1e-3,
  rounding = 0,
): number {
  if (actual?.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let worst = 0;
  expected.forEach((value, i) => {
    const off = Math.abs(value - (actual[i] ?? Number.NaN)) - rounding * Math.abs(value);
    worst = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(worst, off);
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / Math.max(largest, magnitude);
}
