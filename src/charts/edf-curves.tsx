import { useXAxisScale, useYAxisScale } from "recharts";
import styles from "./chart.module.css";
import type { EdfCurve } from "./edf-curve.ts";
import { type BandRow, bandPath, lastBelow, stepPath } from "./steps.ts";

export interface EdfCurvesProps {
  readonly curves: readonly EdfCurve[];
  readonly from: number;
  readonly to: number;
  readonly selected?: { readonly curve: string; readonly x: number } | undefined;
}

/** The wider a band, the fainter its ink: the bands of few networks would else paint the whole chart. */
function bandInk(band: readonly BandRow[]): number {
  const widest = band.reduce((most, { low, high }) => Math.max(most, high - low), 0);
  return Math.min(0.1, 0.035 / Math.max(0.01, widest));
}

/** One path a curve, not one element a trial: ten populations of two thousand stay cheap. */
export function EdfCurves({ curves, from, to, selected }: EdfCurvesProps) {
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  if (xScale === undefined || yScale === undefined) return null;
  const sx = (value: number) => xScale(value) ?? 0;
  const sy = (value: number) => yScale(value) ?? 0;
  const marked = curves.find((curve) => curve.id === selected?.curve);

  return (
    <g>
      {curves.map((curve) => (
        <path
          key={curve.id}
          d={bandPath(curve.band, to, sx, sy)}
          style={{ fill: curve.color, opacity: bandInk(curve.band) }}
        />
      ))}
      {curves.map((curve) => (
        <path
          key={curve.id}
          d={stepPath(curve.rows, from, to, sx, sy)}
          className={styles.curve}
          style={{ stroke: curve.color }}
          data-curve={curve.label}
        />
      ))}
      {marked !== undefined && selected !== undefined && (
        <circle
          cx={sx(selected.x)}
          cy={sy(marked.rows[lastBelow(marked.rows, selected.x) + 1]?.y ?? 1)}
          r={5}
          className={styles.marker}
          style={{ fill: marked.color }}
        />
      )}
    </g>
  );
}
