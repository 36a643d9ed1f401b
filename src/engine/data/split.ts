import type { Rng } from "../math/rng.ts";

/** Image numbers by class: `result[c]` lists the images labelled c, in their given order. */
export function byClass(labels: Uint8Array, classes: number): number[][] {
  const lists: number[][] = Array.from({ length: classes }, () => []);
  labels.forEach((label, image) => {
    const list = lists[label];
    if (list === undefined) throw new RangeError(`image ${image}: label ${label} of ${classes} classes`);
    list.push(image);
  });
  return lists;
}

/**
 * Stratified split: from every class the same number of randomly drawn test images; the others train.
 * Both are lists per class, in random order.
 */
export function stratifiedSplit(
  lists: readonly (readonly number[])[],
  testPerClass: number,
  rng: Rng,
): { readonly train: number[][]; readonly test: number[][] } {
  const shuffled = lists.map((list) => rng.shuffle([...list]));
  return {
    test: shuffled.map((list) => list.slice(0, testPerClass)),
    train: shuffled.map((list) => list.slice(testPerClass)),
  };
}

/**
 * One random order of all images in which every prefix is as class-balanced as can be: in rounds, each taking one random
 * image of every class that has some left, the classes of a round in random order. So the first n images of a split are
 * a fair small data set.
 */
export function interleave(lists: readonly (readonly number[])[], rng: Rng): number[] {
  const shuffled = lists.map((list) => rng.shuffle([...list]));
  const rounds = Math.max(0, ...shuffled.map((list) => list.length));
  const order: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const images = shuffled.flatMap((list) => list.slice(round, round + 1));
    order.push(...rng.shuffle(images));
  }
  return order;
}
