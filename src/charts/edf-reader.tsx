import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { usePlotArea, useXAxisInverseScale, useXAxisScale, useYAxisScale } from "recharts";
import styles from "./chart.module.css";
import type { EdfCurve } from "./edf-curve.ts";
import { formatPercent } from "./format.ts";
import { lastBelow } from "./steps.ts";

export interface EdfReaderProps {
  readonly curves: readonly EdfCurve[];
  readonly from: number;
  readonly to: number;
}

const boxWidth = 172;
const rowHeight = 17;

/** Reads both axes: the error under the pointer (or the arrow keys) and the share of every population below it. */
export function EdfReader({ curves, from, to }: EdfReaderProps) {
  const area = usePlotArea();
  const xScale = useXAxisScale();
  const yScale = useYAxisScale();
  const inverse = useXAxisInverseScale();
  const [at, setAt] = useState<number>();
  if (area === undefined || xScale === undefined || yScale === undefined || inverse === undefined)
    return null;

  const follow = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    // The chart may be shown scaled (zoomed pages): from client to chart pixels by the ratio of the widths.
    const x = area.x + ((event.clientX - box.left) / Math.max(1, box.width)) * area.width;
    setAt(Math.min(to, Math.max(from, Number(inverse(x)))));
  };
  const walk = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (event.key === "Escape") setAt(undefined);
    if (step === undefined) return;
    event.preventDefault();
    const start = at ?? (from + to) / 2;
    setAt(Math.min(to, Math.max(from, start + (step * (to - from)) / 100)));
  };
  const shares = at === undefined ? [] : curves.map((curve) => ({ curve, share: shareBelow(curve, at) }));
  const spoken = shares.map(({ curve, share }) => `${curve.label} ${formatPercent(share, 0)}`).join(", ");

  return (
    <g>
      {at !== undefined && (
        <g className={styles.reader}>
          <line x1={xScale(at)} x2={xScale(at)} y1={area.y} y2={area.y + area.height} />
          {shares.map(({ curve, share }) => (
            <g key={curve.id} style={{ color: curve.color }}>
              <line
                x1={area.x}
                x2={xScale(at)}
                y1={yScale(share)}
                y2={yScale(share)}
                className={styles.readerShare}
              />
              <circle cx={xScale(at)} cy={yScale(share)} r={4} />
            </g>
          ))}
          <ReaderBox
            x={boxPlace(xScale(at) ?? 0, area.x, area.x + area.width)}
            y={area.y + area.height - 30 - rowHeight * curves.length}
            at={at}
            shares={shares}
          />
        </g>
      )}
      <rect
        className={styles.catcher}
        x={area.x}
        y={area.y}
        width={area.width}
        height={area.height}
        onPointerMove={follow}
        onPointerDown={follow}
        onPointerLeave={() => setAt(undefined)}
        onKeyDown={walk}
        onBlur={() => setAt(undefined)}
        tabIndex={0}
        role="slider"
        aria-label="Read the curves: error"
        aria-valuemin={100 * from}
        aria-valuemax={100 * to}
        aria-valuenow={100 * (at ?? (from + to) / 2)}
        aria-valuetext={
          at === undefined ? "arrow keys read the curves" : `below ${formatPercent(at)} test error: ${spoken}`
        }
      />
    </g>
  );
}

interface ReaderBoxProps {
  readonly x: number;
  readonly y: number;
  readonly at: number;
  readonly shares: readonly { readonly curve: EdfCurve; readonly share: number }[];
}

function ReaderBox({ x, y, at, shares }: ReaderBoxProps) {
  return (
    <g transform={`translate(${x} ${y})`} className={styles.readerBox}>
      <rect width={boxWidth} height={26 + rowHeight * shares.length} rx={6} />
      <text x={10} y={17}>
        below {formatPercent(at)} test error
      </text>
      {shares.map(({ curve, share }, i) => (
        <g key={curve.id} transform={`translate(10 ${34 + i * rowHeight})`}>
          <text style={{ fill: curve.color }} className={styles.name}>
            {curve.label.length > 16 ? `${curve.label.slice(0, 15)}…` : curve.label}
          </text>
          <text x={boxWidth - 20} textAnchor="end" className={styles.value}>
            {formatPercent(share, 0)}
          </text>
        </g>
      ))}
    </g>
  );
}

/** F(at): strict, the share of errors below `at`. */
function shareBelow(curve: EdfCurve, at: number): number {
  return curve.rows[lastBelow(curve.rows, at)]?.y ?? 0;
}

/** Right of the line where there is room, else left of it. */
function boxPlace(x: number, left: number, right: number): number {
  return x + 12 + boxWidth <= right ? x + 12 : Math.max(left, x - 12 - boxWidth);
}
