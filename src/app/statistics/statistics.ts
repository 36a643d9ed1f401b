import { type NormalizedEdf, normalizedEdfs } from "../../engine/analysis/analyze.ts";
import { bootstrapRanges, type ColumnRange } from "../../engine/analysis/bootstrap-ranges.ts";
import {
  type ComparedGroup,
  type ComparisonTable,
  comparisonTable,
} from "../../engine/analysis/comparison-table.ts";
import type { Finding } from "../../engine/analysis/finding.ts";
import { type Importances, parameterImportance } from "../../engine/analysis/forest/importance.ts";
import { costRegimes, type NamedTrend, parameterTrends } from "../../engine/analysis/parameter-trend.ts";
import { type RandomSearchCurve, randomSearchCurve } from "../../engine/analysis/random-search.ts";
import {
  type EpochStability,
  epochStability,
  type SeedStability,
  seedStability,
} from "../../engine/analysis/rank-stability.ts";
import { fitTrend, type TrendFit } from "../../engine/analysis/trend-fit.ts";
import { countedErrors } from "../../engine/analysis/trials/counted.ts";
import { metricValues } from "../../engine/analysis/trials/metrics.ts";
import type { Observation } from "../../engine/analysis/trials/observation.ts";

/** A statistic of one of the groups. */
export interface Named<T> {
  readonly name: string;
  readonly value: T;
}

/**
 * Statistics that may take longer than a frame, by name: what the worker computes. Arguments and results are plain data.
 */
export const statistics = {
  comparison: (groups: readonly ComparedGroup[], { baseline }: { readonly baseline: string }) =>
    comparisonTable(groups, { baseline }),
  normalized: (groups: readonly ComparedGroup[], _: object) => normalizedEdfs(groups),
  search: (groups: readonly ComparedGroup[], _: object): Named<Finding<RandomSearchCurve>>[] =>
    each(groups, ({ name, observations }) => {
      const errors = countedErrors(observations, name);
      return errors.found ? randomSearchCurve(errors.value) : errors;
    }),
  ranges: (groups: readonly ComparedGroup[], { keys }: { readonly keys: readonly string[] }) =>
    each(groups, ({ name, observations }): Finding<readonly ColumnRange[]> => {
      const errors = countedErrors(observations, name);
      if (!errors.found) return errors;
      const counted = observations.map(({ error }) => error);
      const columns = keys.map((key) => ({ key, values: metricValues(observations, key) }));
      return { found: true, value: bootstrapRanges(counted, columns) };
    }),
  importance: (groups: readonly ComparedGroup[], { keys }: { readonly keys: readonly string[] }) =>
    each(groups, ({ name, observations }): Finding<Importances> => {
      const errors = countedErrors(observations, name);
      return errors.found ? parameterImportance(observations, keys) : errors;
    }),
  trends: (
    groups: readonly ComparedGroup[],
    { keys, regimes }: { readonly keys: readonly string[]; readonly regimes: number },
  ): Named<Finding<readonly NamedTrend[]>>[] =>
    each(groups, ({ name, observations }) => {
      const errors = countedErrors(observations, name);
      if (!errors.found) return errors;
      return { found: true, value: parameterTrends(costRegimes(observations, regimes), keys) };
    }),
  costLaws: (
    groups: readonly ComparedGroup[],
    { keys }: { readonly keys: readonly string[] },
  ): Named<readonly { readonly key: string; readonly fit: Finding<TrendFit> }[]>[] =>
    each(groups, ({ observations }) =>
      keys.map((key) => ({
        key,
        fit: fitTrend(metricValues(observations, "flops"), metricValues(observations, key), "power"),
      })),
    ),
  stability: (groups: readonly ComparedGroup[], _: object) =>
    each(
      groups,
      ({
        observations,
      }): {
        readonly epochs: Finding<readonly EpochStability[]>;
        readonly seeds: Finding<readonly SeedStability[]>;
      } => ({ epochs: epochStability(observations), seeds: seedStability(observations) }),
    ),
};

export type Statistics = typeof statistics;
export type StatisticName = keyof Statistics;
export type StatisticOptions<K extends StatisticName> = Parameters<Statistics[K]>[1];
export type StatisticResult<K extends StatisticName> = ReturnType<Statistics[K]>;
export type { ComparisonTable, NormalizedEdf, Observation };

function each<T>(groups: readonly ComparedGroup[], statistic: (group: ComparedGroup) => T): Named<T>[] {
  return groups.map((group) => ({ name: group.name, value: statistic(group) }));
}
