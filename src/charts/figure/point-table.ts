import type { AxisProps, Group, PointRow } from "../chart-props.ts";
import { formatMetric } from "../metric.ts";
import type { FigureColumn, FigureTable } from "./figure-table.ts";

/** A column for a metric: shown with its unit, kept in full in the CSV. */
export function metricColumn({ metric }: Pick<AxisProps, "metric">): FigureColumn {
  return { key: metric.key, label: metric.label, format: (value) => formatMetric(metric, value) };
}

/** Network, population and the values of both axes, those that no axis can show included. */
export function pointTable(
  rows: readonly PointRow[],
  groups: readonly Group[],
  x: AxisProps,
  y: AxisProps,
): FigureTable {
  const names = new Map(groups.map(({ id, label }) => [id, label]));
  return {
    columns: [
      { key: "trial", label: "Network" },
      { key: "population", label: "Population" },
      metricColumn(x),
      metricColumn(y),
    ],
    rows: rows.map((row) => [row.label, names.get(row.group) ?? row.group, row.x, row.y]),
  };
}
