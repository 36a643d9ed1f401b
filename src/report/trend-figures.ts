import type { Group } from "../charts/chart-props.ts";
import type { FigureSource } from "../charts/figure/figure.ts";
import { type TrendSeries, trendFigure } from "../charts/trend-chart.tsx";
import { type NamedTrend, type ParameterTrend, trendLine } from "../engine/analysis/parameter-trend.ts";
import { chartFigure } from "./chart-figure.ts";
import { metricAxis } from "./chart-rows.ts";
import type { ReportFigure } from "./figure-html.ts";
import { estimateText, metricName } from "./numbers.ts";

/** Good values of parameters over flops, those that follow them most clearly first. */
export function trendFigures(
  trends: readonly NamedTrend[],
  look: Group,
  source: FigureSource,
  most: number,
): ReportFigure[] {
  const known = trends.flatMap(({ key, trend }) => (trend.found ? [{ key, trend: trend.value }] : []));
  known.sort((a, b) => clarity(b.trend) - clarity(a.trend));
  return known.slice(0, most).map(({ key, trend }) => {
    const { points, fit } = trend;
    const law = fit.found ? `${metricName(key)} ~ FLOPs^${estimateText(fit.value.slope)}` : fit.message;
    const series: TrendSeries = {
      ...look,
      rows: points.map(({ regime, cost, good }) => ({
        label: regime,
        x: cost,
        y: good.best,
        low: good.low,
        high: good.high,
      })),
      fit: trendLine(trend),
    };
    const content = trendFigure({
      series: [series],
      x: metricAxis("flops"),
      y: { ...metricAxis(key), scale: "linear" },
      description: `Good values of ${metricName(key)} in ${points.length} regimes of FLOPs. ${law}`,
    });
    return chartFigure(`${metricName(key)} of good networks over FLOPs`, content, source);
  });
}

/** Distance of the exponent from 0 in widths of its interval; 0 where there is no fit. */
function clarity({ fit }: ParameterTrend): number {
  if (!fit.found) return 0;
  const { value, low, high } = fit.value.slope;
  return high > low ? Math.abs(value) / (high - low) : Math.abs(value);
}
