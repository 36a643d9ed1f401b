import { useMemo } from "react";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { pointTable } from "./figure/point-table.ts";
import { formatMetric, type Metric } from "./metric.ts";
import { type Plot, px } from "./plot/plot.ts";
import { PointPlot, type PointPlotProps } from "./plot/point-plot.tsx";
import { textWidth } from "./plot/text-width.ts";

/** The empirical bootstrap range of a metric for good models, drawn over the whole height. */
export interface RangeOfGood {
  readonly low: number;
  readonly high: number;
  readonly median: number;
  /** Any CSS colour. */
  readonly color: string;
}

export interface ScatterChartProps extends Omit<PointPlotProps, "alsoX" | "under" | "over"> {
  /** Of the metric on x, in its units. */
  readonly range?: RangeOfGood | undefined;
}

/** Error (y) against any metric (x), a point a trial; the range that good models lie in shaded, its median marked. */
export function ScatterChart({ range, ...props }: ScatterChartProps) {
  const ends = useMemo(() => (range === undefined ? [] : [range.low, range.high]), [range]);
  return (
    <PointPlot
      {...props}
      alsoX={ends}
      under={(plot) => range && <RangeBand range={range} plot={plot} metric={props.x.metric} />}
    />
  );
}

export function scatterFigure(props: Unsized<ScatterChartProps>): FigureContent {
  return {
    kind: `scatter-${props.x.metric.key}`,
    draw: (size, still) => <ScatterChart {...props} size={size} still={still} />,
    table: () => pointTable(props.rows, props.groups, props.x, props.y),
  };
}

interface RangeBandProps {
  readonly range: RangeOfGood;
  readonly plot: Plot;
  readonly metric: Metric;
  /** Small multiples have no room for the numbers. */
  readonly labelled?: boolean;
}

/** A shaded column from low to high, a line at the median, and the three numbers beside it. */
export function RangeBand({ range, plot, metric, labelled = true }: RangeBandProps) {
  const { area, sx } = plot;
  const inside = (x: number) => px(Math.min(area.x + area.width, Math.max(area.x, x)));
  const [left, middle, right] = [inside(sx(range.low)), inside(sx(range.median)), inside(sx(range.high))];
  const text = `${formatMetric(metric, range.median)} [${formatMetric(metric, range.low)}, ${formatMetric(metric, range.high)}]`;
  const fits = middle + 6 + textWidth(text, 11) < area.x + area.width;
  return (
    <g pointerEvents="none" data-range="">
      <rect
        x={left}
        y={area.y}
        width={Math.max(1, px(right - left))}
        height={area.height}
        fill={range.color}
        fillOpacity={0.12}
      />
      <line
        x1={middle}
        x2={middle}
        y1={area.y}
        y2={area.y + area.height}
        stroke={range.color}
        strokeWidth={1.5}
      />
      {labelled && (
        <text
          x={middle + (fits ? 6 : -6)}
          y={area.y + 12}
          textAnchor={fits ? "start" : "end"}
          fill={range.color}
          fontWeight={600}
          stroke="var(--panel)"
          strokeWidth={3}
          paintOrder="stroke"
        >
          {text}
        </text>
      )}
    </g>
  );
}
