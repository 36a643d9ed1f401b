/**
 * Percentile by linear interpolation between order statistics, numpy's default (Hyndman and Fan 1996, definition 7):
 * position (n − 1)·p/100 in the sorted values. `p` in 0–100. NaN for no values; callers check before.
 */
export function percentile(ascending: ArrayLike<number>, p: number): number {
  const last = ascending.length - 1;
  if (last < 0) return Number.NaN;
  const position = (last * Math.min(100, Math.max(0, p))) / 100;
  const below = Math.floor(position);
  const low = ascending[below]!;
  const rest = position - below;
  return rest === 0 ? low : low + rest * (ascending[below + 1]! - low);
}

/** The values that are numbers, sorted; infinite and missing ones are left out. */
export function sortedFinite(values: Iterable<number | null | undefined>): Float64Array {
  const finite: number[] = [];
  for (const value of values) if (typeof value === "number" && Number.isFinite(value)) finite.push(value);
  return Float64Array.from(finite).sort();
}

/** Middle of sorted values, the mean of the middle two for an even number; NaN for none. */
export function medianOf(ascending: ArrayLike<number>): number {
  return percentile(ascending, 50);
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}
