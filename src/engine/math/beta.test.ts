import { expect, test } from "vitest";
import { drawBeta } from "./beta.ts";
import { createRng } from "./rng.ts";

const draws = 20_000;

// Mean a/(a + b), variance ab/((a + b)²(a + b + 1)); within four standard errors.
test.each([
  [0.2, 0.2],
  [1, 1],
  [0.4, 2],
  [5, 3],
])("Beta(%f, %f) has its mean and its variance", (a, b) => {
  const rng = createRng(3, "beta", a, b);
  const values = Array.from({ length: draws }, () => drawBeta(a, b, rng));
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws;
  const trueVariance = (a * b) / ((a + b) ** 2 * (a + b + 1));
  expect(Math.abs(mean - a / (a + b))).toBeLessThan(4 * Math.sqrt(trueVariance / draws));
  expect(variance / trueVariance).toBeCloseTo(1, 1);
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
});

test("Beta(1, 1) is uniform: a tenth of the draws in every tenth", () => {
  const rng = createRng(4, "beta");
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < draws; i++) {
    const tenth = Math.min(Math.floor(10 * drawBeta(1, 1, rng)), 9);
    tenths[tenth] = tenths[tenth]! + 1;
  }
  for (const count of tenths) expect(Math.abs(count / draws - 0.1)).toBeLessThan(0.01);
});

test("a very small shape gives 0 or 1 and never NaN", () => {
  const rng = createRng(5, "beta");
  const values = Array.from({ length: 2_000 }, () => drawBeta(0.001, 0.001, rng));
  expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
  expect(values.filter((value) => value < 0.01 || value > 0.99).length).toBeGreaterThan(1_950);
});
