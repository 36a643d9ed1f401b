import { describe, expect, test } from "vitest";
import { markCount, render, still, texts } from "../../test/charts/markup.ts";
import { error, flops, groups, narrow, pointRows, size } from "../../test/charts/rows.ts";
import { paretoFigure } from "./pareto-chart.tsx";
import { predictionFigure } from "./prediction-chart.tsx";
import { ScatterChart, scatterFigure } from "./scatter-chart.tsx";
import type { Selection } from "./selection.ts";

const description = "Test error against multiply-adds.";
const base = { groups, x: { metric: flops }, y: { metric: error }, description };
const selecting = (...ids: string[]): Selection => ({
  selected: new Set(ids),
  hovered: undefined,
  onSelect() {},
  onHover() {},
});

describe("scatter", () => {
  test.each([size, narrow])("a mark a trial, at any size", (at) => {
    const markup = still(scatterFigure({ ...base, rows: pointRows(50) }), at);
    expect(markCount(markup)).toBe(50);
    expect(texts(markup, "axis")).toEqual(["test error", "FLOPs"]);
    expect(texts(markup, 'tick="x"').length).toBeGreaterThan(1);
  });

  test("marks are placed on their values: on given ends the first lies at the left, the last at the right", () => {
    const rows = [1e6, 2e6].map((x, i) => ({ ...pointRows(2)[i]!, x, y: 0.5 }));
    const domain = {
      x: { metric: flops, domain: [1e6, 2e6] as const },
      y: { metric: error, domain: [0, 1] as const },
    };
    const markup = still(scatterFigure({ ...base, ...domain, rows }));
    const grid = /<line x1="([\d.]+)" x2="([\d.]+)"/.exec(markup)!;
    const starts = [...markup.matchAll(/<path d="M([\d.]+) [^>]*data-emphasis/g)].map((match) =>
      Number(match[1]),
    );
    // The circle begins at its right end, the square at its left corner.
    expect(starts[0]! - 3.5).toBeCloseTo(Number(grid[1]), 1);
    expect(starts[1]! + 0.89 * 3.5).toBeCloseTo(Number(grid[2]), 0);
  });

  test("with a selection the others fade; ids that are not here change nothing else", () => {
    const figure = scatterFigure({
      ...base,
      rows: pointRows(50),
      selection: selecting("trial 3", "trial 4", "gone"),
    });
    const markup = still(figure);
    expect([markCount(markup, "selected"), markCount(markup, "faded"), markCount(markup)]).toEqual([
      2, 48, 50,
    ]);
  });

  test("the range is shaded, its median and ends told", () => {
    const range = { low: 1.2e6, high: 1.9e6, median: 1.5e6, color: "var(--pop-1)" };
    const markup = still(scatterFigure({ ...base, rows: pointRows(50), range }));
    expect(markup).toContain("data-range");
    expect(markup.replaceAll("\u00a0", " ")).toContain("1.50 M [1.20 M, 1.90 M]");
  });

  test("values that no axis can show are left out and counted", () => {
    const rows = pointRows(6).map((row, i) => ({
      ...row,
      x: [Number.NaN, Number.POSITIVE_INFINITY, 0, -1, 2, 3][i]!,
    }));
    const markup = still(scatterFigure({ ...base, x: { metric: flops, scale: "log" }, rows }));
    expect(markCount(markup)).toBe(2);
    expect(texts(markup, "note")).toEqual(["4 of 6 not shown"]);
  });

  test.each([
    ["one trial", pointRows(1)],
    ["all equal", pointRows(20).map((row) => ({ ...row, x: 5, y: 0.3 }))],
    ["all zero", pointRows(20).map((row) => ({ ...row, x: 0, y: 0 }))],
  ])("%s: still a picture", (_, rows) => {
    expect(markCount(still(scatterFigure({ ...base, rows })))).toBe(rows.length);
  });

  test("an empty one says why", () => {
    const empty = "No network of this study is trained yet.";
    expect(texts(still(scatterFigure({ ...base, rows: [], empty })), "empty")).toEqual([empty]);
    const unmeasured = pointRows(3).map((row) => ({ ...row, y: Number.NaN }));
    expect(texts(still(scatterFigure({ ...base, rows: unmeasured })), "empty")).toEqual([
      "No network has values of both metrics.",
    ]);
  });

  test("in a page, thousands of points are painted on a canvas; a file has them all as paths", () => {
    const props = { ...base, rows: pointRows(5000), selection: selecting() };
    const live = render(<ScatterChart {...props} size={size} />);
    expect(live).toContain("<canvas");
    expect(markCount(live)).toBe(0);
    expect(live).toContain('role="slider"');
    expect(markCount(still(scatterFigure(props)))).toBe(5000);
  });

  test("its table has every row, in full", () => {
    const rows = pointRows(4);
    expect(scatterFigure({ ...base, rows }).table().rows).toEqual(
      rows.map(({ label, group, x, y }) => [label, `Population ${group}`, x, y]),
    );
  });
});

describe("Pareto front", () => {
  const rows = [
    { x: 1, y: 0.4 },
    { x: 2, y: 0.3 },
    { x: 3, y: 0.35 },
  ].map((at, i) => ({ ...pointRows(3)[i]!, ...at }));
  const props = { ...base, rows, front: new Set(["trial 0", "trial 1"]) };

  test("the front keeps its colours, what is dominated is grey", () => {
    const markup = still(paretoFigure(props));
    expect(markup).toContain('data-front="2"');
    expect(markCount(markup)).toBe(3);
    expect(markup.match(/fill="var\(--dominated\)"/g)).toHaveLength(1);
  });

  test("the line falls in steps: right first, then down", () => {
    const [, x0, y0, x1, y1] = /d="M([\d.]+) [\d.]+V([\d.]+)H([\d.]+)V([\d.]+)H/.exec(
      still(paretoFigure(props)),
    )!;
    expect(Number(x1)).toBeGreaterThan(Number(x0));
    expect(Number(y1)).toBeGreaterThan(Number(y0));
  });

  test("its table tells who is on the front; without points there is no line", () => {
    expect(
      paretoFigure(props)
        .table()
        .rows.map((row) => row.at(-1)),
    ).toEqual(["yes", "yes", "no"]);
    expect(still(paretoFigure({ ...props, rows: [], front: new Set() }))).not.toContain("data-front");
  });
});

describe("predicted times", () => {
  const trials = [
    [1_000, 1_000],
    [2_000, 4_000],
    [30_000, 20_000],
  ].map(([predictedMs, ms], i) => ({
    ...{ id: `trial ${i}`, population: groups[i % 2]!.id, name: `Network ${i}` },
    ...{ predictedMs: predictedMs!, ms: ms! },
  }));
  const figure = (factor: number) =>
    predictionFigure({ times: { trials, factor }, factorText: String(factor), groups });
  const pathsOf = (markup: string) => [
    ...(/data-band="([\d.]+)"><path d="([^"]+)".*?<path d="([^"]+)"/.exec(markup) ?? []),
  ];

  test("both axes have the same ends: what was predicted exactly lies on the diagonal", () => {
    const markup = still(figure(2), { width: 400, height: 400 });
    expect(markCount(markup)).toBe(3);
    expect(texts(markup, "axis")).toEqual(["measured time, s", "predicted time, s"]);
    expect(texts(markup, 'tick="x"')).toEqual(texts(markup, 'tick="y"'));
    const [x0, y0, x1, y1] = pathsOf(markup)[3]!.split(/[ML ]/).filter(Boolean).map(Number);
    const circle = /<path d="M([\d.]+) ([\d.]+)[^>]*data-emphasis/.exec(markup)!;
    const [x, y] = [Number(circle[1]) - 3.5, Number(circle[2])];
    expect((y - y0!) / (y1! - y0!)).toBeCloseTo((x - x0!) / (x1! - x0!), 2);
  });

  test("the band reaches the logarithm of the factor to both sides, at most to the corners", () => {
    // 1 s to 30 s and 6 % of that on both sides.
    const [, reach, band] = pathsOf(still(figure(2)));
    expect(Number(reach)).toBeCloseTo(Math.log(2) / (1.12 * Math.log(30)), 2);
    expect(band).not.toMatch(/-\d/);
    const [, , all, diagonal] = pathsOf(still(figure(1_000)));
    const corners = new Set(all!.match(/[\d.]+ [\d.]+/g));
    expect(corners.size).toBe(4);
    for (const end of diagonal!.match(/[\d.]+ [\d.]+/g)!) expect(corners).toContain(end);
  });

  test("the table has both times in seconds and their ratio; no trial, no picture", () => {
    expect(figure(2).table().rows[1]).toEqual(["Network 1", "Population two", 2, 4, 2]);
    const none = predictionFigure({
      ...{ times: { trials: [], factor: 1 }, factorText: "1", groups },
      empty: "Nothing was predicted.",
    });
    expect(still(none)).toContain("Nothing was predicted.");
  });
});
