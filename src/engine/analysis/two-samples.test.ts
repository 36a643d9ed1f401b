import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cliffsDelta, magnitudeOf, superiority } from "./effect-size.ts";
import { holmAdjusted } from "./holm.ts";
import { kolmogorovSmirnov, leastP } from "./kolmogorov-smirnov.ts";
import { midRanks, permutationTest } from "./permutation-test.ts";

/** Ties are likely. */
const errors = fc.array(
  fc.integer({ min: 0, max: 20 }).map((i) => i / 20),
  { minLength: 1, maxLength: 25 },
);

describe("effect sizes", () => {
  test("superiority equals the count over all pairs", () => {
    fc.assert(
      fc.property(errors, errors, (a, b) => {
        let wins = 0;
        for (const x of a) for (const y of b) wins += x < y ? 1 : x === y ? 0.5 : 0;
        expect(superiority(a, b)).toBeCloseTo(wins / (a.length * b.length), 12);
      }),
    );
  });

  test("δ changes its sign with the sides and is 0 of a population against itself", () => {
    fc.assert(
      fc.property(errors, errors, (a, b) => {
        expect(cliffsDelta(a, b)).toBeCloseTo(-cliffsDelta(b, a), 12);
        expect(cliffsDelta(a, a)).toBeCloseTo(0, 12);
        expect(Math.abs(cliffsDelta(a, b))).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("δ is −1 where all of a err less, and a diverged network weighs no more than a bad one", () => {
    expect(cliffsDelta([0.1, 0.2], [0.3, 0.4])).toBe(-1);
    expect(cliffsDelta([0.1, 0.2], [0.3, 1])).toBe(-1);
  });

  test.each([
    [0.1, "negligible"],
    [-0.2, "small"],
    [0.4, "medium"],
    [-0.9, "large"],
  ])("|δ| of %d is %s", (delta, magnitude) => {
    expect(magnitudeOf(delta)).toBe(magnitude);
  });
});

describe("permutation test", () => {
  const a = [0.31, 0.35, 0.29, 0.41, 0.33];
  const b = [0.28, 0.27, 0.35, 0.25, 0.3, 0.26];

  // scipy.stats.permutation_test of |difference|, all exchanges.
  test.each([
    ["mean", 0.053, 0.0670995670995671],
    ["rank", 3.85, 0.05627705627705628],
  ] as const)("%s: statistic and exact p equal scipy's", (of, statistic, pValue) => {
    const result = permutationTest(a, b, { of });
    expect(result).toMatchObject({ method: "exact", rounds: 462 });
    expect(result.statistic).toBeCloseTo(statistic, 12);
    expect(result.pValue).toBeCloseTo(pValue, 12);
  });

  test("sampled p is near the p of Mann and Whitney that scipy gives", () => {
    const many = Array.from({ length: 60 }, (_, i) => 0.3 + 0.002 * ((i * 37) % 41));
    const others = Array.from({ length: 50 }, (_, i) => 0.31 + 0.002 * ((i * 29) % 43));
    const { pValue, method } = permutationTest(many, others, { rounds: 20_000 });
    expect(method).toBe("sampled");
    expect(Math.abs(pValue - 0.0528128020326189)).toBeLessThan(0.005);
    expect(permutationTest(others, many, { rounds: 20_000 }).pValue).toBeCloseTo(pValue, 1);
  });

  test("no exchange as extreme as the populations themselves: p is 1/(1 + rounds), never 0", () => {
    const low = Array.from({ length: 30 }, (_, i) => i / 100);
    const high = low.map((error) => error + 0.5);
    expect(permutationTest(low, high, { rounds: 99 }).pValue).toBe(0.01);
  });

  test("p is in (0, 1], 1 of equal samples, and the statistic of ranks is δ over pairs", () => {
    fc.assert(
      fc.property(errors, errors, (x, y) => {
        const { pValue, statistic } = permutationTest(x, y, { rounds: 50 });
        expect(pValue).toBeGreaterThan(0);
        expect(pValue).toBeLessThanOrEqual(1);
        // Mean rank of a − mean rank of b = δ·(n + m)/2.
        expect(statistic).toBeCloseTo((cliffsDelta(x, y) * (x.length + y.length)) / 2, 9);
      }),
      { numRuns: 30 },
    );
    expect(permutationTest([0.2, 0.2, 0.2], [0.2, 0.2]).pValue).toBe(1);
  });

  test("equal values share the mean of their ranks", () => {
    expect([...midRanks([3, 1, 3, 2])]).toEqual([3.5, 1, 3.5, 2]);
  });
});

describe("Holm's correction", () => {
  // statsmodels.stats.multitest.multipletests(method="holm") of the same p values.
  test("equals the worked example", () => {
    expect(holmAdjusted([0.01, 0.04, 0.03, 0.005]).map((p) => +p.toFixed(12))).toEqual([
      0.03, 0.06, 0.06, 0.02,
    ]);
  });

  test("never below p, never above 1, keeps the order, and one p stays itself", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 28 }), (pValues) => {
        const adjusted = holmAdjusted(pValues);
        adjusted.forEach((p, i) => {
          expect(p).toBeGreaterThanOrEqual(pValues[i]!);
          expect(p).toBeLessThanOrEqual(1);
          adjusted.forEach((q, j) => {
            if (pValues[i]! < pValues[j]!) expect(p).toBeLessThanOrEqual(q);
          });
        });
      }),
    );
    expect(holmAdjusted([0.2])).toEqual([0.2]);
    expect(holmAdjusted([])).toEqual([]);
  });
});

test("the least p of Kolmogorov–Smirnov is that of populations that do not overlap", () => {
  for (const [n, m] of [
    [1, 1],
    [3, 3],
    [2, 7],
    [5, 4],
  ] as const) {
    const apart = kolmogorovSmirnov(
      Array.from({ length: n }, (_, i) => i),
      Array.from({ length: m }, (_, i) => 100 + i),
    );
    expect(leastP(n, m)).toBeCloseTo(apart.pValue, 12);
  }
});

// scipy.stats.ks_2samp(method="exact")
test.each([
  [40, 0.3, 3.063035734104128e-11],
  [30, 5, 1.6911233892144742e-17],
])("the smallest p keep their digits: %d errors each, %d apart", (n, shift, expected) => {
  const a = Array.from({ length: n }, (_, i) => i / 100);
  const { pValue } = kolmogorovSmirnov(
    a,
    a.map((error) => error + shift),
  );
  expect(Math.abs(pValue / expected - 1)).toBeLessThan(1e-9);
});
