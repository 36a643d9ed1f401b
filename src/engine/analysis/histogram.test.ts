import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binOf, logHistogram, shareBelow } from "./histogram.ts";

const costs = fc.array(fc.double({ min: 1, max: 1e12, noNaN: true }), { minLength: 1, maxLength: 200 });

describe("a log histogram", () => {
  test("holds every value once, in the bin whose ends enclose it", () => {
    fc.assert(
      fc.property(costs, fc.integer({ min: 1, max: 50 }), (values, bins) => {
        const { edges, counts } = logHistogram(values, bins);
        expect(counts.reduce((a, b) => a + b)).toBe(values.length);
        expect(edges.length).toBe(bins + 1);
        for (const value of values) {
          const bin = binOf(edges, value)!;
          expect(edges[bin]!).toBeLessThanOrEqual(value);
          expect(edges[bin + 1]!).toBeGreaterThanOrEqual(value);
        }
      }),
    );
  });

  test("has bins of one ratio", () => {
    const { edges, counts } = logHistogram([1, 9, 99, 10_000], 4);
    expect(edges.map(Math.round)).toEqual([1, 10, 100, 1_000, 10_000]);
    expect(counts).toEqual([2, 1, 0, 1]);
  });

  test("has no bin for what lies outside", () => {
    const { edges } = logHistogram([10, 1000], 3);
    expect([9, 10, 1000, 1001].map((value) => binOf(edges, value))).toEqual([undefined, 0, 2, undefined]);
  });

  test("of nothing is empty", () => {
    expect(logHistogram([], 5)).toEqual({ edges: [], counts: [] });
    expect(binOf([], 5)).toBeUndefined();
  });
});

describe("the share below", () => {
  test("is the EDF: strict, 0 at the least value, the count of smaller ones", () => {
    const values = [1, 2, 2, 4];
    expect([0, 1, 2, 3, 4, 5].map((at) => shareBelow(values, at))).toEqual([0, 0, 0.25, 0.75, 0.75, 1]);
  });

  test("never falls", () => {
    fc.assert(
      fc.property(costs, fc.double({ min: 0, max: 1e12, noNaN: true }), fc.nat(1e9), (values, at, more) => {
        const sorted = values.toSorted((a, b) => a - b);
        expect(shareBelow(sorted, at + more)).toBeGreaterThanOrEqual(shareBelow(sorted, at));
      }),
    );
  });
});
