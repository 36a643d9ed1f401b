import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from "react";
import { brushed, pressed, type Selection } from "../selection.ts";
import { createGridIndex } from "./grid-index.ts";
import type { Area } from "./plot.ts";
import type { PlacedPoint } from "./points.ts";

export interface MarkCatcherProps {
  readonly area: Area;
  readonly points: readonly PlacedPoint[];
  /** The marks that arrow keys walk over; undefined: all. A curve has many points and is one mark. */
  readonly walk?: readonly PlacedPoint[] | undefined;
  readonly selection: Selection;
  /** A mark in words. */
  readonly describe: (point: PlacedPoint) => string;
  /** `x`: the brush takes the whole height. */
  readonly brush?: "rectangle" | "x";
  /** Called with the mark under this chart's own pointer or keys: where its box is shown. */
  readonly onRead: (id: string | undefined) => void;
}

interface Drag {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** Pixels around a mark that count as on it; pixels a press may slip before it is a brush. */
const reach = 14;
const slip = 4;

/**
 * Over the marks: the pointer reads the nearest one, a press selects it, a drag brushes a rectangle; Shift adds. Arrow keys
 * walk (left and right in the order of x, up and down in that of y), Space toggles, Enter selects one, Shift with an
 * arrow adds what is walked over, Escape lets go.
 */
export function MarkCatcher(props: MarkCatcherProps) {
  const { area, points, selection, describe, brush = "rectangle", onRead } = props;
  const walk = props.walk ?? points;
  const index = useMemo(() => createGridIndex(points), [points]);
  const before = useRef<ReadonlySet<string>>(new Set());
  const [drag, setDrag] = useState<Drag>();
  const current = walk.findIndex(({ row }) => row.id === selection.hovered);

  const read = (id: string | undefined) => {
    onRead(id);
    if (id !== selection.hovered) selection.onHover(id);
  };
  const at = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    // The page may be zoomed: from client to chart pixels by the ratio of the widths.
    return {
      x: area.x + ((event.clientX - box.left) / Math.max(1, box.width)) * area.width,
      y: area.y + ((event.clientY - box.top) / Math.max(1, box.height)) * area.height,
    };
  };
  const down = (event: PointerEvent<SVGRectElement>) => {
    if (event.button !== 0) return;
    const { x, y } = at(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    before.current = selection.selected;
    setDrag({ x0: x, y0: y, x1: x, y1: y });
  };
  const move = (event: PointerEvent<SVGRectElement>) => {
    const { x, y } = at(event);
    if (drag === undefined) return read(points[index.nearest(x, y, reach) ?? -1]?.row.id);
    const next = { ...drag, x1: clamp(x, area.x, area.width), y1: clamp(y, area.y, area.height) };
    setDrag(next);
    if (isPress(next)) return;
    const [top, bottom] = brush === "x" ? [area.y, area.y + area.height] : [next.y0, next.y1];
    const inside = index.within(next.x0, top, next.x1, bottom).map((i) => points[i]!.row.id);
    selection.onSelect(brushed(before.current, inside, event.shiftKey));
  };
  const up = (event: PointerEvent<SVGRectElement>) => {
    setDrag(undefined);
    if (drag === undefined || !isPress(drag)) return;
    const hit = index.nearest(drag.x0, drag.y0, reach);
    const id = hit === undefined ? undefined : points[hit]!.row.id;
    if (id !== undefined) selection.onSelect(pressed(selection.selected, id, event.shiftKey));
    else if (!event.shiftKey && selection.selected.size > 0) selection.onSelect(new Set());
  };
  const key = (event: KeyboardEvent) => {
    const direction = directions[event.key];
    const id = walk[current]?.row.id;
    if (direction !== undefined) {
      const reached = walk[neighbour(walk, current, direction.by, direction.step)]?.row.id;
      if (event.shiftKey && reached !== undefined)
        selection.onSelect(brushed(selection.selected, id === undefined ? [reached] : [id, reached], true));
      read(reached);
    } else if (event.key === " " && id !== undefined)
      selection.onSelect(pressed(selection.selected, id, true));
    else if (event.key === "Enter" && id !== undefined)
      selection.onSelect(pressed(selection.selected, id, false));
    else if (event.key === "Escape") {
      if (selection.selected.size > 0) selection.onSelect(new Set());
      read(undefined);
    } else return;
    event.preventDefault();
  };

  return (
    <g>
      {drag !== undefined && !isPress(drag) && (
        <rect
          x={Math.min(drag.x0, drag.x1)}
          y={brush === "x" ? area.y : Math.min(drag.y0, drag.y1)}
          width={Math.abs(drag.x1 - drag.x0)}
          height={brush === "x" ? area.height : Math.abs(drag.y1 - drag.y0)}
          fill="var(--accent)"
          fillOpacity={0.08}
          stroke="var(--accent)"
          data-brush=""
        />
      )}
      <rect
        {...area}
        fill="transparent"
        style={{ cursor: "crosshair", touchAction: "pan-y" }}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => setDrag(undefined)}
        onPointerLeave={() => drag === undefined && read(undefined)}
        onKeyDown={key}
        onBlur={() => read(undefined)}
        tabIndex={0}
        role="slider"
        aria-label="Networks: arrow keys walk, Space selects, Shift adds, Escape clears"
        aria-valuemin={0}
        aria-valuemax={walk.length}
        aria-valuenow={current + 1}
        aria-valuetext={
          current < 0
            ? `${walk.length} networks, ${selection.selected.size} selected`
            : `${describe(walk[current]!)}${selection.selected.has(walk[current]!.row.id) ? ", selected" : ""}`
        }
      />
    </g>
  );
}

const directions: Readonly<Record<string, { readonly by: "x" | "y"; readonly step: 1 | -1 }>> = {
  ArrowLeft: { by: "x", step: -1 },
  ArrowRight: { by: "x", step: 1 },
  // Pixels grow downwards.
  ArrowUp: { by: "y", step: -1 },
  ArrowDown: { by: "y", step: 1 },
};

/**
 * The next mark in the order of x or y, ties broken by the other and then by position, so that every mark is walked over
 * once; −1 stands before the first. At the ends the walk stays.
 */
export function neighbour(
  points: readonly { readonly x: number; readonly y: number }[],
  from: number,
  by: "x" | "y",
  step: 1 | -1,
): number {
  const other = by === "x" ? "y" : "x";
  const order = points
    .map((_, i) => i)
    .sort((a, b) => points[a]![by] - points[b]![by] || points[a]![other] - points[b]![other] || a - b);
  if (from < 0) return (step > 0 ? order[0] : order.at(-1)) ?? -1;
  return order[order.indexOf(from) + step] ?? from;
}

function isPress({ x0, y0, x1, y1 }: Drag): boolean {
  return Math.abs(x1 - x0) < slip && Math.abs(y1 - y0) < slip;
}

function clamp(at: number, start: number, length: number): number {
  return Math.min(start + length, Math.max(start, at));
}
