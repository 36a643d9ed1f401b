import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import { formatPercent } from "../format.ts";
import { type Plot, px } from "../plot/plot.ts";
import { shorten } from "../plot/text-width.ts";
import { brushed, type Selection } from "../selection.ts";
import { lastBelow } from "../steps.ts";
import type { EdfCurve } from "./edf-curve.ts";

export interface EdfReaderProps {
  readonly curves: readonly EdfCurve[];
  readonly from: number;
  readonly to: number;
  readonly plot: Plot;
  readonly selection: Selection | undefined;
}

/** Where one reads: an error and a share. */
interface At {
  readonly error: number;
  readonly share: number;
}

const boxWidth = 224;
const rowHeight = 17;
/** Pixels a press may slip before it is a brush. */
const slip = 4;

/**
 * Reads both axes: the share of every population below the error under the pointer, and the error that each population
 * reaches at the share under it. Left, right, up and down do the same; a drag selects the trials with errors in it.
 */
export function EdfReader({ curves, from, to, plot, selection }: EdfReaderProps) {
  const { area, sx } = plot;
  const [at, setAt] = useState<At>();
  const [drag, setDrag] = useState<readonly [number, number]>();
  const before = useRef<ReadonlySet<string>>(new Set());

  const place = (event: PointerEvent<SVGRectElement>): At => {
    const box = event.currentTarget.getBoundingClientRect();
    // The page may be zoomed: from client to chart pixels by the ratio of the sides.
    const right = (event.clientX - box.left) / Math.max(1, box.width);
    const down = (event.clientY - box.top) / Math.max(1, box.height);
    return { error: within(from, from + right * (to - from), to), share: within(0, 1 - down, 1) };
  };
  const follow = (event: PointerEvent<SVGRectElement>) => {
    const next = place(event);
    setAt(next);
    if (drag === undefined || selection === undefined) return;
    setDrag([drag[0], next.error]);
    if (Math.abs(sx(next.error) - sx(drag[0])) < slip) return;
    const [low, high] = [Math.min(drag[0], next.error), Math.max(drag[0], next.error)];
    selection.onSelect(brushed(before.current, idsBetween(curves, low, high), event.shiftKey));
  };
  const press = (event: PointerEvent<SVGRectElement>) => {
    follow(event);
    if (selection === undefined || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    before.current = selection.selected;
    const { error } = place(event);
    setDrag([error, error]);
  };
  const release = () => {
    setDrag(undefined);
    if (drag === undefined || selection === undefined || selection.selected.size === 0) return;
    if (Math.abs(sx(drag[1]) - sx(drag[0])) < slip) selection.onSelect(new Set());
  };
  const walk = (event: KeyboardEvent) => {
    if (event.key === "Escape") setAt(undefined);
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const start = at ?? { error: (from + to) / 2, share: 0.5 };
    setAt({
      error: within(from, start.error + (step[0] * (to - from)) / 100, to),
      share: within(0, start.share + step[1] / 100, 1),
    });
  };

  return (
    <g>
      {drag !== undefined && (
        <rect
          x={px(Math.min(sx(drag[0]), sx(drag[1])))}
          y={area.y}
          width={px(Math.abs(sx(drag[1]) - sx(drag[0])))}
          height={area.height}
          fill="var(--accent)"
          fillOpacity={0.08}
          stroke="var(--accent)"
          data-brush=""
        />
      )}
      {at !== undefined && <Reading curves={curves} at={at} plot={plot} />}
      <rect
        {...area}
        fill="transparent"
        style={{ cursor: "crosshair", touchAction: "pan-y" }}
        onPointerMove={follow}
        onPointerDown={press}
        onPointerUp={release}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => setAt(undefined)}
        onKeyDown={walk}
        onBlur={() => setAt(undefined)}
        tabIndex={0}
        role="slider"
        aria-label="Read the curves: error"
        aria-valuemin={100 * from}
        aria-valuemax={100 * to}
        aria-valuenow={100 * (at?.error ?? (from + to) / 2)}
        aria-valuetext={at === undefined ? "arrow keys read the curves" : spoken(curves, at)}
      />
    </g>
  );
}

const steps: Readonly<Record<string, readonly [errors: number, shares: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  PageDown: [-10, 0],
  PageUp: [10, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

function Reading({
  curves,
  at,
  plot,
}: {
  readonly curves: readonly EdfCurve[];
  readonly at: At;
  readonly plot: Plot;
}) {
  const { area, sx, sy } = plot;
  const x = px(sx(at.error));
  const y = px(sy(at.share));
  const height = 42 + rowHeight * curves.length;
  // Off the crosshair: right of it where there is room, else left; in the lower half, where curves leave room.
  const left = x + 14 + boxWidth <= area.x + area.width ? x + 14 : Math.max(2, x - 14 - boxWidth);
  const top = Math.max(2, area.y + area.height - height - 10);
  return (
    <g pointerEvents="none" data-reading="">
      <line x1={x} x2={x} y1={area.y} y2={area.y + area.height} stroke="var(--ink-3)" />
      <line x1={area.x} x2={area.x + area.width} y1={y} y2={y} stroke="var(--ink-3)" strokeDasharray="2 3" />
      {curves.map((curve) => (
        <circle
          key={curve.id}
          cx={x}
          cy={px(sy(shareBelow(curve, at.error)))}
          r={4}
          fill={curve.color}
          stroke="var(--panel)"
          strokeWidth={1.5}
        />
      ))}
      <g transform={`translate(${left} ${top})`}>
        <rect width={boxWidth} height={height} rx={6} fill="var(--panel)" stroke="var(--line)" />
        <text x={boxWidth - 74} y={18} textAnchor="end" fill="var(--ink-3)">
          below {formatPercent(at.error)}
        </text>
        <text x={boxWidth - 10} y={18} textAnchor="end" fill="var(--ink-3)">
          at {formatPercent(at.share, 0)}
        </text>
        {curves.map((curve, i) => (
          <g key={curve.id} transform={`translate(10 ${38 + i * rowHeight})`}>
            <text fill={curve.color} fontWeight={600}>
              {shorten(curve.label, 11, boxWidth - 136)}
            </text>
            <text x={boxWidth - 84} textAnchor="end" fill="var(--ink)" fontWeight={600}>
              {formatPercent(shareBelow(curve, at.error), 0)}
            </text>
            <text x={boxWidth - 20} textAnchor="end" fill="var(--ink)" fontWeight={600}>
              {formatPercent(errorAt(curve, at.share))}
            </text>
          </g>
        ))}
      </g>
    </g>
  );
}

function spoken(curves: readonly EdfCurve[], at: At): string {
  const shares = curves.map((curve) => `${curve.label} ${formatPercent(shareBelow(curve, at.error), 0)}`);
  const errors = curves.map((curve) => `${curve.label} ${formatPercent(errorAt(curve, at.share))}`);
  return `below ${formatPercent(at.error)} test error: ${shares.join(", ")}; the best ${formatPercent(at.share, 0)} reach: ${errors.join(", ")}`;
}

/** F(at): strict, the share of errors below `at`. */
export function shareBelow(curve: EdfCurve, at: number): number {
  return curve.rows[lastBelow(curve.rows, at)]?.y ?? 0;
}

/** The least error at which F reaches the share; NaN for a share of 0, which every error has. */
export function errorAt({ rows }: EdfCurve, share: number): number {
  return share <= 0 ? Number.NaN : (rows.find(({ y }) => y >= share - 1e-12)?.x ?? Number.NaN);
}

/** Trials whose error lies in [low, high]. */
function* idsBetween(curves: readonly EdfCurve[], low: number, high: number): Generator<string> {
  for (const { rows, ids = [] } of curves)
    for (let i = lastBelow(rows, low) + 1; i < ids.length && rows[i]!.x <= high; i++) yield ids[i]!;
}

function within(low: number, value: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
