import type { AxisProps, Group, PointRow } from "../../../charts/chart-props.ts";
import { endsText } from "../../../engine/analysis/trials/counted.ts";
import {
  errorMetric,
  metricsOf,
  metricValue,
  type ObservedMetric,
  observedMetric,
} from "../../../engine/analysis/trials/metrics.ts";
import type { Observation } from "../../../engine/analysis/trials/observation.ts";
import type { Results } from "./use-results.ts";

/** Populations as charts of points know them. */
export function chartGroups({ groups }: Results): Group[] {
  return groups.map(({ name, look }) => ({ id: name, label: name, ...look }));
}

/** A point a trial; trials without one of the values are left out. Diverged ones have no error to be placed at. */
export function pointRows(observations: readonly Observation[], x: string, y: string): PointRow[] {
  return observations.flatMap((observation) => {
    const [atX, atY] = [placeOf(observation, x), placeOf(observation, y)];
    if (atX === undefined || atY === undefined) return [];
    return [{ id: observation.id, group: observation.population, label: observation.name, x: atX, y: atY }];
  });
}

function placeOf(observation: Observation, key: string): number | undefined {
  if (key === "error" && observation.status === "diverged") return undefined;
  return metricValue(observation, key);
}

/** Counts over decades stand on a log axis. */
export function axisOf(metric: ObservedMetric): AxisProps {
  return { metric, scale: metric.scale === "si" ? "log" : "linear" };
}

export function metricOr(key: string | undefined, usual: string): ObservedMetric {
  return observedMetric(key ?? usual) ?? observedMetric(usual) ?? errorMetric;
}

/** Metrics that tell these trials apart: an axis of one value shows nothing. */
export function axisChoices(observations: readonly Observation[]): readonly ObservedMetric[] {
  return metricsOf(observations).filter(({ key }) => {
    if (key === "error" || key === "flops") return true;
    if (key === "index" || key === "seed") return false;
    let first: number | undefined;
    for (const observation of observations) {
      const value = metricValue(observation, key);
      if (value === undefined) continue;
      first ??= value;
      if (value !== first) return true;
    }
    return false;
  });
}

/** Why charts of these trials are empty, in a sentence; undefined where some trial has an error to show. */
export function emptyReason({ study, observations }: Results): string | undefined {
  if (study === undefined) return "Nothing is trained yet: press Run.";
  if (observations.some(({ status, error }) => status === "done" && error !== null)) return undefined;
  const diverged = observations.filter(({ status }) => status === "diverged").length;
  if (observations.length === 0) return "No recorded trial passes the filter yet.";
  if (diverged === observations.length)
    return `All ${diverged} trials diverged: the loss became infinite, so there is no error to show. A lower learning rate is the first thing to try.`;
  return `No trial is trained to the end yet: ${endsText(observations)}.`;
}
