import type { Population } from "./study.ts";

/** Network `index` of population `population` (its position in the study). */
export interface Slot {
  readonly population: number;
  readonly index: number;
}

/**
 * The order of trials: populations interleaved in proportion to their counts, so that all EDFs grow together. It depends
 * on the counts alone.
 */
export function trialOrder(populations: readonly Pick<Population, "count">[]): Slot[] {
  return populations
    .flatMap(({ count }, population) =>
      Array.from({ length: count }, (_, index) => ({ population, index, at: (index + 0.5) / count })),
    )
    .sort((a, b) => a.at - b.at || a.population - b.population)
    .map(({ population, index }) => ({ population, index }));
}
