/** Counts of images by true class (rows) and class given by the network (columns). */
export type ConfusionMatrix = readonly (readonly number[])[];

/** @throws RangeError where a class is none of `classes` */
export function confusionMatrix(
  pairs: Iterable<readonly [actual: number, given: number]>,
  classes: number,
): ConfusionMatrix {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [actual, given] of pairs) {
    const row = counts[actual];
    if (row?.[given] === undefined)
      throw new RangeError(`class ${actual} or ${given} is none of ${classes} classes`);
    row[given] = row[given] + 1;
  }
  return counts;
}
