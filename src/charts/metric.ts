import { formatDuration, formatPercent, formatSi, trim } from "./format.ts";

/**
 * A metric is data: one description drives a table column, an axis, a fact and a filter. `scale` says how its stored
 * value becomes the shown one: prefixes k, M, G for counts; percent for fractions 0–1; milliseconds for times.
 */
export interface Metric {
  readonly key: string;
  readonly label: string;
  /** Symbol of the papers, `w_0` with the underscore before the subscript. */
  readonly symbol?: string;
  /** One line that says what it is. */
  readonly hint: string;
  readonly unit: string;
  readonly scale: "si" | "percent" | "milliseconds" | "plain";
  readonly better: "less" | "more" | "neither";
}

export function formatMetric(metric: Pick<Metric, "scale" | "unit">, value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  switch (metric.scale) {
    case "si":
      return formatSi(value, metric.unit);
    case "percent":
      return formatPercent(value);
    case "milliseconds":
      return formatDuration(value);
    case "plain":
      return trim(value, 3);
    default:
      throw new Error(`unknown scale ${metric.scale satisfies never}`);
  }
}
