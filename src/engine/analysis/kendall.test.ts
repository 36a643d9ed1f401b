import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding } from "./finding.ts";
import { erfc, kendallTau, type RankCorrelation } from "./kendall.ts";

function tauOf(finding: Finding<RankCorrelation>): RankCorrelation {
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

/** Values drawn from a few, so that ties are common. */
const values = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })), {
  minLength: 2,
  maxLength: 30,
});

describe("Kendall's τ-b", () => {
  // scipy.stats.kendalltau(method="asymptotic")
  test.each([
    {
      name: "with ties",
      x: [12, 2, 1, 12, 2, 7, 7, 3],
      y: [1, 4, 7, 1, 0, 7, 3, 3],
      tau: -0.36,
      p: 0.2439169003111289,
    },
    {
      name: "without ties",
      x: [0.31, 0.28, 0.4, 0.22, 0.5, 0.33, 0.27, 0.29, 0.6, 0.21],
      y: [0.3, 0.29, 0.38, 0.25, 0.55, 0.28, 0.31, 0.27, 0.5, 0.24],
      tau: 0.6444444444444444,
      p: 0.009491096053440909,
    },
  ])("$name: τ and p equal scipy's", ({ x, y, tau, p }) => {
    const result = tauOf(kendallTau(x, y));
    expect(result.tau).toBeCloseTo(tau, 12);
    expect(result.pValue).toBeCloseTo(p, 12);
  });

  test("equals the count over all pairs", () => {
    fc.assert(
      fc.property(values, (pairs) => {
        const finding = kendallTau(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
        );
        let [balance, tiedX, tiedY] = [0, 0, 0];
        pairs.forEach(([x1, y1], i) => {
          for (const [x2, y2] of pairs.slice(i + 1)) {
            balance += Math.sign(x1 - x2) * Math.sign(y1 - y2);
            if (x1 === x2) tiedX += 1;
            if (y1 === y2) tiedY += 1;
          }
        });
        const all = (pairs.length * (pairs.length - 1)) / 2;
        if (tiedX === all || tiedY === all)
          expect(finding).toMatchObject({ found: false, reason: "all-equal" });
        else expect(tauOf(finding).tau).toBeCloseTo(balance / Math.sqrt((all - tiedX) * (all - tiedY)), 12);
      }),
    );
  });

  test("1 with any growing function of itself, −1 reversed", () => {
    const x = [0.3, 0.1, 0.7, 0.2, 0.9];
    expect(
      tauOf(
        kendallTau(
          x,
          x.map((v) => v ** 3),
        ),
      ).tau,
    ).toBe(1);
    expect(
      tauOf(
        kendallTau(
          x,
          x.map((v) => -v),
        ),
      ).tau,
    ).toBe(-1);
  });

  test.each([
    ["no-trials", [], []],
    ["no-values", [null, 1], [1, Number.NaN]],
    ["too-few", [1, 2], [1, undefined]],
  ])("%s: a reason", (reason, x, y) => {
    expect(kendallTau(x, y)).toMatchObject({ found: false, reason });
  });

  // scipy.special.erfc
  test.each([
    [0.1, 0.8875370839817152],
    [1, 0.15729920705028516],
    [1.9, 0.007209570764742531],
    [2.1, 0.0029794666563329845],
    [5, 1.5374597944280347e-12],
  ])("erfc(%d)", (x, expected) => {
    expect(Math.abs(erfc(x) / expected - 1)).toBeLessThan(1e-11);
  });
});
