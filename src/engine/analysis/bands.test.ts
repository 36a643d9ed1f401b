import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../math/rng.ts";
import { type BandMethod, type EdfBand, edfBand } from "./bands.ts";
import { edfAt } from "./edf.ts";
import type { Finding } from "./finding.ts";

const methods: readonly BandMethod[] = ["dkw", "bootstrap"];
const someErrors = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });

function bandOf(finding: Finding<EdfBand>): EdfBand {
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

describe("confidence bands of an EDF", () => {
  test.each(methods)("%s: low ≤ share ≤ high within [0, 1], and none of them ever falls", (method) => {
    fc.assert(
      fc.property(someErrors, (errors) => {
        const { share, low, high } = bandOf(edfBand(errors, { method, rounds: 100 }));
        const rises = (curve: Float64Array) => curve.every((at, i) => i === 0 || at >= curve[i - 1]!);
        expect([share, low, high].every(rises)).toBe(true);
        share.forEach((at, i) => {
          expect(low[i]).toBeGreaterThanOrEqual(0);
          expect(low[i]).toBeLessThanOrEqual(at);
          expect(high[i]).toBeGreaterThanOrEqual(method === "dkw" ? at : low[i]!);
          expect(high[i]).toBeLessThanOrEqual(1);
        });
        expect(share.at(-1)).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  test("ties make one point, with all of them below or at it", () => {
    const { errors, share } = bandOf(edfBand([0.2, 0.1, 0.2, 0.4]));
    expect([...errors]).toEqual([0.1, 0.2, 0.4]);
    expect([...share]).toEqual([0.25, 0.75, 1]);
    expect(edfAt([0.2, 0.1, 0.2, 0.4], 0.4)).toBe(0.75);
  });

  test("bootstrap: the middle 95 % of a binomial, pointwise, since each network is below an error or not", () => {
    const n = 100;
    const errors = Array.from({ length: n }, (_, i) => i / n);
    const { share, low, high } = bandOf(edfBand(errors, { method: "bootstrap", rounds: 4_000 }));
    for (const [i, p] of share.entries()) {
      const [least, most] = [binomialQuantile(n, p, 0.025), binomialQuantile(n, p, 0.975)];
      expect(Math.abs(Math.round(low[i]! * n) - least)).toBeLessThanOrEqual(1);
      expect(Math.abs(Math.round(high[i]! * n) - most)).toBeLessThanOrEqual(1);
    }
  });

  test("DKW holds the whole true curve in about 95 of 100 populations, and at least so often", () => {
    const rng = createRng(5, "coverage");
    let held = 0;
    for (let round = 0; round < 400; round++) {
      const errors = Array.from({ length: 50 }, () => rng.float());
      const { errors: at, share, low, high } = bandOf(edfBand(errors));
      // The true distribution function of a uniform error is the error itself; just below a step the band is one lower.
      const inside = at.every(
        (e, i) => e >= low[i]! && e <= (i === 0 ? high[0]! - share[0]! : high[i - 1]!) + 1e-12,
      );
      if (inside) held += 1;
    }
    expect(held / 400).toBeGreaterThan(0.92);
  });

  test("weights move the curve: a network of no weight is not there", () => {
    const weighted = bandOf(edfBand([0.1, 0.2, 0.3], { weights: [1, 0, 3] }));
    expect([...weighted.errors]).toEqual([0.1, 0.3]);
    expect([...weighted.share]).toEqual([0.25, 1]);
    expect(weighted).toMatchObject({ n: 2, method: "bootstrap" });
  });

  test("a seed fixes the bootstrap", () => {
    const errors = [0.3, 0.1, 0.25, 0.6, 0.4];
    const options = { method: "bootstrap", rounds: 50 } as const;
    expect(edfBand(errors, { ...options, seed: 2 })).toEqual(edfBand(errors, { ...options, seed: 2 }));
  });

  test("no errors: a reason", () => {
    for (const method of methods) {
      expect(edfBand([], { method })).toMatchObject({ found: false, reason: "no-trials" });
      expect(edfBand([Number.NaN], { method })).toMatchObject({ found: false, reason: "none-finished" });
    }
  });
});

function binomialQuantile(n: number, p: number, level: number): number {
  let term = (1 - p) ** n;
  if (p >= 1) return n;
  let sum = term;
  let k = 0;
  while (sum < level && k < n) {
    term *= ((n - k) / (k + 1)) * (p / (1 - p));
    k += 1;
    sum += term;
  }
  return k;
}
