import { useMemo } from "react";
import type { AxisProps, ChartProps, Group, PointRow } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { metricColumn } from "./figure/point-table.ts";
import { PointPlot } from "./plot/point-plot.tsx";
import { RangeBand, type RangeOfGood } from "./scatter-chart.tsx";

export interface MatrixPanel {
  readonly x: AxisProps;
  /** Value of each trial, in the order of `trials`; not finite where it has none. */
  readonly values: readonly number[];
  readonly range?: RangeOfGood | undefined;
}

export interface MatrixChartProps extends ChartProps {
  /** `y` is the error. */
  readonly trials: readonly Omit<PointRow, "x">[];
  readonly groups: readonly Group[];
  readonly y: AxisProps;
  readonly panels: readonly MatrixPanel[];
}

/** Narrowest panel, and the lowest that has room for points above its axis. */
const least = { width: 190, height: 150 };
const noLegend: readonly Group[] = [];

/** Error against every parameter, in small multiples that share error axis and selection. */
export function MatrixChart(props: MatrixChartProps) {
  const { size, trials, groups, y, panels, description, empty, selection, still = false } = props;
  const { columns, lines } = gridOf(panels.length, size.width);
  const width = Math.floor(size.width / columns);
  const height = Math.floor(size.height / lines);
  const rows = useMemo(
    () => panels.map(({ values }) => trials.map((trial, i) => ({ ...trial, x: values[i] ?? Number.NaN }))),
    [trials, panels],
  );
  const panel = (each: MatrixPanel, i: number) => (
    <PointPlot
      size={{ width, height }}
      rows={rows[i]!}
      groups={groups}
      legend={noLegend}
      x={each.x}
      y={y}
      description={`${y.metric.label} against ${each.x.metric.label}`}
      empty={empty ?? "No network has this parameter."}
      selection={selection}
      still={still}
      under={(plot) =>
        each.range && <RangeBand range={each.range} plot={plot} metric={each.x.metric} labelled={false} />
      }
    />
  );
  const place = (i: number) => ({ left: (i % columns) * width, top: Math.floor(i / columns) * height });

  if (still)
    return (
      <svg
        xmlns="http://www.w3.org/2000/svg"
        width={size.width}
        height={size.height}
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="img"
        aria-label={description}
      >
        {panels.map((each, i) => (
          <g key={each.x.metric.key} transform={`translate(${place(i).left} ${place(i).top})`}>
            {panel(each, i)}
          </g>
        ))}
      </svg>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div role="group" aria-label={description} style={{ position: "relative", ...size }}>
      {panels.map((each, i) => (
        <div key={each.x.metric.key} style={{ position: "absolute", ...place(i) }}>
          {panel(each, i)}
        </div>
      ))}
    </div>
  );
}

function gridOf(panels: number, width: number): { readonly columns: number; readonly lines: number } {
  const columns = Math.max(1, Math.min(panels, Math.floor(width / least.width)));
  return { columns, lines: Math.max(1, Math.ceil(panels / columns)) };
}

export function matrixFigure(props: Unsized<MatrixChartProps>): FigureContent {
  const names = new Map(props.groups.map(({ id, label }) => [id, label]));
  return {
    kind: "matrix",
    draw: (size, still) => <MatrixChart {...props} size={size} still={still} />,
    leastHeight: (width) => least.height * gridOf(props.panels.length, width).lines,
    table: () => ({
      columns: [
        { key: "trial", label: "Network" },
        { key: "population", label: "Population" },
        metricColumn(props.y),
        ...props.panels.map(({ x }) => metricColumn(x)),
      ],
      rows: props.trials.map(({ label, group, y }, i) => [
        label,
        names.get(group) ?? group,
        y,
        ...props.panels.map(({ values }) => values[i]),
      ]),
    }),
  };
}
