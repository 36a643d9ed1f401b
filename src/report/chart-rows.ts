import type { AxisProps, PointRow } from "../charts/chart-props.ts";
import { errorMetric, metricValue, observedMetric } from "../engine/analysis/trials/metrics.ts";
import type { Observation } from "../engine/analysis/trials/observation.ts";

/** Diverged trials, with their error of 1, would squeeze all others: they are told of in tables, not drawn as points. */
export function pointRows(observations: readonly Observation[], key: string, group: string): PointRow[] {
  return observations.flatMap((observation) => {
    const { id, name, status, error } = observation;
    const x = metricValue(observation, key);
    return status === "done" && error !== null && x !== undefined
      ? [{ id, group, label: name, x, y: error }]
      : [];
  });
}

export const errorAxis: AxisProps = { metric: errorMetric };

/** Costs and widths span decades; whatever has a zero cannot be on a log axis. */
export function metricAxis(key: string): AxisProps {
  const metric = observedMetric(key)!;
  return { metric, scale: metric.scale === "si" ? "log" : "linear" };
}
