/**
 * Holm's correction (1979) of p values that are looked at together: of m comparisons the smallest p counts m-fold, the next
 * (m − 1)-fold, and so on, none less than one before it. The chance of even one false alarm stays at the level, whatever
 * the comparisons have to do with each other. Order is kept.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = Array.from(pValues.keys()).sort((i, j) => pValues[i]! - pValues[j]!);
  const adjusted = new Array<number>(pValues.length);
  let atLeast = 0;
  order.forEach((comparison, rank) => {
    atLeast = Math.max(atLeast, Math.min(1, (pValues.length - rank) * pValues[comparison]!));
    adjusted[comparison] = atLeast;
  });
  return adjusted;
}
