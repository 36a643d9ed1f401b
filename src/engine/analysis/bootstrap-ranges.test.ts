import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import { bootstrapRange, drawWinners, limitRange, rangeOfWinners, roundSize } from "./bootstrap-ranges.ts";
import type { Finding } from "./finding.ts";

type Row = { readonly error: number; readonly flops: number; readonly params: number } & Record<
  string,
  number
>;

interface Reference {
  readonly filters: readonly {
    readonly dataset: readonly Row[];
    readonly alpha: number;
    readonly sample: number;
    readonly n_sample: number;
    readonly metrics: readonly string[];
    readonly filters: Readonly<Record<string, readonly number[]>>;
    readonly limit: Readonly<Record<string, readonly number[]>>;
  }[];
}

/** pycls' metric: where the data set keeps it and its unit. */
const columns: Readonly<Record<string, readonly [key: string, unit: number]>> = {
  flops: ["flops", 1e9],
  params: ["params", 1e6],
  acts: ["acts", 1e6],
  regnet_depth: ["depth", 1],
  regnet_w0: ["w0", 1],
};

const cases = readReference<Reference>("analysis.json").filters.flatMap((row) =>
  row.metrics.map((metric) => {
    const [key, unit] = columns[metric]!;
    return {
      name: `${metric} of ${row.dataset.length} networks, ${row.n_sample} a round`,
      sampleSize: row.n_sample,
      options: { sample: row.sample, alpha: row.alpha / 100 },
      errors: row.dataset.map(({ error }) => error),
      values: row.dataset.map((network) => network[key]! / unit),
      simulated: row.filters[metric]!,
      limit: row.limit[metric]!,
    };
  }),
);

const ends = (finding: Finding<{ low: number; best: number; high: number }>) => {
  if (!finding.found) throw new Error(finding.message);
  const { low, best, high } = finding.value;
  return [low, best, high];
};

describe("bootstrap ranges of good networks", () => {
  test.each(cases)("$name: the exact limit equals the reference", ({ errors, values, options, limit }) => {
    ends(limitRange(errors, values, options)).forEach((end, i) => {
      expect(Math.abs(end / limit[i]! - 1)).toBeLessThan(1e-9);
    });
  });

  test.each(cases)("$name: 2,500 seeded rounds are within 2 % of pycls' get_filters", (row) => {
    expect(roundSize(row.errors.length, row.options.sample)).toBe(row.sampleSize);
    ends(bootstrapRange(row.errors, row.values, row.options)).forEach((end, i) => {
      expect(Math.abs(end / row.simulated[i]! - 1)).toBeLessThan(0.02);
    });
  });

  test("the range is numpy's 2.5th, 50th and 97.5th percentile of the winners' values", () => {
    const winners = Uint32Array.from({ length: 1_001 }, (_, i) => i);
    const values = Array.from(winners, (i) => 10 * i);
    expect(rangeOfWinners(values, winners)).toEqual({ low: 250, best: 5_000, high: 9_750, n: 1_001 });
    expect(rangeOfWinners(values, winners, 0.1)).toMatchObject({ low: 500, high: 9_500 });
  });

  test("a seed fixes the winners, another seed draws others", () => {
    const errors = Array.from({ length: 40 }, (_, i) => ((i * 7919) % 41) / 41);
    expect(drawWinners(errors, { seed: 3 })).toEqual(drawWinners(errors, { seed: 3 }));
    expect(drawWinners(errors, { seed: 3 })).not.toEqual(drawWinners(errors, { seed: 4 }));
  });

  test("low ≤ best ≤ high, all of them within the values", () => {
    const networks = fc.array(
      fc.record({
        error: fc.double({ min: 0, max: 1, noNaN: true }),
        value: fc.integer({ min: -50, max: 50 }),
      }),
      { minLength: 2, maxLength: 30 },
    );
    fc.assert(
      fc.property(networks, (drawn) => {
        const values = drawn.map(({ value }) => value);
        const [low, best, high] = ends(
          bootstrapRange(
            drawn.map(({ error }) => error),
            values,
            { rounds: 60 },
          ),
        );
        return Math.min(...values) <= low! && low! <= best! && best! <= high! && high! <= Math.max(...values);
      }),
    );
  });

  test("a sample of the whole population, many times over, finds the best network alone", () => {
    const errors = [0.4, 0.2, 0.3];
    expect(ends(limitRange(errors, [1, 2, 3], { sample: 400 }))).toEqual([2, 2, 2]);
    expect(ends(bootstrapRange(errors, [1, 2, 3], { sample: 400 }))).toEqual([2, 2, 2]);
  });

  test("networks without an error or without the parameter take no part", () => {
    const range = bootstrapRange([0.2, null, 0.3, 0.1, Number.NaN], [4, 100, 4, undefined, 7]);
    expect(range).toMatchObject({ found: true, value: { low: 4, best: 4, high: 4, n: 2 } });
  });

  test.each([
    ["no-trials", [], []],
    ["none-finished", [null, undefined], [1, 2]],
    ["no-values", [0.1, 0.2], [Number.POSITIVE_INFINITY, undefined]],
    ["too-few", [0.1, 0.2], [1, undefined]],
  ])("%s is a reason, not a NaN", (reason, errors, values) => {
    expect(bootstrapRange(errors, values)).toMatchObject({ found: false, reason });
    expect(limitRange(errors, values)).toMatchObject({ found: false, reason });
  });
});
