import type { Group } from "../chart-props.ts";
import { createPathPen, traceMarker } from "./markers.ts";
import { shorten, textWidth } from "./text-width.ts";

const rowHeight = 18;
const itemGap = 16;
const markRoom = 14;
const size = 12;

interface Item {
  readonly group: Group;
  readonly text: string;
  readonly x: number;
  readonly row: number;
}

function layout(groups: readonly Group[], width: number): Item[] {
  let x = 0;
  let row = 0;
  return groups.map((group) => {
    const text = shorten(group.label, size, Math.max(40, width - markRoom));
    const wide = markRoom + textWidth(text, size) + itemGap;
    if (x > 0 && x + wide - itemGap > width) {
      x = 0;
      row += 1;
    }
    const item = { group, text, x, row };
    x += wide;
    return item;
  });
}

/** Height of the legend's rows; 0 for fewer than two groups: one needs no name here. */
export function legendHeight(groups: readonly Group[], width: number): number {
  if (groups.length < 2) return 0;
  return ((layout(groups, width).at(-1)?.row ?? 0) + 1) * rowHeight + 2;
}

/** Names of the groups with their markers, in rows. */
export function Legend(props: {
  readonly groups: readonly Group[];
  readonly x: number;
  readonly width: number;
}) {
  if (props.groups.length < 2) return null;
  return (
    <g fontSize={size} fontWeight={600} data-legend="">
      {layout(props.groups, props.width).map(({ group, text, x, row }) => (
        <g key={group.id} transform={`translate(${props.x + x} ${row * rowHeight + 13})`} fill={group.color}>
          <path d={marker(group)} />
          <text x={markRoom}>{text}</text>
        </g>
      ))}
    </g>
  );
}

function marker(group: Group): string {
  const pen = createPathPen();
  traceMarker(pen, group.marker, 4, -4, 4);
  return pen.d();
}
