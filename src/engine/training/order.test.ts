import fc from "fast-check";
import { expect, test } from "vitest";
import { batchesOf, epochOrder } from "./order.ts";

test("an epoch's order is a permutation of its images, the same for the same seed and epoch", () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 300 }),
      (seed, epoch, images) => {
        const order = epochOrder(seed, epoch, images);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: images }, (_, index) => index));
        expect(epochOrder(seed, epoch, images)).toEqual(order);
      },
    ),
  );
});

test("epochs and seeds differ in their order", () => {
  const order = epochOrder(1, 1, 100);
  expect(epochOrder(1, 2, 100)).not.toEqual(order);
  expect(epochOrder(2, 1, 100)).not.toEqual(order);
});

test("batches are full in training and cover every image in evaluation", () => {
  const order = epochOrder(1, 1, 10);
  const sizes = (partial: boolean) => [...batchesOf(order, 4, { partial })].map(({ length }) => length);
  expect(sizes(false)).toEqual([4, 4]);
  expect(sizes(true)).toEqual([4, 4, 2]);
  expect([...batchesOf(order, 4, { partial: true })].flatMap((batch) => [...batch])).toEqual([...order]);
});
