import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { publishedNetwork } from "../published/registry.ts";
import { blockWidths, fitWidths } from "./fit.ts";
import { drawNetwork } from "./population.ts";
import { quantizedWidths } from "./quantized.ts";
import { type SpaceId, spaceIds } from "./registry.ts";
import { imagenetSetting, smallImageSetting } from "./setting.ts";

function meanFit(space: SpaceId, count = 30): number {
  const draws = Array.from({ length: count }, (_, i) => {
    const { spec } = drawNetwork({ space, setting: imagenetSetting, budget: {}, seed: 1 }, i);
    return fitWidths(blockWidths(spec)).error;
  });
  return draws.reduce((sum, error) => sum + error, 0) / count;
}

describe("e_fit", () => {
  test("is the mean log-ratio of the fitted line's own quantized widths", () => {
    fc.assert(
      fc.property(fc.constantFrom(...spaceIds), fc.nat(), (space, seed) => {
        const { spec } = drawNetwork({ space, setting: smallImageSetting, budget: {}, seed }, 0);
        const widths = blockWidths(spec);
        const { line, error } = fitWidths(widths);
        const fitted = quantizedWidths(line).widths;
        const misses = widths.map((width, j) => Math.abs(Math.log(fitted[j]! / width)));
        expect(line.depth).toBe(widths.length);
        expect(error).toBeCloseTo(misses.reduce((sum, miss) => sum + miss, 0) / widths.length, 9);
      }),
      { numRuns: 40 },
    );
  });

  test("one width throughout is fitted by a flat line, exactly", () => {
    expect(fitWidths([64, 64, 64, 64])).toMatchObject({ line: { depth: 4, initialWidth: 64 }, error: 0 });
  });

  test("a published RegNet is found again within the rounding of its widths to groups", () => {
    expect(fitWidths(blockWidths(publishedNetwork("regnetx-400mf").spec)).error).toBeLessThan(0.03);
  });

  test("AnyNetXE lies nearer to the line than AnyNetXC, RegNetX nearer than both (paper, fig. 8)", () => {
    const [c, e, regnet] = [meanFit("anynetxc"), meanFit("anynetxe"), meanFit("regnetx")];
    expect(e).toBeLessThan(0.7 * c);
    expect(regnet).toBeLessThan(0.03);
  });
});
