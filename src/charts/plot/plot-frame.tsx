import type { ReactNode } from "react";
import type { Group, Size } from "../chart-props.ts";
import type { Axis } from "./axis.ts";
import { AxisName } from "./axis-name.tsx";
import { EmptyReason } from "./empty-reason.tsx";
import { Legend, legendHeight } from "./legend.tsx";
import { type Plot, px } from "./plot.ts";
import { textWidth } from "./text-width.ts";

export interface PlotFrameProps {
  readonly size: Size;
  readonly x: Axis;
  readonly y: Axis;
  readonly description: string;
  /** Drawn in place of the marks. */
  readonly empty?: string | undefined;
  /** A few words above the plot on the right: what is left out. */
  readonly note?: string | undefined;
  /** Named above the plot, where curves do not carry their names. */
  readonly legend?: readonly Group[] | undefined;
  /** Room right of the plot for labels at the curves. */
  readonly right?: number | undefined;
  /** Canvas layers go below the picture: PointsCanvas. */
  readonly below?: ((plot: Plot) => ReactNode) | undefined;
  readonly gridX?: boolean | undefined;
  /** Something inside answers to pointer and keys; a still picture is one image to assistive technology. */
  readonly answers?: boolean | undefined;
  readonly children: (plot: Plot) => ReactNode;
}

export const fontSize = 11;
const axisHeight = 36;

/** Scales and room of a picture: ticks below and left, axis names, a legend on top. */
export function layoutPlot(props: Pick<PlotFrameProps, "size" | "x" | "y" | "legend" | "right">): Plot {
  const { size, x, y, legend = [], right = 16 } = props;
  const labels = y.ticks.map((tick) => textWidth(y.format(tick), fontSize));
  const left = Math.ceil(Math.max(24, ...labels)) + 12;
  const top = legendHeight(legend, size.width - 8) + (y.label === "" ? 10 : 24);
  const area = {
    x: left,
    y: top,
    width: Math.max(1, size.width - left - right),
    height: Math.max(1, size.height - top - (x.label === "" ? 22 : axisHeight)),
  };
  return {
    area,
    sx: (value) => area.x + x.place(value) * area.width,
    sy: (value) => area.y + (1 - y.place(value)) * area.height,
  };
}

/** Axes, grid and names around marks: plain SVG of presentation attributes, so that a copy of it is a whole picture. */
export function PlotFrame(props: PlotFrameProps) {
  const {
    size,
    x,
    y,
    description,
    empty,
    note,
    legend = [],
    below,
    gridX = false,
    answers = false,
    children,
  } = props;
  const plot = layoutPlot(props);
  const { area, sx, sy } = plot;
  const bottom = area.y + area.height;
  const picture = (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={size.width}
      height={size.height}
      viewBox={`0 0 ${size.width} ${size.height}`}
      fontSize={fontSize}
      fill="var(--ink-2)"
      role={answers ? "group" : "img"}
      aria-label={description}
      style={{ position: "relative", display: "block", fontVariantNumeric: "tabular-nums" }}
    >
      {legend.length > 0 && <Legend groups={legend} x={4} width={size.width - 8} />}
      <g>
        {y.label !== "" && (
          <text x={4} y={area.y - 10} data-axis="y">
            <AxisName text={y.label} />
          </text>
        )}
        {note !== undefined && (
          <text x={area.x + area.width} y={area.y - 10} textAnchor="end" fill="var(--ink-3)" data-note="">
            {note}
          </text>
        )}
        {y.ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={area.x}
              x2={area.x + area.width}
              y1={px(sy(tick))}
              y2={px(sy(tick))}
              stroke="var(--grid)"
            />
            <text x={area.x - 8} y={px(sy(tick) + 4)} textAnchor="end" data-tick="y">
              {y.format(tick)}
            </text>
          </g>
        ))}
        {ticksThatFit(x, sx).map((tick) => (
          <g key={tick}>
            {gridX && (
              <line x1={px(sx(tick))} x2={px(sx(tick))} y1={area.y} y2={bottom} stroke="var(--grid)" />
            )}
            <text x={px(sx(tick))} y={bottom + 16} textAnchor="middle" data-tick="x">
              {x.format(tick)}
            </text>
          </g>
        ))}
        {x.label !== "" && (
          <text x={px(area.x + area.width / 2)} y={bottom + 32} textAnchor="middle" data-axis="x">
            <AxisName text={x.label} />
          </text>
        )}
      </g>
      {empty === undefined ? children(plot) : <EmptyReason area={area} reason={empty} />}
    </svg>
  );
  if (below === undefined || empty !== undefined) return picture;
  return (
    <div style={{ position: "relative", ...size }}>
      {below(plot)}
      {picture}
    </div>
  );
}

/** Ticks whose texts do not touch. */
function ticksThatFit(axis: Axis, sx: (value: number) => number): readonly number[] {
  const widest = Math.max(0, ...axis.ticks.map((tick) => textWidth(axis.format(tick), fontSize)));
  const kept: number[] = [];
  for (const tick of axis.ticks) {
    const last = kept.at(-1);
    if (last === undefined || sx(tick) - sx(last) >= widest + 8) kept.push(tick);
  }
  return kept;
}
