import fc from "fast-check";
import { expect, test } from "vitest";
import { formatQuantity, formatRange, parseQuantity, parseRange } from "./quantity.ts";

test.each([
  ["2M", 2_000_000],
  ["2.3M", 2_300_000],
  ["0.5G", 500_000_000],
  ["16k", 16_000],
  ["1e6", 1_000_000],
  ["1500", 1_500],
])("%s is %d", (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test.each(["", "M", "2 MB", "-2M", "2M4", "NaN", "0x10"])("%j is no quantity", (text) => {
  expect(parseQuantity(text)).toBeUndefined();
});

test("a quantity is read back as it was written", () => {
  fc.assert(
    fc.property(fc.nat({ max: 1e15 }), (value) => {
      expect(parseQuantity(formatQuantity(value))).toBe(value);
    }),
  );
  expect(formatQuantity(2_300_000)).toBe("2.3M");
  expect(formatQuantity(1_234_567)).toBe("1234567");
});

test.each([
  ["2M..4M", { min: 2e6, max: 4e6 }],
  ["..4M", { max: 4e6 }],
  ["2M ..", { min: 2e6 }],
])("%s is a range, open where an end is left out", (text, range) => {
  expect(parseRange(text)).toEqual(range);
  expect(parseRange(formatRange(range))).toEqual(range);
});

test.each(["2M", "..", "a..b", "1..2..3"])("%j is no range", (text) => {
  expect(parseRange(text)).toBeUndefined();
});
