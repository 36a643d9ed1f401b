/** What is known of a network when its population comes to a rung. */
export interface Contender {
  readonly index: number;
  /** Errors after every epoch (trial-rules.ts, choosingError), of each of its seeds that came there. */
  readonly seeds: readonly (readonly number[])[];
}

/**
 * The networks that do not go on: all but the best `keep` (at least 1), by the median over their seeds of the lowest error in the
 * first `epochs` epochs; of equals the earlier ones go on. Each with its error, and `bound`: that of the last which goes on.
 */
export function beaten(
  contenders: readonly Contender[],
  epochs: number,
  keep: number,
): { readonly index: number; readonly error: number; readonly bound: number }[] {
  const ranked = contenders
    .map(({ index, seeds }) => ({
      index,
      error: median(seeds.map((errors) => Math.min(...errors.slice(0, epochs)))),
    }))
    .sort((a, b) => a.error - b.error || a.index - b.index);
  return ranked.slice(keep).map((network) => ({ ...network, bound: ranked[keep - 1]!.error }));
}

/** Of none it is infinite: nothing is known that speaks for it. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return Number.POSITIVE_INFINITY;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}
