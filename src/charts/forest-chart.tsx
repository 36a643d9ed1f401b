import type { ChartProps, Look } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { formatMetric, type Metric } from "./metric.ts";
import { createAxis } from "./plot/axis.ts";
import { createPathPen, traceMarker } from "./plot/markers.ts";
import { px } from "./plot/plot.ts";
import { PlotFrame } from "./plot/plot-frame.tsx";
import { shorten } from "./plot/text-width.ts";

/** An estimate with its interval. */
export interface ForestRow extends Look {
  readonly id: string;
  readonly label: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

export interface ForestChartProps extends ChartProps {
  readonly rows: readonly ForestRow[];
  readonly metric: Metric;
  /** Where there is no difference: 0 for differences, ½ for the chance to win. */
  readonly reference: number;
}

/** Estimates under one another, each with its interval, against the line of no difference. */
export function ForestChart({ size, rows, metric, reference, description, empty }: ForestChartProps) {
  const shown = rows.filter(({ estimate }) => Number.isFinite(estimate));
  const ends = shown.flatMap(({ low, high, estimate }) => [low, high, estimate, reference]);
  const x = createAxis({ metric, values: ends, count: Math.max(2, Math.floor(size.width / 110)) });
  const rowsAxis = createAxis({ metric: plain, domain: [shown.length, 0], values: [], ticks: [], count: 1 });
  const y = {
    ...rowsAxis,
    ticks: shown.map((_, i) => i + 0.5),
    format: (at: number) => shorten(shown[Math.floor(at)]?.label ?? "", 11, size.width / 3),
  };
  return (
    <PlotFrame
      size={size}
      x={x}
      y={y}
      description={description}
      empty={shown.length > 0 ? undefined : (empty ?? "There is nothing to compare.")}
    >
      {({ area, sx, sy }) => (
        <g>
          <line
            x1={px(sx(reference))}
            x2={px(sx(reference))}
            y1={area.y}
            y2={area.y + area.height}
            stroke="var(--ink-3)"
            strokeDasharray="3 3"
            data-reference=""
          />
          {shown.map((row, i) => {
            const pen = createPathPen();
            traceMarker(pen, row.marker, sx(row.estimate), sy(i + 0.5), 5);
            return (
              <g key={row.id} data-estimate={row.label}>
                {Number.isFinite(row.low) && Number.isFinite(row.high) && (
                  <line
                    x1={px(sx(row.low))}
                    x2={px(sx(row.high))}
                    y1={px(sy(i + 0.5))}
                    y2={px(sy(i + 0.5))}
                    stroke={row.color}
                    strokeWidth={2}
                  />
                )}
                <path d={pen.d()} fill={row.color} stroke="var(--panel)" />
              </g>
            );
          })}
        </g>
      )}
    </PlotFrame>
  );
}

const plain = { label: "", scale: "plain", unit: "" } as const;

export function forestFigure(props: Unsized<ForestChartProps>): FigureContent {
  const format = (value: number) => formatMetric(props.metric, value);
  return {
    kind: `forest-${props.metric.key}`,
    draw: (size, still) => <ForestChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "name", label: "" },
        { key: props.metric.key, label: props.metric.label, format },
        { key: "low", label: "low", format },
        { key: "high", label: "high", format },
      ],
      rows: props.rows.map(({ label, estimate, low, high }) => [label, estimate, low, high]),
    }),
  };
}
