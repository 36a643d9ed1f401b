import type { Range } from "../../sweep/quantity.ts";
import { metricValue } from "./metrics.ts";
import type { Observation, ObservedStatus } from "./observation.ts";

/**
 * Which trials are looked at. All conditions must hold; an empty list or record is no condition. One value serves tables,
 * charts, statistics, the URL and the command line (`filter-text.ts`).
 */
export interface TrialFilter {
  readonly studies: readonly string[];
  readonly populations: readonly string[];
  readonly statuses: readonly ObservedStatus[];
  /** By a metric's key, both ends included. A trial without the metric is out. */
  readonly ranges: Readonly<Record<string, Range>>;
}

export const everyTrial: TrialFilter = { studies: [], populations: [], statuses: [], ranges: {} };

export function isEveryTrial(filter: TrialFilter): boolean {
  const { studies, populations, statuses, ranges } = filter;
  return studies.length + populations.length + statuses.length + Object.keys(ranges).length === 0;
}

export function passes(observation: Observation, filter: TrialFilter): boolean {
  const { studies, populations, statuses, ranges } = filter;
  if (!includes(studies, observation.study)) return false;
  if (!includes(populations, observation.population)) return false;
  if (!includes(statuses, observation.status)) return false;
  for (const key in ranges) if (!within(metricValue(observation, key), ranges[key]!)) return false;
  return true;
}

/** The trials that pass every filter: a view's own and a brush on top of it. */
export function filterTrials(
  observations: readonly Observation[],
  ...filters: readonly TrialFilter[]
): Observation[] {
  return observations.filter((observation) => filters.every((filter) => passes(observation, filter)));
}

function within(value: number | undefined, { min, max }: Range): boolean {
  return value !== undefined && (min === undefined || value >= min) && (max === undefined || value <= max);
}

function includes<T>(allowed: readonly T[], value: T): boolean {
  return allowed.length === 0 || allowed.includes(value);
}
