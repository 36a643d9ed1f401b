import fc from "fast-check";
import { expect, test } from "vitest";
import { confusionMatrix } from "./confusion.ts";

test("counts by true class and given class", () => {
  const pairs = [
    [0, 0],
    [0, 1],
    [2, 1],
    [0, 1],
  ] as const;
  expect(confusionMatrix(pairs, 3)).toEqual([
    [1, 2, 0],
    [0, 0, 0],
    [0, 1, 0],
  ]);
});

test("rows sum to the images of a class, the diagonal to those classified right", () => {
  const label = fc.nat(4);
  fc.assert(
    fc.property(fc.array(fc.tuple(label, label)), (pairs) => {
      const counts = confusionMatrix(pairs, 5);
      for (let c = 0; c < 5; c++)
        expect(counts[c]!.reduce((sum, n) => sum + n, 0)).toBe(
          pairs.filter(([actual]) => actual === c).length,
        );
      const right = pairs.filter(([actual, given]) => actual === given).length;
      expect(counts.reduce((sum, row, c) => sum + row[c]!, 0)).toBe(right);
    }),
  );
});

test("a class outside is refused", () => {
  expect(() => confusionMatrix([[0, 3]], 3)).toThrow("class 0 or 3 is none of 3 classes");
});
