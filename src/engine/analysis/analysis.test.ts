import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import { comparePopulations, comparisonSentence } from "./compare.ts";
import { dkwBand, dkwHalfWidth } from "./dkw.ts";
import { edf, edfAt, summarizeErrors } from "./edf.ts";
import { kolmogorovSmirnov, kolmogorovTail } from "./kolmogorov-smirnov.ts";
import { paretoFront, paretoRanks } from "./pareto.ts";

interface Reference {
  edf: { errors: number[]; x: number[]; edf: number[]; n: number; min: number; mean: number }[];
  ks: { a: number[]; b: number[]; statistic: number; p_asymptotic: number; p_exact: number }[];
  pareto: { points: { flops: number; accuracy: number }[]; front_indices: number[]; front_rank: number[] };
}

const reference = readReference<Reference>("analysis.json");
const someErrors = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 });

describe("error distribution function", () => {
  test.each(reference.edf)("$n errors: points and n | min | mean equal pycls'", (row) => {
    const { errors, shares } = edf(row.errors);
    expect(errors).toEqual(row.x);
    for (const [i, share] of shares.entries()) expect(share).toBeCloseTo(row.edf[i]!, 12);
    const summary = summarizeErrors(row.errors)!;
    expect([summary.n, summary.min]).toEqual([row.n, row.min]);
    expect(summary.mean).toBeCloseTo(row.mean, 9);
  });

  test("never decreases and ends at 1", () => {
    fc.assert(
      fc.property(someErrors, (errors) => {
        const { shares } = edf(errors);
        return shares.every((share, i) => i === 0 || share > shares[i - 1]!) && shares.at(-1) === 1;
      }),
    );
  });

  test("counts errors strictly below", () => {
    expect(edfAt([0.1, 0.2, 0.2, 0.4], 0.2)).toBe(0.25);
    expect(edfAt([0.1, 0.2, 0.2, 0.4], 0.2000001)).toBe(0.75);
  });

  test("the median of an even number of errors is the mean of the middle two; no errors, no summary", () => {
    expect(summarizeErrors([4, 1, 3, 2])?.median).toBe(2.5);
    expect(summarizeErrors([3, 1, 2])?.median).toBe(2);
    expect(summarizeErrors([])).toBeNull();
  });
});

describe("confidence band", () => {
  test("half-width of 95 % for 100 networks is 0.136, and four times the networks halve it", () => {
    expect(dkwHalfWidth(100)).toBeCloseTo(0.13581, 5);
    expect(dkwHalfWidth(400)).toBeCloseTo(dkwHalfWidth(100) / 2, 12);
  });

  test("stays within [0, 1]", () => {
    expect(dkwBand(0.01, 10)[0]).toBe(0);
    expect(dkwBand(0.99, 10)[1]).toBe(1);
  });
});

describe("two-sample Kolmogorov–Smirnov", () => {
  test.each(reference.ks)("D = $statistic: statistic and exact p equal scipy's", (row) => {
    const { statistic, pValue, method } = kolmogorovSmirnov(row.a, row.b);
    expect(statistic).toBeCloseTo(row.statistic, 12);
    expect(method).toBe("exact");
    expect(Math.abs(pValue / row.p_exact - 1)).toBeLessThan(1e-9);
    const en = (row.a.length * row.b.length) / (row.a.length + row.b.length);
    expect(Math.abs(kolmogorovTail(Math.sqrt(en) * statistic) / row.p_asymptotic - 1)).toBeLessThan(1e-9);
  });

  test("all orders of 2 and 2 errors: D = 1 in 2 of 6", () => {
    expect(kolmogorovSmirnov([1, 2], [3, 4]).pValue).toBeCloseTo(2 / 6, 12);
    expect(kolmogorovSmirnov([1, 3], [2, 4]).pValue).toBeCloseTo(1, 12);
  });

  test("does not depend on which population comes first, nor on the order of the errors", () => {
    fc.assert(
      fc.property(someErrors, someErrors, (a, b) => {
        const one = kolmogorovSmirnov(a, b);
        const other = kolmogorovSmirnov([...b].reverse(), [...a].reverse());
        expect(other.statistic).toBe(one.statistic);
        expect(other.pValue).toBeCloseTo(one.pValue, 9);
        expect(one.pValue).toBeGreaterThanOrEqual(0);
        expect(one.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("a population against itself: D = 0, p = 1", () => {
    expect(kolmogorovSmirnov([1, 2, 2, 3], [1, 2, 2, 3])).toMatchObject({ statistic: 0, pValue: 1 });
  });
});

describe("comparison of two populations", () => {
  const from = (start: number, n: number) => Array.from({ length: n }, (_, i) => start + i / 1000);

  test("clearly better: named, with the difference", () => {
    const comparison = comparePopulations(from(0.3, 30), from(0.2, 30))!;
    expect(comparison).toMatchObject({ verdict: "b", superiority: 0 });
    expect(comparison.medianDifference).toBeCloseTo(0.1, 9);
    expect(comparisonSentence("AnyNetXA", "RegNetX", comparison)).toBe(
      "RegNetX is better: medians 10.0 points apart, a random RegNetX network errs less than a random AnyNetXA one " +
        "in 100% of pairs (D = 1.00, p < 0.001, n = 30 and 30).",
    );
  });

  test("three networks each cannot show anything", () => {
    expect(comparePopulations(from(0.3, 3), from(0.2, 3))!.verdict).toBe("noise");
  });

  test("a wider population with the same middle is different, not better", () => {
    const narrow = from(0.3, 60);
    const wide = narrow.map((_, i) => 0.3295 + (i - 29.5) / 60);
    expect(comparePopulations(narrow, wide)!.verdict).toBe("mixed");
  });

  test("nothing to compare while a population is empty", () => {
    expect(comparePopulations([], [0.1])).toBeNull();
  });
});

describe("Pareto front", () => {
  const points = reference.pareto.points.map(({ flops, accuracy }) => [flops, -accuracy]);

  test("front and ranks equal the reference", () => {
    expect(paretoFront(points)).toEqual(reference.pareto.front_indices);
    expect(paretoRanks(points)).toEqual(reference.pareto.front_rank);
  });

  test("copies of a front point are all on the front", () => {
    expect(
      paretoFront([
        [1, 1],
        [1, 1],
        [2, 0],
        [2, 1],
      ]),
    ).toEqual([0, 1, 2]);
  });
});
