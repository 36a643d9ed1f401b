import type { Metric } from "../../../charts/metric.ts";
import {
  costMetrics,
  errorMetric,
  paramMetrics,
  predictedTimeMetric,
  type TrialMetric,
  timeMetric,
} from "../metrics.ts";
import type { TrialRow } from "./trial-rows.ts";

export type SortDirection = "ascending" | "descending";

export interface Sort {
  readonly key: string;
  readonly direction: SortDirection;
}

export interface TrialColumn {
  readonly key: string;
  readonly label: string;
  readonly symbol?: string | undefined;
  readonly hint: string;
  readonly metric?: TrialMetric;
  /** Columns leave in this order as the table gets narrower: the highest first. 0 always stays. */
  readonly rank: 0 | 1 | 2 | 3;
  readonly compare: (a: TrialRow, b: TrialRow) => number;
  /** Rows whose value does not compare with the others': they come after those, sorted among themselves. */
  readonly last?: (row: TrialRow) => boolean;
}

const statusOrder: readonly TrialRow["status"][] = [
  "training",
  "done",
  "diverged",
  "failed",
  "interrupted",
  "cut",
  "waits",
  "stopped",
];

function metricColumn(metric: TrialMetric, rank: TrialColumn["rank"]): TrialColumn {
  const { key, label, symbol, hint } = metric;
  return { key, label, symbol, hint, metric, rank, compare: (a, b) => byNumber(metric.of(a), metric.of(b)) };
}

export const trialColumns: readonly TrialColumn[] = [
  {
    key: "name",
    label: "Network",
    hint: "population and number of the network; #2: with its second seed",
    rank: 0,
    // Rows come in the order of their populations; only the number needs comparing within one.
    compare: (a, b) => a.population.localeCompare(b.population) || a.index - b.index,
  },
  {
    key: "status",
    label: "Status",
    hint: "done, training, diverged, failed, cut, waits (at a rung of halving) or stopped",
    rank: 0,
    compare: (a, b) => statusOrder.indexOf(a.status) - statusOrder.indexOf(b.status),
  },
  {
    ...metricColumn({ ...errorMetric, label: "Error" }, 0),
    hint: `${errorMetric.hint}; quieter where a trial is not trained to its end, that of its epochs. Cut trials come after all others`,
    last: ({ status }) => status === "cut",
  },
  ...costMetrics.map((metric) =>
    metricColumn(metric, metric.key === "flops" ? 0 : metric.key === "params" ? 1 : 2),
  ),
  ...paramMetrics.map((metric) => metricColumn(metric, 3)),
  metricColumn(timeMetric, 2),
  metricColumn(predictedTimeMetric, 3),
];

/** First click: the better end of a metric on top. */
export function firstDirection(column: TrialColumn): SortDirection {
  const better: Metric["better"] = column.metric?.better ?? "less";
  return better === "more" ? "descending" : "ascending";
}

/** Rows without the value stay at the end whichever way the others go, those whose value is of another kind before them. */
export function sortRows(rows: readonly TrialRow[], { key, direction }: Sort): TrialRow[] {
  const column = trialColumns.find((each) => each.key === key) ?? trialColumns[0]!;
  const sign = direction === "ascending" ? 1 : -1;
  const missing = (row: TrialRow) => column.metric !== undefined && column.metric.of(row) === undefined;
  const part = (row: TrialRow) => (missing(row) ? 2 : column.last?.(row) ? 1 : 0);
  return rows.toSorted((a, b) => {
    if (part(a) !== part(b)) return part(a) - part(b);
    return sign * column.compare(a, b);
  });
}

function byNumber(a: number | undefined, b: number | undefined): number {
  return (a ?? 0) - (b ?? 0);
}
