import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectedBest, type Replacement, randomSearchCurve } from "./random-search.ts";

const both: readonly Replacement[] = ["without", "with"];
const someErrors = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 25 });

/** The best of every choice of m of the errors, drawn one by one; ascending. */
function everyBest(errors: readonly number[], m: number, replacement: Replacement): number[] {
  const choices = (size: number, used: readonly number[]): number[][] =>
    size === 0
      ? [[]]
      : errors.flatMap((_, i) =>
          replacement === "without" && used.includes(i)
            ? []
            : choices(size - 1, [...used, i]).map((rest) => [i, ...rest]),
        );
  return choices(m, [])
    .map((chosen) => Math.min(...chosen.map((i) => errors[i]!)))
    .sort((a, b) => a - b);
}

function curve(errors: readonly number[], replacement: Replacement, maximum?: number) {
  const finding = randomSearchCurve(errors, { replacement, ...(maximum === undefined ? {} : { maximum }) });
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

describe("random search", () => {
  test.each(both)(
    "%s replacement: mean, deviation and percentiles are those of all choices, for every m",
    (replacement) => {
      const errors = [0.31, 0.12, 0.5, 0.12, 0.44];
      const { sizes, expected, deviation, low, high } = curve(errors, replacement);
      expect(sizes).toEqual([1, 2, 3, 4, 5]);
      for (const [i, m] of sizes.entries()) {
        const bests = everyBest(errors, m, replacement);
        const mean = bests.reduce((sum, best) => sum + best, 0) / bests.length;
        const square = bests.reduce((sum, best) => sum + (best - mean) ** 2, 0) / bests.length;
        expect(expected[i]).toBeCloseTo(mean, 14);
        expect(deviation[i]).toBeCloseTo(Math.sqrt(square), 7);
        expect(low[i]).toBe(bests[Math.ceil(0.05 * bests.length - 1e-9) - 1]);
        expect(high[i]).toBe(bests[Math.ceil(0.95 * bests.length - 1e-9) - 1]);
      }
    },
  );

  test.each(both)("%s replacement: starts at the mean and never rises", (replacement) => {
    fc.assert(
      fc.property(someErrors, (errors) => {
        const { expected, deviation } = curve(errors, replacement);
        const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
        expect(expected[0]).toBeCloseTo(mean, 12);
        expected.forEach((best, i) => {
          if (i > 0) expect(best).toBeLessThanOrEqual(expected[i - 1]! + 1e-15);
          expect(best).toBeGreaterThanOrEqual(Math.min(...errors));
          expect(deviation[i]).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  test("without replacement all n find the best for certain; with replacement they do not quite", () => {
    fc.assert(
      fc.property(someErrors, (errors) => {
        const without = curve(errors, "without");
        expect(without.expected.at(-1)).toBe(Math.min(...errors));
        expect(without.deviation.at(-1)).toBe(0);
        expect(curve(errors, "with").expected.at(-1)).toBeGreaterThanOrEqual(Math.min(...errors));
      }),
    );
  });

  test("m may exceed n only with replacement", () => {
    expect(curve([0.1, 0.2], "with", 9).sizes).toHaveLength(9);
    expect(curve([0.1, 0.2], "without", 9).sizes).toHaveLength(2);
    expect(expectedBest([0.1, 0.2], 10)).toMatchObject({ found: false, reason: "too-few" });
    expect(expectedBest([0.1, 0.2], 10, "with")).toMatchObject({ found: true });
  });

  test("2,000 networks lose no digits: m = 1000 stays between the best and its neighbours", () => {
    const errors = Array.from({ length: 2_000 }, (_, i) => 0.3 + i * 1e-9);
    const { expected } = curve(errors, "without");
    // The expected smallest rank of m without replacement is (n − m)/(m + 1).
    expect((expected[999]! - 0.3) / 1e-9).toBeCloseTo(1000 / 1001, 5);
  });

  test("nothing to search: a reason", () => {
    expect(randomSearchCurve([])).toMatchObject({ found: false, reason: "no-trials" });
    expect(randomSearchCurve([null, Number.NaN])).toMatchObject({ found: false, reason: "none-finished" });
    expect(expectedBest([], 3)).toMatchObject({ found: false, reason: "no-trials" });
  });
});
