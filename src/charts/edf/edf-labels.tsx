import { formatPercent } from "../format.ts";
import type { Area } from "../plot/plot.ts";
import { shorten, textWidth } from "../plot/text-width.ts";
import { spread } from "../spread.ts";
import type { EdfCurve } from "./edf-curve.ts";

const lineHeight = 15;
const gapBetween = 46;
/** A name, its numbers, and a little air. */
const gapLeast = 2 * lineHeight + 4;
/** From the plot's top to the first name: the heading of the numbers is between. */
const belowFirst = 26;
const swatch = 22;
/** Of a legend's row beside its text. */
const markerRoom = 28;

/** Whether a plot of this height, in pixels, has room for the labels of so many curves beside it, none on another. */
export function edfLabelsFit(curves: number, height: number): boolean {
  return height - belowFirst - lineHeight >= (curves - 1) * gapLeast;
}

/** Room right of the plot for the labels. */
export function edfLabelRoom(curves: readonly EdfCurve[]): number {
  const names = curves.map(({ label }) => swatch + textWidth(label, 12));
  const numbers = curves.map((curve) => textWidth(summaryText(curve), 11));
  return Math.min(170, Math.max(96, ...names, ...numbers) + 18);
}

/** `n | min | mean`, errors in percent, as the papers print it. */
function summaryText({ n, min, mean }: EdfCurve): string {
  return `${n} | ${percentNumber(min)} | ${percentNumber(mean)}`;
}

/** `RegNetX: n 4 | min 69.8 | mean 75.5`, in so many pixels; a long name is cut, its numbers are not. */
export function legendText({ label, n, min, mean }: EdfCurve, width: number): string {
  const numbers = `: n ${n} | min ${percentNumber(min)} | mean ${percentNumber(mean)}`;
  return `${shorten(label, 12, Math.max(60, width - textWidth(numbers, 12) - markerRoom))}${numbers}`;
}

/**
 * Names with `n | min | mean` where the curves end. All EDFs end at 1, so the labels stand in the order of the means: the
 * curve furthest left, the best population, on top.
 */
export function EdfLabels({ curves, area }: { readonly curves: readonly EdfCurve[]; readonly area: Area }) {
  const x = area.x + area.width + 14;
  const top = area.y + belowFirst;
  const ordered = curves.toSorted((a, b) => a.mean - b.mean);
  const places = spread(
    ordered.map((_, i) => top + i * gapBetween),
    gapLeast,
    top,
    area.y + area.height - lineHeight,
  );
  const room = edfLabelRoom(curves) - 14;

  return (
    <g data-labels="">
      <text x={x} y={area.y + 4} fill="var(--ink-3)">
        n | min | mean
      </text>
      {ordered.map((curve, i) => (
        <g key={curve.id} transform={`translate(${x} ${places[i]})`}>
          {curve.dash !== undefined && (
            <line
              x1={0}
              x2={swatch - 5}
              y1={-4}
              y2={-4}
              stroke={curve.color}
              strokeWidth={2}
              strokeDasharray={curve.dash}
            />
          )}
          <text x={curve.dash === undefined ? 0 : swatch} fontSize={12} fontWeight={600} fill={curve.color}>
            {shorten(curve.label, 12, room - (curve.dash === undefined ? 0 : swatch))}
          </text>
          <text y={lineHeight}>{summaryText(curve)}</text>
        </g>
      ))}
    </g>
  );
}

function percentNumber(fraction: number): string {
  return formatPercent(fraction).replace("%", "");
}
