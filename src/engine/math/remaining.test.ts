import { expect, test } from "vitest";
import { Remaining } from "./remaining.ts";

test("the time left follows the pace of the phase, what was there before it left out", () => {
  let now = 0;
  const remaining = new Remaining(() => now);
  expect(remaining.after("download", 100, 200)).toBeUndefined();
  now = 400;
  expect(remaining.after("download", 110, 200)).toBeUndefined();
  now = 1000;
  expect(remaining.after("download", 120, 200)).toBe(4000);
  expect(remaining.after("unpack", 0, 50)).toBeUndefined();
  now = 2000;
  expect(remaining.after("unpack", 25, 50)).toBe(1000);
  expect(remaining.after("unpack", 25, undefined)).toBeUndefined();
});
