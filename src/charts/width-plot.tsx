import styles from "./chart.module.css";
import { ChartCanvas } from "./chart-canvas.tsx";
import { blockTicks, powersOfTwo } from "./ticks.ts";
import type { WidthRow } from "./width-chart.tsx";

export interface WidthPlotProps {
  readonly rows: readonly WidthRow[];
  readonly color: string;
}

const margin = { top: 8, right: 10, bottom: 22, left: 38 };

/**
 * Width per block on a log axis, against the line u_j = w_0 + w_a·j where the network has one: the picture of `WidthChart`
 * as bare SVG, because it follows a slider and must be drawn in a small part of a frame.
 */
export function WidthPlot({ rows, color }: WidthPlotProps) {
  const values = rows.flatMap((row) => (row.line === undefined ? [row.width] : [row.width, row.line]));
  const ticks = powersOfTwo(Math.min(...values), Math.max(...values));
  const [from, to] = [Math.log2(ticks[0]!), Math.log2(ticks.at(-1)!)];
  const last = Math.max(1, rows.length - 1);
  const hasLine = rows.some((row) => row.line !== undefined);
  const spoken = `Width per block: ${rows.map((row) => row.width).join(", ")}${hasLine ? "; dashed: the line they are quantized from" : ""}`;
  return (
    <figure className={styles.figure} data-chart="widths">
      <ChartCanvas label={spoken}>
        {({ width, height }) => {
          const x = (block: number) =>
            margin.left + (block / last) * Math.max(1, width - margin.left - margin.right);
          const y = (channels: number) =>
            height -
            margin.bottom -
            ((Math.log2(channels) - from) / (to - from)) * Math.max(1, height - margin.top - margin.bottom);
          return (
            <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
              {ticks.map((tick) => (
                <g key={tick}>
                  <line
                    x1={margin.left}
                    x2={width - margin.right}
                    y1={y(tick)}
                    y2={y(tick)}
                    stroke="var(--grid)"
                  />
                  <text x={margin.left - 8} y={y(tick) + 4} textAnchor="end">
                    {tick}
                  </text>
                </g>
              ))}
              {blockTicks(rows.length).map((block) => (
                <text key={block} x={x(block)} y={height - 6} textAnchor="middle">
                  {block}
                </text>
              ))}
              {hasLine && (
                <path
                  d={pathOf(rows.map(({ block, line = Number.NaN }) => `${px(x(block))} ${px(y(line))}`))}
                  fill="none"
                  stroke="var(--ink-3)"
                  strokeDasharray="4 3"
                />
              )}
              <path
                d={stairs(rows, x, y)}
                fill="none"
                stroke={color}
                strokeWidth={2}
                strokeLinejoin="round"
              />
              <path
                d={dots(rows, x, y)}
                fill="none"
                stroke={color}
                strokeWidth={rows.length > 30 ? 3.5 : 5.5}
                strokeLinecap="round"
              />
            </svg>
          );
        }}
      </ChartCanvas>
    </figure>
  );
}

type Scale = (value: number) => number;

function pathOf(points: readonly string[]): string {
  return `M${points.join("L")}`;
}

/** Each width holds to the next block. */
function stairs(rows: readonly WidthRow[], x: Scale, y: Scale): string {
  const [first, ...others] = rows;
  if (first === undefined) return "";
  const steps = others.map(({ block, width }) => `H${px(x(block))}V${px(y(width))}`);
  return `M${px(x(first.block))} ${px(y(first.width))}${steps.join("")}`;
}

/** Lines of no length with round ends: one path for all the dots. */
function dots(rows: readonly WidthRow[], x: Scale, y: Scale): string {
  return rows.map(({ block, width }) => `M${px(x(block))} ${px(y(width))}h0`).join("");
}

function px(pixel: number): number {
  return Math.round(10 * pixel) / 10;
}
