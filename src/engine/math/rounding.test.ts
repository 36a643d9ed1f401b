import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import { gcd, lcm, makeDivisible, roundHalfEven, roundToMultiple } from "./rounding.ts";

type Row = { value: number; multiplier: number; result: number };
const { rounding } = readReference<{ rounding: Record<string, Row[]> }>("analysis.json");

describe("rounding", () => {
  test.each([
    [0.5, 0],
    [1.5, 2],
    [2.5, 2],
    [-0.5, 0],
    [-1.5, -2],
    [2.4999999999999996, 2],
    [2 ** 52 + 1, 2 ** 52 + 1],
  ])("round half to even of %d is %d, as Python's", (x, rounded) => {
    expect(roundHalfEven(x)).toBe(rounded);
  });

  test("392 in steps of 16 is half way between 384 and 400 and goes to the even multiple, 24 · 16", () => {
    expect(roundToMultiple(392, 16)).toBe(384);
  });

  test("nearest: never more than half away, and integers stay", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (x) => {
        const rounded = roundHalfEven(x);
        return Number.isInteger(rounded) && Math.abs(rounded - x) <= 0.5;
      }),
    );
  });

  test("make divisible equals torchvision's and timm's width rule", () => {
    for (const { value, multiplier, result } of rounding.round_filters!) {
      expect(makeDivisible(value * multiplier, 8), `${value} × ${multiplier}`).toBe(result);
    }
  });

  test("depth rules of EfficientNet (ceil) and TinyNet (half to even)", () => {
    for (const { value, multiplier, result } of rounding.round_repeats_ceil!) {
      expect(Math.ceil(value * multiplier)).toBe(result);
    }
    for (const { value, multiplier, result } of rounding.round_repeats_round!) {
      expect(Math.max(1, roundHalfEven(value * multiplier))).toBe(result);
    }
  });

  test("gcd · lcm = a · b", () => {
    const positive = fc.integer({ min: 1, max: 10_000 });
    fc.assert(fc.property(positive, positive, (a, b) => gcd(a, b) * lcm(a, b) === a * b));
  });
});
