import { describe, expect, test } from "vitest";
import { markCount, render, still, texts } from "../../test/charts/markup.ts";
import { error, flops, groups, narrow, pointRows, size } from "../../test/charts/rows.ts";
import { blockWidthsFigure, randomSearchFigure, trainingFigure } from "./curve-charts.tsx";
import type { FigureContent } from "./figure/figure.ts";
import { forestFigure } from "./forest-chart.tsx";
import { heatMapFigure } from "./heat-map.tsx";
import { matrixFigure } from "./matrix-chart.tsx";
import { ParallelChart, parallelFigure } from "./parallel-chart.tsx";
import { rooflineFigure } from "./roofline-chart.tsx";
import { trendFigure } from "./trend-chart.tsx";

const description = "What it says.";
const empty = "No network of this study is trained yet.";
const selection = { selected: new Set(["trial 1"]), hovered: undefined, onSelect() {}, onHover() {} };
const count = (markup: string, attribute: string) =>
  markup.match(new RegExp(` data-${attribute}=`, "g"))?.length ?? 0;

const trials = (n: number, value = 0.4) =>
  Array.from({ length: n }, (_, i) => ({
    ...groups[i % 2]!,
    id: `trial ${i}`,
    label: `Network ${i}`,
    epochs: [1, 2, 3].map((epoch) => ({
      epoch,
      trainError: value / epoch,
      testError: value / epoch + 0.01 * i,
    })),
    widths: [16, 32, 64],
    line: [16, 35, 60],
    points: [1, 2, 3].map((m) => ({ m, expected: value / m, low: value / m - 0.01, high: value / m + 0.01 })),
  }));
const axes = [{ metric: flops }, { metric: error }];
const lines = (n: number) => pointRows(n).map(({ x, y, ...row }) => ({ ...row, values: [x, y] }));
const cell = (rank: number, ids: string[]) => ({ x0: 1, x1: 2, y0: rank, y1: rank + 1, rank, ids });
const xy = { x: { metric: flops }, y: { metric: error } };
const trendRows = [1, 2, 4].map((x) => ({ label: `${x}`, x: 1e6 * x, y: x / 10, low: x / 12, high: x / 8 }));
const fit = trendRows;
const estimate = { ...groups[0]!, estimate: 0.2, low: 0.1, high: 0.3 };

const calls = [0.5, 4, 0].map((intensity, i) => ({
  ...{ id: `call ${i}`, group: groups[i % 2]!.id, label: `s${i}`, intensity },
  ...{ gflops: 6 * intensity, ms: 2, share: 1 / 3, gbPerSecond: 3 },
}));

describe("every chart", () => {
  const full: Record<string, FigureContent> = {
    training: trainingFigure({ trials: trials(4), epochs: 3, description }),
    search: randomSearchFigure({ populations: trials(2), description }),
    widths: blockWidthsFigure({ networks: trials(3), description }),
    trend: trendFigure({ ...xy, series: [{ ...groups[0]!, rows: trendRows, fit }], description }),
    forest: forestFigure({ rows: [estimate], metric: error, reference: 0.25, description }),
    heat: heatMapFigure({ ...xy, cells: [cell(0, ["a"]), cell(1, ["b", "c"])], description }),
    roofline: rooflineFigure({ groups, rows: calls, roof: { gflops: 40, gbPerSecond: 8 }, description }),
    parallel: parallelFigure({ axes, groups, rows: lines(9), description }),
    matrix: matrixFigure({
      ...xy,
      groups,
      trials: pointRows(9),
      panels: axes.map((x) => ({ x, values: pointRows(9).map((r) => r.x) })),
      description,
    }),
  };
  test.each(Object.entries(full))("%s is a whole picture at two sizes, with a table", (_, figure) => {
    for (const at of [size, narrow]) expect(still(figure, at).length).toBeGreaterThan(500);
    const { columns, rows } = figure.table();
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  const without: Record<string, FigureContent> = {
    training: trainingFigure({ trials: [], epochs: 3, description, empty }),
    search: randomSearchFigure({ populations: [], description, empty }),
    widths: blockWidthsFigure({ networks: [], description, empty }),
    trend: trendFigure({ ...xy, series: [], description, empty }),
    forest: forestFigure({ rows: [], metric: error, reference: 0, description, empty }),
    heat: heatMapFigure({ ...xy, cells: [], description, empty }),
    parallel: parallelFigure({ axes, groups, rows: [], description, empty }),
    matrix: matrixFigure({
      ...xy,
      groups,
      trials: [],
      panels: [{ x: axes[0]!, values: [] }],
      description,
      empty,
    }),
  };
  test.each(Object.entries(without))("%s without rows says why", (_, figure) => {
    expect(texts(still(figure), "empty").join(" ").replaceAll(/\s+/g, " ")).toContain(
      "No network of this study",
    );
  });

  const odd: Record<string, FigureContent> = {
    training: trainingFigure({ trials: trials(1, Number.NaN), epochs: 1, description }),
    search: randomSearchFigure({ populations: trials(1, Number.POSITIVE_INFINITY), description }),
    widths: blockWidthsFigure({
      networks: trials(1).map((t) => ({ ...t, widths: [8], line: undefined })),
      description,
    }),
    trend: trendFigure({ ...xy, series: [{ ...groups[0]!, rows: trendRows.slice(0, 1) }], description }),
    forest: forestFigure({
      rows: [{ ...estimate, low: Number.NaN, high: Number.NaN }],
      metric: error,
      reference: 0.2,
      description,
    }),
    heat: heatMapFigure({
      ...xy,
      cells: [cell(0.5, ["a"]), cell(Number.NaN, ["b"]), cell(0, [])],
      description,
    }),
    parallel: parallelFigure({
      axes,
      groups,
      rows: lines(3).map((row) => ({ ...row, values: [Number.NaN, 1] })),
      description,
    }),
    matrix: matrixFigure({
      ...xy,
      groups,
      trials: pointRows(2).map((r) => ({ ...r, y: 0.5 })),
      panels: [{ x: axes[0]!, values: [7, Number.NaN] }],
      description,
    }),
  };
  test.each(Object.entries(odd))("%s draws one, equal and missing values without breaking", (_, figure) => {
    still(figure);
  });
});

describe("curves", () => {
  test("one a trial, with its name at its end, and the error on the training images beside few of them", () => {
    const markup = still(trainingFigure({ trials: trials(4), epochs: 3, description }));
    expect([count(markup, "curve"), count(markup, "beside")]).toEqual([4, 4]);
    expect(markup).toContain(">Network 3</text>");
    expect(count(still(trainingFigure({ trials: trials(9), epochs: 3, description })), "beside")).toBe(0);
  });

  test("epochs are whole numbers from 1", () => {
    const markup = still(trainingFigure({ trials: trials(1), epochs: 3, description }));
    expect(texts(markup, 'tick="x"')).toEqual(["1", "2", "3"]);
  });

  test("widths stand between powers of two and hold from block to block", () => {
    const markup = still(blockWidthsFigure({ networks: trials(1), description }));
    expect(texts(markup, 'tick="y"')).toEqual(["16", "32", "64"]);
    expect(markup).toMatch(/d="M[\d. ]+H[\d.]+V[\d.]+H[\d.]+V[\d.]+"/);
  });

  test("those that are not selected fade", () => {
    const markup = still(trainingFigure({ trials: trials(4), epochs: 3, selection, description }));
    expect(markup.match(/data-emphasis="faded"/g)).toHaveLength(3);
    expect(markup.match(/data-emphasis="selected"/g)).toHaveLength(1);
  });
});

test("a trend has a range per regime, and its fit with an interval", () => {
  const markup = still(
    trendFigure({ ...xy, series: [{ ...groups[0]!, rows: trendRows, fit }], description }),
  );
  expect([count(markup, "range"), count(markup, "fit"), count(markup, "interval")]).toEqual([3, 1, 1]);
});

test("a heat map is darker where errors are lower, and tells how many networks a cell has", () => {
  const markup = still(heatMapFigure({ ...xy, cells: [cell(0, ["a"]), cell(1, ["b", "c"])], description }));
  const ink = [...markup.matchAll(/fill="var\(--accent\)" fill-opacity="([\d.]+)"/g)].map((match) =>
    Number(match[1]),
  );
  expect(ink[0]).toBeGreaterThan(ink[1]!);
  expect(count(markup, "cell")).toBe(2);
});

test("parallel coordinates: a line a trial, broken at a missing value; each axis can be brushed by keys", () => {
  const rows = lines(9).map((row, i) => (i === 0 ? { ...row, values: [Number.NaN, 0.2] } : row));
  expect(markCount(still(parallelFigure({ axes, groups, rows, description })))).toBe(9);
  const live = render(<ParallelChart {...{ axes, groups, rows, description, size, selection }} />);
  expect(live.match(/role="slider"/g)).toHaveLength(2);
});

test("parallel coordinates where labels do not fit: symbols, and `Error` of `Test error`; the whole label is a title", () => {
  const symbols = { Depth: "d", "Width of stage 1": "w_1", Slope: "w_a" };
  const many = Object.entries(symbols).map(([label, symbol]) => ({
    metric: { ...flops, key: label, label, symbol },
  }));
  const shown = [...many, ...many.map(({ metric }) => ({ metric: { ...metric, key: `${metric.key} 2` } }))];
  const rows = pointRows(4).map((row) => ({ ...row, values: Array.from({ length: 7 }, () => row.x) }));
  const figure = parallelFigure({ axes: [...shown, { metric: error }], groups, rows, description });
  const [phone, desk] = [
    still(figure, { width: 326, height: 320 }),
    still(figure, { width: 900, height: 320 }),
  ];
  const names = ["Depth d", "Width of stage 1 w 1", "Slope w a"];
  expect(texts(phone, "axis")).toEqual([...names, ...names, "test error Error"]);
  expect(phone).toContain("<title>Width of stage 1</title>");
  expect(phone).not.toContain("…");
  expect(texts(desk, "axis")).toContain("Width of stage 1");
  expect(desk).not.toContain("<title>");
});

test("a matrix has a panel a parameter, all marks in each", () => {
  const rows = pointRows(9);
  const panels = axes.map((x) => ({ x, values: rows.map((row) => row.x) }));
  const figure = matrixFigure({ ...xy, groups, trials: rows, panels, description });
  expect(markCount(still(figure))).toBe(18);
  // Below each other on a phone, each has the height of one; beside each other they share it.
  expect(figure.leastHeight!(340)).toBe(panels.length * figure.leastHeight!(1200));
});

test("a roofline bends where memory and arithmetic meet, and passes through what the bandwidth allows", () => {
  const markup = still(
    rooflineFigure({ groups, rows: calls, roof: { gflops: 40, gbPerSecond: 8 }, description }),
    size,
  );
  const [, path = ""] = markup.match(/data-roof=""[^>]*><path d="([^"]+)"/) ?? [];
  const [fromX, fromY, ridgeX, ridgeY, right] = [...path.matchAll(/[\d.]+/g)].map(Number);
  expect(ridgeX).toBeGreaterThan(fromX!);
  expect(ridgeY).toBeLessThan(fromY!);
  expect(right).toBeGreaterThan(ridgeX!);
  expect(markup).toContain("matrix product 40 GFLOP/s");
  expect(markup).toContain("memory 8 GB/s");
  // The call without multiply-adds has no point.
  expect(markCount(markup)).toBe(2);
});
