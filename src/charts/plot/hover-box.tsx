import type { Area } from "./plot.ts";
import { shorten, textWidth } from "./text-width.ts";

export interface HoverBoxProps {
  readonly area: Area;
  /** The mark that it tells of. */
  readonly x: number;
  readonly y: number;
  readonly title: string;
  /** A marker's colour before the title. */
  readonly color?: string | undefined;
  readonly rows: readonly HoverRow[];
}

export interface HoverRow {
  readonly label: string;
  readonly value: string;
  readonly color?: string | undefined;
}

const rowHeight = 17;
const pad = 10;
const widest = 190;

/** What is under the pointer, in a box that stays inside the plot and off the mark. */
export function HoverBox({ area, x, y, title, color, rows }: HoverBoxProps) {
  const values = Math.max(0, ...rows.map(({ value }) => textWidth(value, 11)));
  const labels = Math.max(0, ...rows.map(({ label }) => textWidth(label, 11)));
  const width = Math.min(
    widest,
    Math.max(110, textWidth(title, 12) + 2 * pad, labels + values + 2 * pad + 16),
  );
  const height = 26 + rowHeight * rows.length + (rows.length > 0 ? 4 : 0);
  const right = x + 14 + width <= area.x + area.width + 10;
  const left = right ? x + 14 : Math.max(2, x - 14 - width);
  const top = Math.min(area.y + area.height - height, Math.max(2, y - height / 2));
  return (
    <g transform={`translate(${left} ${top})`} pointerEvents="none" data-hover-box="">
      <rect width={width} height={height} rx={6} fill="var(--panel)" stroke="var(--line)" />
      <text x={pad} y={18} fontSize={12} fontWeight={600} fill={color ?? "var(--ink)"}>
        {shorten(title, 12, width - 2 * pad)}
      </text>
      {rows.map((row, i) => (
        <g key={row.label} transform={`translate(${pad} ${36 + i * rowHeight})`}>
          <text fill={row.color ?? "var(--ink-2)"} fontWeight={row.color === undefined ? 400 : 600}>
            {shorten(row.label, 11, width - values - 2 * pad - 8)}
          </text>
          <text x={width - 2 * pad} textAnchor="end" fontWeight={600} fill="var(--ink)">
            {row.value}
          </text>
        </g>
      ))}
    </g>
  );
}
