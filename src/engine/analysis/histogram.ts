/** Counts of values in bins of equal width on a log axis. */
export interface LogHistogram {
  /** Bin i holds [edges[i], edges[i+1]); the last one also its end. One more than there are bins. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Costs of a population spread over decades: bins of equal ratio show their shape. Values must be positive. */
export function logHistogram(values: readonly number[], bins: number): LogHistogram {
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return { edges: [], counts: [] };
  const low = positive.reduce((a, b) => Math.min(a, b));
  const high = positive.reduce((a, b) => Math.max(a, b));
  // A population of one value still has a bin with two ends.
  const ratio = high > low ? (high / low) ** (1 / bins) : 1.01;
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    i === bins && high > low ? high : low * ratio ** i,
  );
  const counts = new Array<number>(bins).fill(0);
  for (const value of positive) counts[binOf(edges, value)!]! += 1;
  return { edges, counts };
}

/** The bin that holds a value; undefined outside all of them. */
export function binOf(edges: readonly number[], value: number): number | undefined {
  const bins = edges.length - 1;
  if (bins < 1 || value < edges[0]! || value > edges[bins]!) return undefined;
  let lo = 0;
  let hi = bins;
  while (hi - lo > 1) {
    const middle = (lo + hi) >> 1;
    if (edges[middle]! <= value) lo = middle;
    else hi = middle;
  }
  return lo;
}

/** Share of the values strictly below `value`, as an EDF counts. `ascending` is sorted. */
export function shareBelow(ascending: ArrayLike<number>, value: number): number {
  let lo = 0;
  let hi = ascending.length;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (ascending[middle]! < value) lo = middle + 1;
    else hi = middle;
  }
  return ascending.length === 0 ? Number.NaN : lo / ascending.length;
}
