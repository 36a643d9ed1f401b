import { useMemo } from "react";
import type { AxisProps, ChartProps, Group } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { metricColumn } from "./figure/point-table.ts";
import { createAxis, showable } from "./plot/axis.ts";
import { createPathPen, traceMarker } from "./plot/markers.ts";
import { type Plot, px } from "./plot/plot.ts";
import { PlotFrame } from "./plot/plot-frame.tsx";

/** Where a parameter of the good networks of one regime lies. */
export interface TrendRow {
  /** Name of the regime. */
  readonly label: string;
  /** Its cost, usually flops. */
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export interface TrendSeries extends Group {
  readonly rows: readonly TrendRow[];
  /** Points of the fit and of its interval; undefined where too few regimes are there. */
  readonly fit?:
    | readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[]
    | undefined;
}

export interface TrendChartProps extends ChartProps {
  readonly series: readonly TrendSeries[];
  readonly x: AxisProps;
  readonly y: AxisProps;
}

/** A parameter over flop regimes: the range of good values of each, and the fitted line with its interval. */
export function TrendChart({ size, series, x, y, description, empty }: TrendChartProps) {
  const drawn = useMemo(() => {
    const fits = (row: TrendRow) => showable(x.scale, row.x) && showable(y.scale, row.y);
    return series
      .map((one) => ({ ...one, rows: one.rows.filter(fits) }))
      .filter(({ rows }) => rows.length > 0);
  }, [series, x.scale, y.scale]);
  const rows = drawn.flatMap((one) => [...one.rows, ...(one.fit ?? [])]);
  const axisX = createAxis({
    ...x,
    values: rows.map((row) => row.x),
    count: Math.max(2, Math.floor(size.width / 90)),
  });
  const axisY = createAxis({
    ...y,
    values: rows.flatMap((row) => [row.y, row.low, row.high]),
    count: Math.max(2, Math.floor(size.height / 48)),
  });
  return (
    <PlotFrame
      size={size}
      x={axisX}
      y={axisY}
      description={description}
      legend={drawn}
      empty={drawn.length > 0 ? undefined : (empty ?? "No regime has this parameter.")}
    >
      {(plot) => drawn.map((one) => <Series key={one.id} series={one} plot={plot} />)}
    </PlotFrame>
  );
}

function Series({ series, plot: { sx, sy } }: { readonly series: TrendSeries; readonly plot: Plot }) {
  const { rows, fit = [], color, dash, marker } = series;
  const at = (x: number, y: number) => `${px(sx(x))} ${px(sy(y))}`;
  const pen = createPathPen();
  for (const row of rows) traceMarker(pen, marker, sx(row.x), sy(row.y), 4.5);
  const interval = [...fit.map((p) => at(p.x, p.high)), ...fit.toReversed().map((p) => at(p.x, p.low))];
  return (
    <g data-series={series.label}>
      {fit.length > 1 && (
        <>
          <path d={`M${interval.join("L")}Z`} fill={color} fillOpacity={0.1} data-interval="" />
          <path
            d={`M${fit.map((p) => at(p.x, p.y)).join("L")}`}
            fill="none"
            stroke={color}
            strokeWidth={2}
            strokeDasharray={dash}
            data-fit=""
          />
        </>
      )}
      {rows.map((row) => (
        <line
          key={row.label}
          x1={px(sx(row.x))}
          x2={px(sx(row.x))}
          y1={px(sy(row.low))}
          y2={px(sy(row.high))}
          stroke={color}
          strokeWidth={1.5}
          strokeOpacity={0.6}
          data-range={row.label}
        />
      ))}
      <path d={pen.d()} fill={color} stroke="var(--panel)" strokeWidth={1} />
    </g>
  );
}

export function trendFigure(props: Unsized<TrendChartProps>): FigureContent {
  const value = metricColumn(props.y);
  return {
    kind: `trend-${props.y.metric.key}`,
    draw: (size, still) => <TrendChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "population", label: "Population" },
        { key: "regime", label: "Regime" },
        metricColumn(props.x),
        value,
        { ...value, key: `${value.key}_low`, label: "low" },
        { ...value, key: `${value.key}_high`, label: "high" },
      ],
      rows: props.series.flatMap(({ label, rows }) =>
        rows.map((row) => [label, row.label, row.x, row.y, row.low, row.high]),
      ),
    }),
  };
}
