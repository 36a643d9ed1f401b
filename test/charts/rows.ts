import type { Group, PointRow, Size } from "../../src/charts/chart-props.ts";
import type { EdfCurve } from "../../src/charts/edf/edf-curve.ts";
import type { Metric } from "../../src/charts/metric.ts";
import { populationLook } from "../../src/charts/palette.ts";

/** Rows for tests of drawing: their values mean nothing. */
export const size: Size = { width: 600, height: 360 };
export const narrow: Size = { width: 300, height: 240 };

export const error: Metric = {
  key: "error",
  label: "test error",
  hint: "",
  unit: "",
  scale: "percent",
  better: "less",
};
export const flops: Metric = {
  key: "flops",
  label: "FLOPs",
  hint: "",
  unit: "",
  scale: "si",
  better: "less",
};

export const groups: readonly Group[] = ["one", "two"].map((id, i) => ({
  id,
  label: `Population ${id}`,
  ...populationLook(i),
}));

export function pointRows(n: number): PointRow[] {
  return Array.from({ length: n }, (_, i) => ({
    id: `trial ${i}`,
    group: groups[i % 2]!.id,
    label: `Network ${i}`,
    x: 1e6 * (1 + ((i * 37) % 101) / 50),
    y: 0.1 + ((i * 53) % 97) / 300,
  }));
}

export function edfCurve(errors: readonly number[], i = 0): EdfCurve {
  const sorted = [...errors].sort((a, b) => a - b);
  const rows = sorted.map((x, k) => ({ x, y: (k + 1) / sorted.length }));
  return {
    ...groups[i]!,
    rows,
    ids: rows.map((_, k) => `${groups[i]!.id} ${k}`),
    band: rows.map(({ x, y }) => ({ x, low: Math.max(0, y - 0.2), high: Math.min(1, y + 0.2) })),
    n: rows.length,
    min: sorted[0] ?? Number.NaN,
    mean: sorted.reduce((sum, x) => sum + x, 0) / sorted.length,
  };
}
