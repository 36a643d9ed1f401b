import { memo } from "react";
import { createPathPen, traceMarker } from "../plot/markers.ts";
import type { Plot } from "../plot/plot.ts";
import { type BandRow, bandPath, lastBelow, stepPath } from "../steps.ts";
import type { EdfCurve } from "./edf-curve.ts";

export interface EdfCurvesProps {
  readonly curves: readonly EdfCurve[];
  readonly from: number;
  readonly to: number;
  readonly plot: Plot;
  readonly marked: ReadonlySet<string>;
  readonly hovered: string | undefined;
}

/** The wider a band, the fainter its ink: the bands of few networks would else paint the whole chart. */
function bandInk(band: readonly BandRow[]): number {
  const widest = band.reduce((most, { low, high }) => Math.max(most, high - low), 0);
  return Math.min(0.1, 0.035 / Math.max(0.01, widest));
}

/** One path a curve, not one element a trial: ten populations of two thousand stay cheap. */
export const EdfCurves = memo(function EdfCurves(props: EdfCurvesProps) {
  const { curves, from, to, plot, marked, hovered } = props;
  const { sx, sy } = plot;
  return (
    <g>
      {curves.map((curve) => (
        <path
          key={curve.id}
          d={bandPath(curve.band, from, to, sx, sy)}
          fill={curve.color}
          opacity={bandInk(curve.band)}
          data-band={curve.label}
        />
      ))}
      {curves.map((curve) => (
        <path
          key={curve.id}
          d={stepPath(curve.rows, from, to, sx, sy)}
          fill="none"
          stroke={curve.color}
          strokeWidth={2}
          strokeLinejoin="round"
          strokeDasharray={curve.dash}
          data-curve={curve.label}
        />
      ))}
      {marked.size > 0 &&
        curves.map((curve) => (
          <path
            key={curve.id}
            d={trialMarks(curve, props, (id) => marked.has(id), 4.5)}
            fill={curve.color}
            stroke="var(--panel)"
            strokeWidth={1.5}
            data-selected={curve.label}
          />
        ))}
      {hovered !== undefined &&
        curves.map((curve) => (
          <path
            key={curve.id}
            d={trialMarks(curve, props, (id) => id === hovered, 6)}
            fill={curve.color}
            stroke="var(--ink)"
            strokeWidth={1.5}
          />
        ))}
    </g>
  );
});

/** Markers where the errors of trials meet their population's curve. */
function trialMarks(
  { rows, ids = [], marker }: EdfCurve,
  { from, to, plot: { sx, sy } }: EdfCurvesProps,
  isMarked: (id: string) => boolean,
  r: number,
): string {
  const pen = createPathPen();
  for (let i = Math.max(0, lastBelow(rows, from)); i < ids.length && rows[i]!.x <= to; i++)
    if (rows[i]!.x >= from && isMarked(ids[i]!)) traceMarker(pen, marker, sx(rows[i]!.x), sy(rows[i]!.y), r);
  return pen.d();
}
