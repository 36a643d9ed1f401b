import { describe, expect, test } from "vitest";
import { createRng } from "../math/rng.ts";
import { logUniform, powerOfTwo, powerOfTwoOrLogUniform } from "./distributions.ts";

const n = 40_000;

function shares(draw: () => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const value = draw();
    counts.set(value, (counts.get(value) ?? 0) + 1 / n);
  }
  return counts;
}

/** Four standard errors of a share. */
const near = (share: number) => 4 * Math.sqrt((share * (1 - share)) / n);

describe("pycls' quantized distributions", () => {
  test("log-uniform depths 1…16: value v has the share ln(v/(v−1)), the first counting from ½", () => {
    const rng = createRng(1);
    const found = shares(() => logUniform(rng, 1, 16, 1));
    const whole = Math.log(16 / 0.5);
    for (let v = 1; v <= 16; v++) {
      const share = Math.log(v / Math.max(0.5, v - 1)) / whole;
      expect(Math.abs((found.get(v) ?? 0) - share), `share of ${v}`).toBeLessThan(near(share));
    }
    expect(found.size).toBe(16);
  });

  test("log-uniform widths are the multiples of 8 from 8 to 256", () => {
    const rng = createRng(2);
    const found = [...shares(() => logUniform(rng, 8, 256, 8)).keys()].sort((a, b) => a - b);
    expect(found).toEqual(Array.from({ length: 32 }, (_, i) => 8 * (i + 1)));
  });

  test("steps of 0.1 and 0.001 are the nearest doubles of their decimals", () => {
    const rng = createRng(3);
    for (let i = 0; i < 2000; i++) {
      expect(String(logUniform(rng, 8, 256, 0.1))).toMatch(/^\d+(\.\d)?$/);
      expect(String(logUniform(rng, 1.5, 3, 0.001))).toMatch(/^\d(\.\d{1,3})?$/);
    }
  });

  test("powers of two are equally likely", () => {
    const rng = createRng(4);
    const found = shares(() => powerOfTwo(rng, 1, 32));
    expect([...found.keys()].sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32]);
    for (const share of found.values()) expect(Math.abs(share - 1 / 6)).toBeLessThan(near(1 / 6));
  });

  test("group widths: 1, 2, 4, then multiples of 8; doubling the bound adds equal shares", () => {
    const rng = createRng(5);
    const found = shares(() => powerOfTwoOrLogUniform(rng, 1, 32, 8));
    expect([...found.keys()].sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 24, 32]);
    const share = (from: number, to: number) =>
      [...found].reduce((sum, [value, part]) => (value > from && value <= to ? sum + part : sum), 0);
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 4],
      [4, 8],
      [8, 16],
      [16, 32],
    ] as const) {
      expect(Math.abs(share(from, to) - 1 / 6), `share of (${from}, ${to}]`).toBeLessThan(near(1 / 6));
    }
  });
});
