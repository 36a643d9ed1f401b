import { CartesianGrid, ComposedChart, Line, XAxis, YAxis } from "recharts";
import styles from "./chart.module.css";
import { ChartCanvas } from "./chart-canvas.tsx";
import { blockTicks, powersOfTwo } from "./ticks.ts";

/** Block j of a network. */
export interface WidthRow {
  /** From 0, as in u_j. */
  readonly block: number;
  /** w_j: channels. */
  readonly width: number;
  /** u_j of the line it was quantized from, where there is one. */
  readonly line?: number;
}

export interface WidthChartProps {
  readonly rows: readonly WidthRow[];
  readonly color: string;
  readonly height?: number;
}

/** Width per block on a log axis, against the line u_j = w_0 + w_a·j where the network has one. */
export function WidthChart({ rows, color, height = 150 }: WidthChartProps) {
  const values = rows.flatMap((row) => (row.line === undefined ? [row.width] : [row.width, row.line]));
  const ticks = powersOfTwo(Math.min(...values), Math.max(...values));
  const hasLine = rows.some((row) => row.line !== undefined);
  const widths = rows.map((row) => row.width).join(", ");

  return (
    <figure className={styles.figure} style={{ height }} data-chart="widths">
      <ChartCanvas
        label={`Width per block: ${widths}${hasLine ? "; dashed: the line they are quantized from" : ""}`}
      >
        {({ width, height: inner }) => (
          <ComposedChart
            width={width}
            height={inner}
            data={[...rows]}
            margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid vertical={false} stroke="var(--grid)" />
            <XAxis
              type="number"
              dataKey="block"
              domain={[0, Math.max(1, rows.length - 1)]}
              ticks={blockTicks(rows.length)}
              tickLine={false}
              axisLine={false}
              height={18}
              interval={0}
            />
            <YAxis
              type="number"
              scale="log"
              domain={[ticks[0]!, ticks.at(-1)!]}
              ticks={ticks}
              tickLine={false}
              axisLine={false}
              width={34}
              allowDataOverflow
              interval={0}
            />
            {hasLine && (
              <Line
                dataKey="line"
                type="linear"
                stroke="var(--ink-3)"
                strokeDasharray="4 3"
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
            )}
            <Line
              dataKey="width"
              type="stepAfter"
              stroke={color}
              strokeWidth={2}
              dot={{ r: rows.length > 30 ? 1.5 : 2.75, fill: color, stroke: "none" }}
              activeDot={false}
              isAnimationActive={false}
            />
          </ComposedChart>
        )}
      </ChartCanvas>
    </figure>
  );
}
