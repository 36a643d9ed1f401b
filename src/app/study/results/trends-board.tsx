import { memo, useMemo } from "react";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { scatterFigure } from "../../../charts/scatter-chart.tsx";
import { drawnParameters } from "../../../engine/analysis/trials/drawn-parameters.ts";
import { observedMetric } from "../../../engine/analysis/trials/metrics.ts";
import { useStatistic } from "../../statistics/use-statistic.tsx";
import { useServices, useView } from "../state/services.tsx";
import { BestWidths } from "./best-widths.tsx";
import { fitText } from "./fit-text.ts";
import { GoodValues } from "./good-values.tsx";
import { MetricSelect } from "./metric-select.tsx";
import styles from "./results.module.css";
import { axisChoices, axisOf, chartGroups, emptyReason, metricOr, pointRows } from "./rows.ts";
import { type Results, useSelection } from "./use-results.ts";

/** How costs and parameters grow with flops: acts ~ √flops and params ~ flops where the papers are right. */
export const TrendsBoard = memo(function TrendsBoard({ results }: { readonly results: Results }) {
  const { actions } = useServices();
  const selection = useSelection();
  const chosen = useView((state) => state.axes.hy);
  const drawn = useMemo(() => drawnParameters(results.observations), [results]);
  const own = metricOr(chosen, drawn.includes("depth") ? "depth" : (drawn[0] ?? "depth")).key;
  const choices = useMemo(
    () => axisChoices(results.observations).filter(({ key }) => key !== "flops" && key !== "error"),
    [results],
  );
  const keys = useMemo(() => [...new Set(["acts", "params", own])], [own]);
  const options = useMemo(() => ({ keys }), [keys]);
  const laws = useStatistic("costLaws", results.groups, options);
  const groups = useMemo(() => chartGroups(results), [results]);
  const empty = results.observations.length === 0 ? emptyReason(results) : undefined;
  const figures = useMemo(
    () =>
      keys.flatMap((key) => {
        const [flops, metric] = [observedMetric("flops"), observedMetric(key)];
        if (flops === undefined || metric === undefined) return [];
        const rows = pointRows(results.observations, "flops", key);
        const content = scatterFigure({
          rows,
          groups,
          selection,
          empty,
          x: axisOf(flops),
          y: axisOf(metric),
          description: `${metric.label} against FLOPs of ${rows.length} networks.`,
        });
        const [title, symbol] = [`${metric.label} over FLOPs`, metric.symbol ?? metric.label];
        // Costs are known of networks without an error too.
        return [{ key, title, symbol, content, source: { ...results.source, n: rows.length } }];
      }),
    [keys, results, groups, selection, empty],
  );
  return (
    <div className={styles.board}>
      {figures.map(({ key, title, symbol, content, source }) => (
        <FigureFrame
          key={key}
          title={title}
          source={source}
          content={content}
          height={250}
          controls={
            key === own && (
              <MetricSelect
                label="Parameter of the trend"
                metrics={choices}
                value={own}
                onChange={(metric) => actions.setAxes({ hy: metric })}
              />
            )
          }
        >
          {laws.value?.map(({ name, value }) => {
            const fit = value.find((one) => one.key === key)?.fit;
            return (
              fit !== undefined && (
                <p key={name} className={styles.says}>
                  <b>{name}</b>: {fitText(symbol, fit)}
                </p>
              )
            );
          })}
        </FigureFrame>
      ))}
      <GoodValues results={results} parameter={own} />
      <BestWidths results={results} />
    </div>
  );
});
