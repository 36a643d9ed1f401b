import { type BootstrapOptions, bootstrapRanges, type GoodRange } from "./bootstrap-ranges.ts";
import { type Finding, found, type Missing, missing } from "./finding.ts";
import { medianOf, sortedFinite } from "./percentiles.ts";
import { type FitKind, fitTrend, type TrendFit, trendAt } from "./trend-fit.ts";
import { metricValue, metricValues } from "./trials/metrics.ts";
import type { Observation } from "./trials/observation.ts";

/** Trials of like cost: a flop regime (400MF, 1.6GF, …), or a population with a budget of its own. */
export interface CostRegime {
  readonly name: string;
  readonly observations: readonly Observation[];
}

/** Where a parameter lies in one regime. */
export interface TrendPoint {
  readonly regime: string;
  /** Median cost of the regime's trials. */
  readonly cost: number;
  /** Of all trials that count. */
  readonly min: number;
  readonly max: number;
  /** Of the good ones. */
  readonly good: GoodRange;
}

/** Good values of a parameter over cost (Radosavovic et al. 2020, figures 11 and 12, arXiv:2003.13678). */
export interface ParameterTrend {
  readonly points: readonly TrendPoint[];
  /** Through the best values of the regimes; missing below three regimes. */
  readonly fit: Finding<TrendFit>;
  /** Regimes without a point, and why. */
  readonly skipped: readonly { readonly regime: string; readonly message: string }[];
}

export interface TrendOptions extends BootstrapOptions {
  /** Key of the cost; flops. */
  readonly cost?: string;
  readonly fit?: FitKind;
  readonly confidence?: number;
}

export interface NamedTrend {
  readonly key: string;
  readonly trend: Finding<ParameterTrend>;
}

/** The bootstrap range of a parameter in every regime, ordered by cost, and the line through the best values. */
export function parameterTrend(
  regimes: readonly CostRegime[],
  parameter: string,
  options: TrendOptions = {},
): Finding<ParameterTrend> {
  return parameterTrends(regimes, [parameter], options)[0]!.trend;
}

/** The trends of several parameters: each regime draws its good networks once for all of them. */
export function parameterTrends(
  regimes: readonly CostRegime[],
  parameters: readonly string[],
  { cost = "flops", fit = "power", confidence = 0.95, ...bootstrap }: TrendOptions = {},
): NamedTrend[] {
  const places = regimes.map(({ name, observations }): RegimePlaces => {
    const errors = observations.map(({ error }) => error);
    const columns = parameters.map((key) => ({ key, values: metricValues(observations, key) }));
    const costs = sortedFinite(metricValues(observations, cost));
    return {
      name,
      cost: costs.length === 0 ? undefined : medianOf(costs),
      ranges: bootstrapRanges(errors, columns, bootstrap).map(({ range }) => range),
      spans: columns.map(({ values }) => spanOf(values.filter((_, i) => errors[i] !== null))),
    };
  });
  return parameters.map((key, i) => ({ key, trend: trendThrough(places, i, cost, fit, confidence) }));
}

/** What one regime knows of all parameters. */
interface RegimePlaces {
  readonly name: string;
  readonly cost: number | undefined;
  readonly ranges: readonly Finding<GoodRange>[];
  readonly spans: readonly { readonly min: number; readonly max: number }[];
}

function trendThrough(
  places: readonly RegimePlaces[],
  parameter: number,
  cost: string,
  fit: FitKind,
  confidence: number,
): Finding<ParameterTrend> {
  if (places.length === 0) return missing("no-trials", "No regimes to follow a parameter through.");
  const points: TrendPoint[] = [];
  const skipped: { regime: string; message: string }[] = [];
  for (const place of places) {
    const good = place.ranges[parameter]!;
    if (!good.found) skipped.push({ regime: place.name, message: good.message });
    else if (place.cost === undefined) skipped.push({ regime: place.name, message: `No trial has ${cost}.` });
    else points.push({ regime: place.name, cost: place.cost, ...place.spans[parameter]!, good: good.value });
  }
  if (points.length === 0) return noPoint(places, parameter, skipped[0]!.message);
  points.sort((a, b) => a.cost - b.cost);
  const line = fitTrend(
    points.map((point) => point.cost),
    points.map((point) => point.good.best),
    fit,
    confidence,
  );
  return found({ points, fit: line, skipped });
}

/** Why no regime shows a range: of all regimes, not of the first, where each has too few networks. */
function noPoint(places: readonly RegimePlaces[], parameter: number, first: string): Missing {
  const small = places.every(({ ranges }) => {
    const range = ranges[parameter]!;
    return !range.found && (range.reason === "none-finished" || range.reason === "too-few");
  });
  if (!small) return missing("no-values", `No regime shows a range: ${first}`);
  const regimes = places.length === 1 ? "The one regime has not" : `None of the ${places.length} regimes has`;
  return missing("too-few", `${regimes} two networks with an error; a range of good values needs as many.`);
}

function spanOf(values: readonly (number | undefined)[]): { readonly min: number; readonly max: number } {
  const sorted = sortedFinite(values);
  return { min: sorted[0] ?? 0, max: sorted.at(-1) ?? 0 };
}

/** A point of the fitted line and of its interval. */
export interface TrendLinePoint {
  /** Cost. */
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

/** Where the line and its interval are drawn. */
const lineSteps = 24;

/** The fit from the first regime to the last, at costs of equal ratio; undefined where there is no fit. */
export function trendLine({ points, fit }: ParameterTrend): TrendLinePoint[] | undefined {
  if (!fit.found) return undefined;
  const [from, to] = [points[0]!.cost, points.at(-1)!.cost];
  const highest = 2 * Math.max(...points.map(({ good }) => good.high));
  return Array.from({ length: lineSteps + 1 }, (_, i) => {
    const x = from * (to / from) ** (i / lineSteps);
    const { value, low, high } = trendAt(fit.value, x);
    // Few regimes leave an interval that would squeeze the points; it is drawn as far as there is something to see.
    return { x, y: Math.min(value, highest), low: Math.max(0, low), high: Math.min(high, highest) };
  });
}

/**
 * Splits trials into regimes of equal cost ratio, so that one population with a wide budget shows a trend too. Empty ones
 * are left out; trials without the cost belong to none.
 */
export function costRegimes(
  observations: readonly Observation[],
  count: number,
  cost = "flops",
  name: (low: number, high: number) => string = (low, high) => `${low.toPrecision(3)}–${high.toPrecision(3)}`,
): CostRegime[] {
  const priced = observations.flatMap((observation) => {
    const value = metricValue(observation, cost);
    return value !== undefined && value > 0 ? [{ observation, value }] : [];
  });
  const sorted = sortedFinite(priced.map(({ value }) => value));
  if (sorted.length === 0) return [];
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const ratio = high / low;
  const edge = (i: number) => low * ratio ** (i / count);
  const bins = Array.from({ length: count }, (_, i) => ({
    name: name(edge(i), edge(i + 1)),
    observations: [] as Observation[],
  }));
  for (const { observation, value } of priced) {
    const at = ratio > 1 ? Math.floor((count * Math.log(value / low)) / Math.log(ratio)) : 0;
    bins[Math.min(count - 1, at)]!.observations.push(observation);
  }
  return bins.filter((bin) => bin.observations.length > 0);
}
