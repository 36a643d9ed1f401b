import { describe, expect, test } from "vitest";
import { parseIdx } from "./idx.ts";

const twoByThree = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 15);

describe("parseIdx", () => {
  test("reads shape and values", () => {
    expect(parseIdx(twoByThree)).toEqual({ shape: [2, 3], values: Uint8Array.of(10, 11, 12, 13, 14, 15) });
  });

  test.each([
    ["too few values", twoByThree.subarray(0, 17), "IDX of shape 2×3 holds 5 values, not 6"],
    ["another type of value", Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), "not an IDX file of unsigned bytes"],
    ["a header cut short", twoByThree.subarray(0, 6), "not an IDX file of unsigned bytes"],
    ["an empty file", new Uint8Array(), "not an IDX file of unsigned bytes"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(message);
  });
});
