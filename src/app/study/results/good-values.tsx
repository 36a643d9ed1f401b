import { useMemo } from "react";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { type TrendSeries, trendFigure } from "../../../charts/trend-chart.tsx";
import type { Finding } from "../../../engine/analysis/finding.ts";
import { type NamedTrend, type ParameterTrend, trendLine } from "../../../engine/analysis/parameter-trend.ts";
import { useStatistic } from "../../statistics/use-statistic.tsx";
import { fitText } from "./fit-text.ts";
import styles from "./results.module.css";
import { axisOf, emptyReason, metricOr } from "./rows.ts";
import type { ResultGroup, Results } from "./use-results.ts";

export interface GoodValuesProps {
  readonly results: Results;
  /** Key. */
  readonly parameter: string;
}

/** As many as the paper has between 200 MF and 32 GF would leave most studies' regimes without networks. */
const regimes = 6;

/** Where good networks of every flop regime have a parameter, and the line through them (RegNet paper, figure 11). */
export function GoodValues({ results, parameter }: GoodValuesProps) {
  const options = useMemo(() => ({ keys: [parameter], regimes }), [parameter]);
  const trends = useStatistic("trends", results.groups, options);
  const [flops, metric] = useMemo(
    () => [metricOr("flops", "flops"), metricOr(parameter, "depth")],
    [parameter],
  );
  const empty = emptyReason(results) ?? trends.failure ?? (trends.value ? undefined : "Computing …");
  const told = useMemo(
    () => (trends.value ?? []).map(({ name, value }) => ({ name, trend: onlyTrend(value) })),
    [trends.value],
  );
  // What holds for several populations is said once.
  const reasons = useMemo(
    () => [...new Set(told.flatMap(({ trend }) => (trend.found ? [] : [trend.message])))],
    [told],
  );
  const content = useMemo(() => {
    const series = told.flatMap(({ name, trend }): TrendSeries[] => {
      const group = results.groups.find((one) => one.name === name);
      return trend.found && group !== undefined ? [seriesOf(group, trend.value)] : [];
    });
    return trendFigure({
      series,
      x: axisOf(flops),
      y: { ...axisOf(metric), scale: "linear" },
      empty: empty ?? reasons.join(" "),
      description: `${metric.label} of good networks over FLOPs. ${series
        .map(({ label, rows }) => `${label}: ${rows.length} regimes`)
        .join("; ")}.`,
    });
  }, [told, results, flops, metric, empty, reasons]);
  return (
    <FigureFrame
      title={`${metric.label} of good networks`}
      note={`in ${regimes} regimes of FLOPs: best value, 95% range, and the fit with its interval`}
      source={results.source}
      content={content}
      height={300}
    >
      {empty === undefined &&
        told.some(({ trend }) => trend.found) &&
        told.map(({ name, trend }) => (
          <p key={name} className={styles.says}>
            <b>{name}</b>:{" "}
            {trend.found ? fitText(metric.symbol ?? metric.label, trend.value.fit) : trend.message}
          </p>
        ))}
    </FigureFrame>
  );
}

function onlyTrend(trends: Finding<readonly NamedTrend[]>): NamedTrend["trend"] {
  return trends.found ? trends.value[0]!.trend : trends;
}

function seriesOf({ name, look }: ResultGroup, trend: ParameterTrend): TrendSeries {
  return {
    id: name,
    label: name,
    ...look,
    rows: trend.points.map(({ regime, cost, good }) => ({
      label: regime,
      x: cost,
      y: good.best,
      low: good.low,
      high: good.high,
    })),
    fit: trendLine(trend),
  };
}
