import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fitTrend, type TrendFit, trendAt } from "./trend-fit.ts";

function fitOf(...args: Parameters<typeof fitTrend>): TrendFit {
  const finding = fitTrend(...args);
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

const close = (a: number, b: number, tolerance = 1e-9) => expect(Math.abs(a / b - 1)).toBeLessThan(tolerance);

describe("fits of trends", () => {
  test("a power law with its 95 % intervals equals scipy's linregress of the logarithms", () => {
    const flops = [1e6, 2e6, 4e6, 8e6, 1.6e7];
    const acts = [11_000, 15_500, 20_500, 33_000, 41_000];
    const { slope, scale, r2, n } = fitOf(flops, acts, "power");
    close(slope.value, 0.48864385809331506);
    close(slope.low, 0.3993110961668057);
    close(slope.high, 0.5779766200198244);
    close(scale.value, 12.849882091580756);
    close(scale.low, 3.2952926583590285);
    close(scale.high, 50.107679919923434);
    close(r2, 0.9901970374923692);
    expect(n).toBe(5);
  });

  test("a line with its 90 % intervals, and the mean at a point, equal scipy's", () => {
    const fit = fitOf([3, 5, 8, 9, 14, 20], [1.5, -2, 4, 7.5, 6, 13], "linear", 0.9);
    close(fit.slope.value, 0.7339606501283149);
    close(fit.slope.low, 0.3259711915978282);
    close(fit.slope.high, 1.1419501086588015);
    close(fit.scale.value, -2.217279726261764);
    close(fit.scale.low, -6.854141697839808);
    close(fit.scale.high, 2.4195822453162803);
    close(fit.r2, 0.7861900596880077);
    const { value, low, high } = trendAt(fit, 10);
    close(value, 5.122326775021385);
    close(low, 2.796429003441561);
    close(high, 7.4482245466012085);
  });

  test("acts = 4·√flops is found as such: exponent ½, no interval left", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1e9 }), { minLength: 3, maxLength: 12 }),
        (flops) => {
          const fit = fitOf(
            flops,
            flops.map((f) => 4 * Math.sqrt(f)),
            "power",
          );
          expect(fit.slope.value).toBeCloseTo(0.5, 6);
          expect(trendAt(fit, 1e6).value).toBeCloseTo(4_000, 1);
        },
      ),
    );
  });

  test("the interval of the mean is narrowest in the middle", () => {
    const fit = fitOf([1, 2, 3, 4], [2, 1, 4, 3], "linear");
    const width = (x: number) => trendAt(fit, x).high - trendAt(fit, x).low;
    expect(width(2.5)).toBeLessThan(width(2));
    expect(width(2)).toBeLessThan(width(10));
  });

  test.each([
    ["no-trials", [], [], "linear"],
    ["no-values", [1, undefined], [null, 2], "linear"],
    ["no-values", [1, 2, 3], [0, -1, 0], "power"],
    ["too-few", [1, 2], [1, 2], "linear"],
    ["too-few", [1, 2, 0, Number.POSITIVE_INFINITY], [1, 2, 3, 4], "power"],
    ["all-equal", [2, 2, 2], [1, 2, 3], "linear"],
  ] as const)("%s: a reason", (reason, xs, ys, kind) => {
    expect(fitTrend(xs, ys, kind)).toMatchObject({ found: false, reason });
  });
});
