/** What is known of a network when its population comes to a rung. */
export interface Contender {
  readonly index: number;
  /** Errors after every epoch (trial-rules.ts, choosingError), of each of its seeds that is still trained. */
  readonly seeds: readonly (readonly number[])[];
}

/**
 * The networks that do not go on: all but the best `keep`, by the median over their seeds of the lowest error in the
 * first `epochs` epochs; of equals the earlier ones go on. Ranks count from 1.
 */
export function beaten(
  contenders: readonly Contender[],
  epochs: number,
  keep: number,
): { readonly index: number; readonly rank: number }[] {
  return contenders
    .map(({ index, seeds }) => ({
      index,
      error: median(seeds.map((errors) => Math.min(...errors.slice(0, epochs)))),
    }))
    .sort((a, b) => a.error - b.error || a.index - b.index)
    .map(({ index }, i) => ({ index, rank: i + 1 }))
    .slice(keep);
}

/** Of none it is infinite: nothing is known that speaks for it. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - 1], sorted[middle]];
  if (high === undefined) return Number.POSITIVE_INFINITY;
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}
