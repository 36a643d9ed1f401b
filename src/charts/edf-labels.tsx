import { usePlotArea } from "recharts";
import styles from "./chart.module.css";
import type { EdfCurve } from "./edf-curve.ts";
import { formatPercent } from "./format.ts";
import { spread } from "./spread.ts";

/** Width kept free right of the plot for the labels. */
export const edfLabelWidth = 132;

const lineHeight = 15;
const gapBetween = 46;

/**
 * Names with `n | min | mean` where the curves end. All EDFs end at 1, so the labels stand in the order of the means:
 * the curve furthest left, the best population, on top.
 */
export function EdfLabels({ curves }: { readonly curves: readonly EdfCurve[] }) {
  const area = usePlotArea();
  if (area === undefined || curves.length === 0) return null;
  const x = area.x + area.width + 12;
  const top = area.y + 30;
  const ordered = curves.toSorted((a, b) => a.mean - b.mean);
  const places = spread(
    ordered.map((_, i) => top + i * gapBetween),
    2 * lineHeight + 4,
    top,
    area.y + area.height - lineHeight,
  );

  return (
    <g className={styles.labels}>
      <text x={x} y={area.y + 4} className={styles.faint}>
        n | min | mean
      </text>
      {ordered.map((curve, i) => (
        <g key={curve.id} transform={`translate(${x} ${places[i]})`}>
          <text className={styles.name} style={{ fill: curve.color }}>
            {shorten(curve.label)}
          </text>
          <text y={lineHeight}>
            {curve.n} | {percentNumber(curve.min)} | {percentNumber(curve.mean)}
          </text>
        </g>
      ))}
    </g>
  );
}

function percentNumber(fraction: number): string {
  return formatPercent(fraction).replace("%", "");
}

function shorten(label: string): string {
  return label.length > 17 ? `${label.slice(0, 16)}…` : label;
}
