/**
 * Moves labels apart: positions as near as possible to the wanted ones (least squares), in the same order, at least
 * `gap` apart and inside [lo, hi]. If they cannot all fit, they are spaced evenly.
 */
export function spread(wanted: readonly number[], gap: number, lo: number, hi: number): number[] {
  const n = wanted.length;
  if (n === 0) return [];
  if ((n - 1) * gap >= hi - lo) {
    return wanted.map((_, i) => (n === 1 ? (lo + hi) / 2 : lo + (i * (hi - lo)) / (n - 1)));
  }
  // Subtracting i·gap turns "gap apart" into "non-decreasing": isotonic regression by pooling adjacent violators.
  const pools: { sum: number; count: number }[] = [];
  wanted.forEach((position, i) => {
    let pool = { sum: position - i * gap, count: 1 };
    let previous = pools.at(-1);
    while (previous !== undefined && previous.sum / previous.count > pool.sum / pool.count) {
      pool = { sum: pool.sum + previous.sum, count: pool.count + previous.count };
      pools.pop();
      previous = pools.at(-1);
    }
    pools.push(pool);
  });
  const top = hi - (n - 1) * gap;
  const placed = pools.flatMap(({ sum, count }) =>
    new Array<number>(count).fill(Math.min(top, Math.max(lo, sum / count))),
  );
  return placed.map((position, i) => position + i * gap);
}
