import { describe, expect, test } from "vitest";
import { incompleteBeta, logGamma, studentCdf, studentQuantile } from "./student-t.ts";

describe("Student's t", () => {
  // scipy.stats.t.ppf
  test.each([
    [0.975, 1, 12.706204736174694],
    [0.975, 2, 4.302652729749462],
    [0.975, 7, 2.364624251592784],
    [0.95, 30, 1.697260886593957],
    [0.6, 3, 0.2766706623326898],
    [0.995, 500, 2.5856978351419415],
  ])("quantile of %d with %d degrees of freedom equals scipy's", (probability, freedom, expected) => {
    expect(Math.abs(studentQuantile(probability, freedom) / expected - 1)).toBeLessThan(1e-11);
    expect(studentQuantile(1 - probability, freedom)).toBeCloseTo(-expected, 9);
  });

  test("quantile and distribution function are inverses", () => {
    for (const freedom of [1, 3, 17, 240])
      for (const probability of [0.01, 0.2, 0.5, 0.8, 0.999])
        expect(studentCdf(studentQuantile(probability, freedom), freedom)).toBeCloseTo(probability, 12);
  });

  test("a probability outside (0, 1) is refused", () => {
    expect(() => studentQuantile(1, 3)).toThrow(/t quantile of 1 with 3/);
    expect(() => studentQuantile(0.5, 0)).toThrow(RangeError);
  });

  test("Γ of whole numbers is a factorial; I_x(a, b) mirrors", () => {
    expect(Math.exp(logGamma(11))).toBeCloseTo(3_628_800, 5);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(incompleteBeta(0.3, 2.5, 1.5) + incompleteBeta(0.7, 1.5, 2.5)).toBeCloseTo(1, 14);
  });
});
