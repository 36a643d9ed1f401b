import { describe, expect, test } from "vitest";
import { render, still, texts } from "../../../test/charts/markup.ts";
import { edfCurve, narrow, size } from "../../../test/charts/rows.ts";
import { EdfChart, edfFigure } from "./edf-chart.tsx";
import { beyond, edfDomain } from "./edf-domain.ts";
import { errorAt, shareBelow } from "./edf-reader.tsx";

const description = "Error distribution functions.";
const spread = Array.from({ length: 40 }, (_, i) => 0.2 + i / 1000);

describe("the error axis of an EDF", () => {
  test("one network that hardly learned does not widen it, and is told of", () => {
    const curves = [edfCurve([...spread, 0.9])];
    const [, to] = edfDomain(curves, "usual");
    expect(to).toBeLessThan(0.26);
    expect(beyond(curves, to)).toBe(1);
    expect(texts(still(edfFigure({ curves, description })), "note")[0]).toMatch(/^1 beyond \d+%/);
  });

  test("all shows every error below 1, best ends where each has a quarter of its networks", () => {
    const curves = [
      edfCurve([...spread, 0.9, 1]),
      edfCurve(
        spread.map((x) => x + 0.1),
        1,
      ),
    ];
    expect(edfDomain(curves, "all")[1]).toBeGreaterThanOrEqual(0.9);
    const [from, to] = edfDomain(curves, "best");
    expect(from).toBeLessThanOrEqual(0.2);
    expect(to).toBeGreaterThanOrEqual(0.31);
    expect(to).toBeLessThan(0.33);
    expect(edfDomain(curves, [0.1, 0.2])).toEqual([0.1, 0.2]);
  });

  test.each([
    ["only diverged", [1, 1, 1]],
    ["one", [0.3]],
    ["all equal", [0.3, 0.3]],
    ["none", []],
  ])("%s: the axis has two ends", (_, errors) => {
    for (const focus of ["all", "usual", "best"] as const) {
      const [from, to] = edfDomain(errors.length === 0 ? [] : [edfCurve(errors)], focus);
      expect(to).toBeGreaterThan(from);
    }
  });
});

describe("EDF chart", () => {
  test.each([
    [size, "3 | 20.0 | 25.0"],
    [narrow, "Population two: n 3 | min 20.0 | mean 25.0"],
  ])("a curve, a band and a name with n, min and mean per population", (at, numbers) => {
    const curves = [edfCurve(spread), edfCurve([0.2, 0.25, 0.3], 1)];
    const markup = still(edfFigure({ curves, description }), at);
    expect(markup.match(/data-curve=/g)).toHaveLength(2);
    expect(markup.match(/data-band=/g)).toHaveLength(2);
    expect(markup).toContain(numbers);
    expect(texts(markup, 'tick="y"')).toEqual(["0", "0.25", "0.5", "0.75", "1"]);
  });

  test("where the plot is too low for labels beside it, they are a legend above", () => {
    const curves = [0, 1].map((i) => edfCurve(spread, i));
    const beside = (height: number) =>
      render(<EdfChart curves={curves} size={{ width: size.width, height }} description={description} />);
    expect(beside(240)).toContain("data-labels");
    expect(beside(130)).not.toContain("data-labels");
  });

  test("a range within the curve begins at the share that lies left of it", () => {
    const curve = edfCurve([0.1, 0.2, 0.3, 0.4]);
    const whole = still(edfFigure({ curves: [curve], focus: [0, 0.5], description }));
    const part = still(edfFigure({ curves: [curve], focus: [0.25, 0.5], description }));
    const start = (markup: string) => Number(/d="M[\d.]+ ([\d.]+)H[^"]*"[^>]*data-curve/.exec(markup)![1]);
    const half = (Number(/y1="([\d.]+)"/.exec(whole)![1]) + start(whole)) / 2;
    expect(start(part)).toBeLessThan(start(whole));
    expect(start(part)).toBeCloseTo(start(whole) - (start(whole) - 24) / 2, 0);
    expect(half).toBeGreaterThan(0);
  });

  test("selected trials are marked on their curve", () => {
    const selection = {
      selected: new Set(["one 0", "one 2", "elsewhere"]),
      hovered: "one 1",
      onSelect() {},
      onHover() {},
    };
    const markup = still(edfFigure({ curves: [edfCurve([0.1, 0.2, 0.3])], selection, description }));
    const marks = /d="([^"]*)"[^>]*data-selected="Population one"/.exec(markup)![1]!;
    expect(marks.match(/M/g)).toHaveLength(2);
  });

  test("an empty one says why", () => {
    const empty = "No network is trained yet.";
    expect(texts(still(edfFigure({ curves: [], description, empty })), "empty")).toEqual([empty]);
  });

  test("in a page it is read by keys", () => {
    expect(render(<EdfChart curves={[edfCurve(spread)]} description={description} size={size} />)).toContain(
      'aria-label="Read the curves: error"',
    );
  });
});

describe("reading both axes", () => {
  const curve = edfCurve([0.1, 0.2, 0.3, 0.4]);

  test("the share below an error is strict", () => {
    expect([0.1, 0.15, 0.2, 0.5].map((at) => shareBelow(curve, at))).toEqual([0, 0.25, 0.25, 1]);
  });

  test("the error at a share is the least with at least that share at or below it", () => {
    expect([0.1, 0.25, 0.26, 1].map((at) => errorAt(curve, at))).toEqual([0.1, 0.1, 0.2, 0.4]);
    expect(errorAt(curve, 0)).toBeNaN();
  });
});
