/**
 * Features cut into at most 64 bins each, by their quantiles. A tree then looks for its splits in counts a bin, not in
 * sorted values, which is what makes a forest over some hundred trials cheap enough for a page.
 */
export interface BinnedFeatures {
  /** [feature · n + trial]: bin of a value, growing with it. */
  readonly bins: Uint8Array;
  /** Bins of each feature; equal values share one. */
  readonly counts: readonly number[];
  readonly n: number;
}

export const maxBins = 64;

/** `columns[f][i]` is feature f of trial i, all of them finite. */
export function binFeatures(columns: readonly (readonly number[])[]): BinnedFeatures {
  const n = columns[0]?.length ?? 0;
  const bins = new Uint8Array(columns.length * n);
  const counts = columns.map((column, feature) => {
    const limits = upperLimits(column);
    column.forEach((value, i) => {
      bins[feature * n + i] = firstAtLeast(limits, value);
    });
    return limits.length;
  });
  return { bins, counts, n };
}

/** The greatest value of each bin, ascending: every distinct value its own bin where they are few. */
function upperLimits(column: readonly number[]): number[] {
  const sorted = Float64Array.from(column).sort();
  const distinct = [...new Set(sorted)];
  if (distinct.length <= maxBins) return distinct;
  const limits = Array.from(
    { length: maxBins },
    (_, i) => sorted[Math.ceil(((i + 1) * sorted.length) / maxBins) - 1]!,
  );
  return [...new Set(limits)];
}

function firstAtLeast(limits: readonly number[], value: number): number {
  let [low, high] = [0, limits.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (limits[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
