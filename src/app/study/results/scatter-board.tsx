import { memo, useMemo } from "react";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { paretoFigure } from "../../../charts/pareto-chart.tsx";
import { scatterFigure } from "../../../charts/scatter-chart.tsx";
import { paretoPlane } from "../../../engine/analysis/pareto-plane.ts";
import { useStatistic } from "../../statistics/use-statistic.tsx";
import { useServices, useView } from "../state/services.tsx";
import { MetricSelect } from "./metric-select.tsx";
import styles from "./results.module.css";
import { axisChoices, axisOf, chartGroups, emptyReason, metricOr, pointRows } from "./rows.ts";
import { type Results, useSelection } from "./use-results.ts";

/** Any two metrics of every trial: as a scatter with the range of good networks, and as a Pareto front. */
export const ScatterBoard = memo(function ScatterBoard({ results }: { readonly results: Results }) {
  const { actions } = useServices();
  const selection = useSelection();
  const axes = useView((state) => state.axes);
  const x = metricOr(axes.x, "flops");
  const y = metricOr(axes.y, "error");
  const choices = useMemo(() => axisChoices(results.observations), [results]);
  const groups = useMemo(() => chartGroups(results), [results]);
  const rows = useMemo(() => pointRows(results.observations, x.key, y.key), [results, x, y]);
  const empty = emptyReason(results);
  const keys = useMemo(() => [x.key], [x]);
  const ranges = useStatistic("ranges", y.key === "error" ? results.pooled : nothing, { keys });
  const good = ranges.value?.[0]?.value;
  const range = good?.found ? good.value.find(({ key }) => key === x.key)?.range : undefined;

  const scatter = useMemo(
    () =>
      scatterFigure({
        rows,
        groups,
        selection,
        empty,
        x: axisOf(x),
        y: axisOf(y),
        description: `${y.label} against ${x.label} of ${rows.length} networks.`,
        ...(range?.found && {
          range: {
            low: range.value.low,
            high: range.value.high,
            median: range.value.best,
            color: "var(--accent)",
          },
        }),
      }),
    [rows, groups, selection, empty, x, y, range],
  );

  // A front needs two metrics of which less is better.
  const cost = x.better === "less" && x.key !== y.key ? x : metricOr("flops", "flops");
  const outcome = y.better === "less" && y.key !== cost.key ? y : metricOr("error", "error");
  const planeRows = useMemo(
    () => pointRows(results.observations, cost.key, outcome.key),
    [results, cost, outcome],
  );
  const front = useMemo(() => {
    const plane = paretoPlane(
      planeRows.map((row) => row.x),
      planeRows.map((row) => row.y),
    );
    return new Set(plane.found ? plane.value.front.map((i) => planeRows[i]!.id) : []);
  }, [planeRows]);
  const pareto = useMemo(
    () =>
      paretoFigure({
        rows: planeRows,
        groups,
        front,
        selection,
        empty,
        x: axisOf(cost),
        y: axisOf(outcome),
        description: `Pareto front of ${outcome.label} and ${cost.label}: ${front.size} of ${planeRows.length} networks are dominated by no other.`,
      }),
    [planeRows, groups, front, selection, empty, cost, outcome],
  );

  return (
    <div className={styles.board}>
      <FigureFrame
        title={`${y.label} × ${x.label}`}
        source={{ ...results.source, n: empty === undefined ? rows.length : 0 }}
        content={scatter}
        height={330}
        controls={
          <>
            <MetricSelect
              label="Vertical axis"
              metrics={choices}
              value={y.key}
              onChange={(key) => actions.setAxes({ y: key })}
            />
            <MetricSelect
              label="Horizontal axis"
              metrics={choices}
              value={x.key}
              onChange={(key) => actions.setAxes({ x: key })}
            />
          </>
        }
      >
        {range?.found && (
          <p className={styles.says}>
            Shaded: where {x.label} of the best of a random quarter of these networks lies in 95% of draws;
            the line is the median.
          </p>
        )}
        {range?.found === false && <p className={styles.says}>{range.message}</p>}
      </FigureFrame>
      <FigureFrame
        title="Pareto front"
        note={`${outcome.label} and ${cost.label}, both better where less`}
        source={{ ...results.source, n: empty === undefined ? planeRows.length : 0 }}
        content={pareto}
        height={300}
      >
        {planeRows.length > 0 && (
          <p className={styles.says}>
            {front.size} of {planeRows.length} networks are dominated by no other.
          </p>
        )}
      </FigureFrame>
    </div>
  );
});

const nothing: Results["pooled"] = [];
