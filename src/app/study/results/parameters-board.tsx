import { memo, useMemo } from "react";
import { matrixFigure } from "../../../charts/matrix-chart.tsx";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { parallelFigure } from "../../../charts/parallel-chart.tsx";
import { drawnParameters } from "../../../engine/analysis/trials/drawn-parameters.ts";
import { errorMetric, metricValue, observedMetric } from "../../../engine/analysis/trials/metrics.ts";
import { useStatistic } from "../../statistics/use-statistic.tsx";
import { Card } from "../../ui/card.tsx";
import { HeatBoard } from "./heat-board.tsx";
import { ParameterTable } from "./parameter-table.tsx";
import styles from "./results.module.css";
import { axisOf, chartGroups, emptyReason } from "./rows.ts";
import { type Results, useSelection } from "./use-results.ts";

/** Pictures of so many parameters, the most important first; the table has all. */
const mostPictures = 6;

/** What good networks look like: ranges of their parameters, how much each matters, and the error over each. */
export const ParametersBoard = memo(function ParametersBoard({ results }: { readonly results: Results }) {
  const selection = useSelection();
  const keys = useMemo(() => drawnParameters(results.observations), [results]);
  const options = useMemo(() => ({ keys }), [keys]);
  const ranges = useStatistic("ranges", results.groups, options);
  const importance = useStatistic("importance", results.pooled, options);
  const pooled = useStatistic("ranges", results.pooled, options);
  const ranked = importance.value?.[0]?.value;
  const order = useMemo(() => {
    const known = ranked?.found ? ranked.value.parameters.map(({ key }) => key) : [];
    return [...known, ...keys.filter((key) => !known.includes(key))];
  }, [ranked, keys]);
  const groups = useMemo(() => chartGroups(results), [results]);
  const empty = emptyReason(results);
  const good = pooled.value?.[0]?.value;
  const pictured = useMemo(
    () => order.slice(0, mostPictures).flatMap((key) => observedMetric(key) ?? []),
    [order],
  );
  const matrix = useMemo(() => {
    const done = results.observations.filter(({ status, error }) => status === "done" && error !== null);
    return matrixFigure({
      trials: done.map(({ id, population, name, error }) => ({
        id,
        group: population,
        label: name,
        y: error ?? Number.NaN,
      })),
      groups,
      selection,
      empty,
      y: axisOf(errorMetric),
      panels: pictured.map((metric) => {
        const range = good?.found ? good.value.find((one) => one.key === metric.key)?.range : undefined;
        return {
          x: axisOf(metric),
          values: done.map((one) => metricValue(one, metric.key) ?? Number.NaN),
          ...(range?.found && {
            range: {
              low: range.value.low,
              high: range.value.high,
              median: range.value.best,
              color: "var(--accent)",
            },
          }),
        };
      }),
      description: `Test error against ${pictured.map(({ label }) => label).join(", ")} of ${done.length} networks.`,
    });
  }, [results, groups, selection, empty, pictured, good]);
  const parallel = useMemo(() => {
    const shown = [...pictured, errorMetric];
    const done = results.observations.filter(({ status, error }) => status === "done" && error !== null);
    return parallelFigure({
      rows: done.map((one) => ({
        id: one.id,
        group: one.population,
        label: one.name,
        values: shown.map(({ key }) => metricValue(one, key) ?? Number.NaN),
      })),
      groups,
      selection,
      empty,
      axes: shown.map(axisOf),
      description: `A line a network over ${shown.map(({ label }) => label).join(", ")}.`,
    });
  }, [results, groups, selection, empty, pictured]);
  if (keys.length === 0)
    return (
      <Card title="Parameters">
        <p className={styles.says}>
          {empty ?? "The networks shown differ in no parameter: there is nothing to compare them by."}
        </p>
      </Card>
    );
  return (
    <div className={styles.board}>
      <Card title="Where good networks lie" note="bootstrap ranges at 95%, and what the error hangs on">
        <ParameterTable
          order={order}
          groups={results.groups}
          ranges={ranges.value?.map(({ value }) => (value.found ? value.value : undefined)) ?? []}
          importance={
            ranked?.found
              ? new Map(ranked.value.parameters.map((one) => [one.key, one.importance]))
              : undefined
          }
        />
        {ranked?.found === false && <p className={styles.says}>{ranked.message}</p>}
        {ranked?.found && (
          <p className={styles.says}>
            A forest of these parameters explains {Math.round(100 * Math.max(0, ranked.value.explained))}% of
            the order of {ranked.value.n} errors
            {ranked.value.explained < 0.1 && ": next to nothing, so read the importances as noise"}.
          </p>
        )}
        {[ranges, importance].map(
          ({ failure }) =>
            failure !== undefined && (
              <p key={failure} className={styles.reason} role="alert">
                {failure}
              </p>
            ),
        )}
      </Card>
      <FigureFrame
        title="Error by parameter"
        note="shaded: where good networks lie"
        source={results.source}
        content={matrix}
        height={460}
      />
      <FigureFrame
        title="Parallel coordinates"
        note="drag along an axis to mark the networks in that range"
        source={results.source}
        content={parallel}
        height={320}
      />
      <HeatBoard results={results} order={order} />
    </div>
  );
});
