import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultNorm, type NetworkSpec } from "../engine/network/spec.ts";
import { formatDuration, formatPercent, formatSi, formatSiRange } from "./format.ts";
import { layoutNetwork, networkParts } from "./network-layout.ts";
import { spread } from "./spread.ts";
import { bandPath, lastBelow, stepPath } from "./steps.ts";
import { decades, linearTicks, niceDomain, powersOfTwo } from "./ticks.ts";

/** No-break spaces keep values and units together; here they only get in the way. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("numbers as people read them", () => {
  test.each([
    [2_214_000, "2.21 M"],
    [64_300, "64.3 k"],
    [118_400, "118 k"],
    [999_600, "1.00 M"],
    [812, "812"],
    [2e9, "2.00 G"],
    [0, "0"],
  ])("%d is %s", (value, text) => expect(plain(formatSi(value))).toBe(text));

  test.each([
    [1e6, 3e6, "1–3 M"],
    [8e5, 2e6, "800 k – 2 M"],
    [10, 500, "10–500"],
  ])("from %d to %d is %s", (from, to, text) => expect(plain(formatSiRange(from, to))).toBe(text));

  test.each([
    [850, "0.8 s"],
    [4100, "4.1 s"],
    [42_000, "42 s"],
    [59_980, "1 min"],
    [250_000, "4 min 10 s"],
    [7_500_000, "2 h 5 min"],
  ])("%d ms are %s", (ms, text) => expect(plain(formatDuration(ms))).toBe(text));

  test("what is not a number is a dash", () => {
    expect([formatSi(Number.NaN), formatPercent(Number.NaN), formatDuration(Infinity)]).toEqual([
      "–",
      "–",
      "–",
    ]);
  });
});

describe("ticks", () => {
  test("are round numbers inside the range", () => {
    expect(linearTicks(0.103, 0.221, 6)).toEqual([0.12, 0.14, 0.16, 0.18, 0.2, 0.22]);
    expect(linearTicks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  test("a nice domain holds the range", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        (lo, span) => {
          const [from, to] = niceDomain(lo, lo + span, 10);
          expect(from).toBeLessThanOrEqual(lo + 1e-9);
          expect(to).toBeGreaterThanOrEqual(lo + span - 1e-9);
        },
      ),
    );
  });

  test("a log axis has its powers of ten, or its ends where it has fewer than two", () => {
    expect(decades(800, 2e5)).toEqual([1e3, 1e4, 1e5]);
    expect(decades(1e3, 1e4)).toEqual([1e3, 1e4]);
    expect(decades(1.2e6, 8e6)).toEqual([1.2e6, 8e6]);
    expect(decades(5, 5)).toEqual([5]);
  });

  test("widths stand between powers of two", () => {
    expect(powersOfTwo(12, 100)).toEqual([8, 16, 32, 64, 128]);
    expect(powersOfTwo(16, 16)).toEqual([16, 32]);
  });
});

describe("spreading labels", () => {
  const positions = fc
    .array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 10 })
    .map((all) => all.sort((a, b) => a - b));

  test("keeps order, gap and bounds, and moves nothing that fits", () => {
    fc.assert(
      fc.property(positions, (wanted) => {
        const placed = spread(wanted, 20, 0, 300);
        placed.forEach((place, i) => {
          expect(place).toBeGreaterThanOrEqual(-1e-9);
          expect(place).toBeLessThanOrEqual(300 + 1e-9);
          if (i > 0) expect(place - placed[i - 1]!).toBeGreaterThanOrEqual(20 - 1e-9);
        });
      }),
    );
    expect(spread([10, 100, 200], 20, 0, 300)).toEqual([10, 100, 200]);
  });

  test("centres a crowd on where it wants to be", () => {
    expect(spread([100, 100], 20, 0, 300)).toEqual([90, 110]);
  });
});

describe("step functions", () => {
  const rows = [
    { x: 1, y: 0.5 },
    { x: 2, y: 1 },
  ];
  const same = (value: number) => value;

  test("the row below is strictly below, as in an EDF", () => {
    expect([0, 1, 1.5, 2, 3].map((at) => lastBelow(rows, at))).toEqual([-1, -1, 0, 0, 1]);
  });

  test("the path rises at each row", () => {
    expect(stepPath(rows, 0, 3, same, same)).toBe("M0 0H1V0.5H2V1H3");
  });

  test("rows past the end are left out", () => {
    expect(stepPath([...rows, { x: 9, y: 2 }], 0, 3, same, same)).toBe("M0 0H1V0.5H2V1H3");
  });

  test("thousands of rows draw no more than one step a pixel", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({ x: i / 20_000, y: i / 20_000 }));
    const path = stepPath(many, 0, 1, (x) => 500 * x, same);
    expect(path.split("H").length).toBeLessThan(510);
  });

  test("a band closes over both edges", () => {
    expect(bandPath([{ x: 1, low: 0, high: 1 }], 0, 2, same, same)).toBe("M1 1H2V0H1Z");
  });
});

describe("a network drawn", () => {
  const spec = (depths: readonly number[], widths: readonly number[]): NetworkSpec => ({
    version: 1,
    input: { height: 28, width: 28, channels: 1 },
    classes: 10,
    stem: { type: "small", width: 16 },
    stages: depths.map((depth, i) => ({ block: "vanilla", depth, width: widths[i]!, stride: 2 })),
    head: { width: 0 },
    activation: "relu",
    norm: defaultNorm,
  });

  test("the sides of its maps are those of the network", () => {
    expect(networkParts(spec([1, 2, 3], [8, 16, 32])).map((part) => part.side)).toEqual([28, 14, 7, 4]);
  });

  test("fits any width, its bars in order and not over one another", () => {
    const stages = fc.array(fc.tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 1024 })), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(stages, fc.integer({ min: 240, max: 700 }), (all, width) => {
        const network = spec(
          all.map(([depth]) => depth),
          all.map(([, channels]) => channels),
        );
        const bars = layoutNetwork(network, width, 100, 40).groups.flatMap((group) => group.bars);
        expect(bars.length).toBe(1 + all.reduce((sum, [depth]) => sum + depth, 0));
        bars.forEach((bar, i) => {
          expect(bar.x).toBeGreaterThanOrEqual(-1e-6);
          expect(bar.x + bar.width).toBeLessThanOrEqual(width + 1e-6);
          if (i > 0) expect(bar.x).toBeGreaterThanOrEqual(bars[i - 1]!.x + bars[i - 1]!.width - 1e-6);
        });
      }),
    );
  });
});
