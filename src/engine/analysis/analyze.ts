import { type BandMethod, type EdfBand, edfBand } from "./bands.ts";
import { bootstrapRanges, type ColumnRange } from "./bootstrap-ranges.ts";
import { type ComparedGroup, type ComparisonTable, comparisonTable } from "./comparison-table.ts";
import { complexityWeights } from "./complexity-weights.ts";
import { type ErrorSummary, summarizeErrors } from "./edf.ts";
import { type Finding, found } from "./finding.ts";
import { type Importances, parameterImportance } from "./forest/importance.ts";
import { kendallTau, type RankCorrelation } from "./kendall.ts";
import { costRegimes, type NamedTrend, parameterTrends } from "./parameter-trend.ts";
import { type ParetoPlane, paretoPlane } from "./pareto-plane.ts";
import { type RandomSearchCurve, randomSearchCurve } from "./random-search.ts";
import { type EpochStability, epochStability, type SeedStability, seedStability } from "./rank-stability.ts";
import { fitTrend, type TrendFit } from "./trend-fit.ts";
import { countedErrors, countTrials, type TrialCounts } from "./trials/counted.ts";
import { drawnParameters } from "./trials/drawn-parameters.ts";
import { metricValues } from "./trials/metrics.ts";
import { groupWarnings, type MixtureWarning } from "./trials/mixture.ts";
import type { Observation } from "./trials/observation.ts";

/**
 * All statistics at once, as plain data that may cross to a worker and back: what a report prints, and what a page asks its
 * worker for where a population is large. Every part is also a function of its own.
 */
export interface Analysis {
  readonly populations: readonly PopulationAnalysis[];
  readonly comparison: Finding<ComparisonTable>;
  /** EDFs of all populations under one distribution of flops. */
  readonly normalized: Finding<readonly NormalizedEdf[]>;
  /** Where each population is one flop regime of the same space: trends through them. */
  readonly trends: readonly NamedTrend[];
  readonly warnings: readonly MixtureWarning[];
}

export interface PopulationAnalysis {
  readonly name: string;
  /** The trials, in the order that indices of fronts count in. */
  readonly networks: readonly { readonly id: string; readonly name: string }[];
  readonly counts: TrialCounts;
  readonly summary: Finding<ErrorSummary>;
  readonly bands: Readonly<Record<BandMethod, Finding<EdfBand>>>;
  readonly search: Finding<RandomSearchCurve>;
  /** Where the parameters of good networks lie. */
  readonly ranges: readonly ColumnRange[];
  /** Error against each cost, both better where they are less. */
  readonly fronts: readonly { readonly cost: string; readonly plane: Finding<ParetoPlane> }[];
  /** Power laws over flops: acts ~ √flops, params ~ flops. */
  readonly costLaws: readonly { readonly key: string; readonly fit: Finding<TrendFit> }[];
  /** Good values over the population's own flops, cut into regimes. */
  readonly trends: readonly NamedTrend[];
  /** Of the error with every number of the trials. */
  readonly correlations: readonly { readonly key: string; readonly correlation: Finding<RankCorrelation> }[];
  readonly importance: Finding<Importances>;
  readonly epochs: Finding<readonly EpochStability[]>;
  readonly seeds: Finding<readonly SeedStability[]>;
}

export interface NormalizedEdf {
  readonly name: string;
  readonly band: Finding<EdfBand>;
}

export interface AnalysisOptions {
  /** Held against the others; left out, every pair is compared. */
  readonly baseline?: string;
  /** Keys of the parameters whose ranges, trends and importance are asked for; left out, all that the trials have. */
  readonly parameters?: readonly string[];
  /** e_fit too, which takes about a millisecond a network that was not fitted before. */
  readonly fitError?: boolean;
  /** Regimes that a population's flops are cut into. */
  readonly regimes?: number;
  readonly confidence?: number;
  readonly seed?: number;
}

const costs = ["flops", "params", "acts"] as const;

/** Everything about these groups; at most as many as a comparison takes (`comparisonLimit`). */
export function analyzeGroups(groups: readonly ComparedGroup[], options: AnalysisOptions = {}): Analysis {
  const { baseline, seed = 1 } = options;
  const all = groups.flatMap(({ observations }) => observations);
  return {
    populations: groups.map((group) => analyzePopulation(group, options)),
    comparison: comparisonTable(groups, { ...(baseline === undefined ? {} : { baseline }), seed }),
    normalized: normalizedEdfs(groups, options),
    trends: areRegimes(groups) ? trendsOf(groups, chosenParameters(all, options), options) : [],
    warnings: groupWarnings(groups),
  };
}

export function analyzePopulation(
  { name, observations }: ComparedGroup,
  options: AnalysisOptions = {},
): PopulationAnalysis {
  const { confidence = 0.95, seed = 1, regimes = 4 } = options;
  const errors = countedErrors(observations, name);
  const ofErrors = <T>(statistic: (values: number[]) => Finding<T>): Finding<T> =>
    errors.found ? statistic(errors.value) : errors;
  const parameters = chosenParameters(observations, options);
  const columns = [...costs, ...parameters].map((key) => ({ key, values: metricValues(observations, key) }));
  const column = new Map(columns.map(({ key, values }) => [key, values]));
  const counted = observations.map(({ error }) => error);
  const flops = column.get("flops")!;
  return {
    name,
    networks: observations.map((each) => ({ id: each.id, name: each.name })),
    counts: countTrials(observations),
    summary: ofErrors((values) => found(summarizeErrors(values)!)),
    bands: {
      dkw: ofErrors((values) => edfBand(values, { method: "dkw", confidence })),
      bootstrap: ofErrors((values) => edfBand(values, { method: "bootstrap", confidence, seed })),
    },
    search: ofErrors((values) => randomSearchCurve(values)),
    ranges: errors.found
      ? bootstrapRanges(counted, columns, { alpha: 1 - confidence, seed })
      : columns.map(({ key }) => ({ key, range: errors })),
    fronts: costs.map((cost) => ({ cost, plane: ofErrors(() => paretoPlane(column.get(cost)!, counted)) })),
    costLaws: (["acts", "params"] as const).map((key) => ({
      key,
      fit: fitTrend(flops, column.get(key)!, "power", confidence),
    })),
    trends: errors.found ? trendsOf(costRegimes(observations, regimes), parameters, options) : [],
    correlations: columns.map(({ key, values }) => ({
      key,
      correlation: ofErrors(() => kendallTau(values, counted)),
    })),
    importance: ofErrors(() => parameterImportance(observations, [...costs, ...parameters], { seed })),
    epochs: epochStability(observations),
    seeds: seedStability(observations),
  };
}

/** One EDF a group, its networks weighted so that all groups have the same distribution of flops. */
export function normalizedEdfs(
  groups: readonly ComparedGroup[],
  { confidence = 0.95, seed = 1 }: AnalysisOptions = {},
): Finding<NormalizedEdf[]> {
  const usable = groups.map(({ name, observations }) => ({
    name,
    counted: observations.filter(({ error }) => error !== null),
  }));
  // Few networks in many bins would leave most bins to some population alone.
  const fewest = Math.min(...usable.map(({ counted }) => counted.length));
  const bins = Math.min(10, Math.max(2, Math.floor(fewest / 10)));
  const weights = complexityWeights(
    usable.map(({ counted }) => metricValues(counted, "flops")),
    { bins },
  );
  if (!weights.found) return weights;
  return found(
    usable.map(({ name, counted }, i) => {
      const errors = counted.map(({ error }) => error!);
      const options = { method: "bootstrap", confidence, seed, weights: weights.value.weights[i]! } as const;
      return { name, band: edfBand(errors, options) };
    }),
  );
}

/** Keys of the parameters to look at; with e_fit where it is asked for. */
function chosenParameters(
  observations: readonly Observation[],
  { parameters, fitError = false }: AnalysisOptions,
): readonly string[] {
  if (parameters) return parameters.filter((key) => !costs.some((cost) => cost === key));
  return [...drawnParameters(observations), ...(fitError ? ["fitError"] : [])];
}

function trendsOf(
  regimes: readonly ComparedGroup[],
  parameters: readonly string[],
  { confidence = 0.95, seed = 1 }: AnalysisOptions,
): NamedTrend[] {
  if (regimes.length < 2) return [];
  return parameterTrends(regimes, parameters, { confidence, alpha: 1 - confidence, seed });
}

/** At least three groups whose flops do not overlap: studies of one space at several budgets. */
function areRegimes(groups: readonly ComparedGroup[]): boolean {
  if (groups.length < 3) return false;
  const spans = groups.map(({ observations }) => {
    const flops = metricValues(observations, "flops").filter((value) => value !== undefined);
    return flops.length === 0
      ? undefined
      : { low: flops.reduce((a, b) => Math.min(a, b)), high: flops.reduce((a, b) => Math.max(a, b)) };
  });
  if (spans.includes(undefined)) return false;
  const ordered = spans.filter((span) => span !== undefined).sort((a, b) => a.low - b.low);
  return ordered.every((span, i) => i === 0 || span.low >= ordered[i - 1]!.high);
}
