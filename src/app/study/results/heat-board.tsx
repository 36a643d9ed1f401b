import { useMemo } from "react";
import { heatMapFigure } from "../../../charts/heat-map.tsx";
import { FigureFrame } from "../../../charts/page/figure-frame.tsx";
import { rankCells } from "../../../engine/analysis/rank-cells.ts";
import { useServices, useView } from "../state/services.tsx";
import { MetricSelect } from "./metric-select.tsx";
import styles from "./results.module.css";
import { axisChoices, axisOf, metricOr } from "./rows.ts";
import { type Results, useSelection } from "./use-results.ts";

export interface HeatBoardProps {
  readonly results: Results;
  /** Keys of the parameters, the most important first: two at least, or there is no map. */
  readonly order: readonly string[];
}

/** Any two parameters in cells, coloured by how their networks rank; the two that matter most where none are chosen. */
export function HeatBoard({ results, order }: HeatBoardProps) {
  const { actions } = useServices();
  const selection = useSelection();
  const axes = useView((state) => state.axes);
  const choices = useMemo(
    () => axisChoices(results.observations).filter(({ kind }) => kind !== "outcome" && kind !== "setting"),
    [results],
  );
  const keyX = axes.hx ?? order.find((key) => key !== axes.hy) ?? "depth";
  const chosenY = axes.hy === keyX ? undefined : axes.hy;
  const keyY = chosenY ?? order.find((key) => key !== keyX) ?? "flops";
  const [x, y] = useMemo(() => [metricOr(keyX, "depth"), metricOr(keyY, "flops")], [keyX, keyY]);
  const { content, drawn } = useMemo(() => {
    const [axisX, axisY] = [axisOf(x), axisOf(y)];
    const cells = rankCells(
      results.observations,
      { key: x.key, scale: axisX.scale },
      { key: y.key, scale: axisY.scale },
    );
    const figure = heatMapFigure({
      cells: cells.found ? cells.value : [],
      x: axisX,
      y: axisY,
      selection,
      empty: cells.found ? undefined : cells.message,
      description: `Mean rank of the test error over ${x.label} and ${y.label}, in ${cells.found ? cells.value.length : 0} cells.`,
    });
    return { content: figure, drawn: cells.found };
  }, [results, selection, x, y]);
  return (
    <FigureFrame
      title={`Rank of the error over ${x.label} × ${y.label}`}
      note="the number of networks in each cell"
      source={results.source}
      content={content}
      height={340}
      controls={
        <>
          <MetricSelect
            label="Vertical axis of the heat map"
            metrics={choices.filter(({ key }) => key !== x.key)}
            value={y.key}
            onChange={(key) => actions.setAxes({ hy: key })}
          />
          <MetricSelect
            label="Horizontal axis of the heat map"
            metrics={choices.filter(({ key }) => key !== y.key)}
            value={x.key}
            onChange={(key) => actions.setAxes({ hx: key })}
          />
        </>
      }
    >
      {drawn && (
        <p className={styles.says}>
          Every error has a rank, from the best (0%) to the worst (100%); the stronger a cell's colour, the
          better the mean rank of its networks. Press one to mark them.
        </p>
      )}
    </FigureFrame>
  );
}
