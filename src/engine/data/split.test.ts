import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../math/rng.ts";
import { byClass, interleave, stratifiedSplit } from "./split.ts";

const classLists = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 10 }).map((sizes) => {
  let next = 0;
  return sizes.map((size) => Array.from({ length: size }, () => next++));
});

describe("byClass", () => {
  test("every image stands in the list of its label", () => {
    expect(byClass(Uint8Array.of(1, 0, 1, 2), 3)).toEqual([[1], [0, 2], [3]]);
  });

  test("a label past the classes is refused, with the image", () => {
    expect(() => byClass(Uint8Array.of(0, 3), 3)).toThrow("image 1: label 3 of 3 classes");
  });
});

describe("stratifiedSplit", () => {
  test("train and test share no image, lose none, and keep to their class", () => {
    fc.assert(
      fc.property(classLists, fc.nat(20), (lists, testPerClass) => {
        const { train, test } = stratifiedSplit(lists, testPerClass, createRng(3));
        lists.forEach((list, c) => {
          expect([...(train[c] ?? []), ...(test[c] ?? [])].sort((a, b) => a - b)).toEqual(list);
          expect(test[c]).toHaveLength(Math.min(testPerClass, list.length));
        });
      }),
    );
  });
});

describe("interleave", () => {
  test("is an order of all images", () => {
    fc.assert(
      fc.property(classLists, (lists) => {
        const order = interleave(lists, createRng(3));
        expect([...order].sort((a, b) => a - b)).toEqual(lists.flat());
      }),
    );
  });

  test("in every prefix the classes that have images left differ by one image at most", () => {
    fc.assert(
      fc.property(classLists, (lists) => {
        const classOf = new Map(lists.flatMap((list, c) => list.map((image) => [image, c] as const)));
        const taken = lists.map(() => 0);
        for (const image of interleave(lists, createRng(3))) {
          const c = classOf.get(image) as number;
          taken[c] = (taken[c] as number) + 1;
          const open = taken.filter((n, i) => n < (lists[i]?.length ?? 0));
          if (open.length > 0) expect(Math.max(...taken) - Math.min(...open)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("the same stream gives the same order, another stream another", () => {
    const lists = [
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ];
    expect(interleave(lists, createRng(1))).toEqual(interleave(lists, createRng(1)));
    expect(interleave(lists, createRng(1))).not.toEqual(interleave(lists, createRng(2)));
  });
});
