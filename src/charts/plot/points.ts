import type { Group, PointRow } from "../chart-props.ts";
import { type Emphasis, emphasisOf } from "../selection.ts";
import type { Axis } from "./axis.ts";
import { showable } from "./axis.ts";
import { type Pen, traceMarker } from "./markers.ts";
import type { Plot } from "./plot.ts";

/** A row with its place in the picture. */
export interface PlacedPoint<Row extends PointRow = PointRow> {
  readonly row: Row;
  readonly x: number;
  readonly y: number;
}

/** The rows that lie on both axes, where the plot puts them. */
export function placePoints<Row extends PointRow>(
  rows: readonly Row[],
  x: Axis,
  y: Axis,
  { sx, sy }: Plot,
): PlacedPoint<Row>[] {
  return rows
    .filter((row) => shownOn(x, row.x) && shownOn(y, row.y))
    .map((row) => ({ row, x: sx(row.x), y: sy(row.y) }));
}

export function shownOn({ scale, domain: [from, to] }: Axis, value: number): boolean {
  return showable(scale, value) && value >= from && value <= to;
}

/** What is drawn in one stroke: the points of one group with one emphasis. */
export interface Batch {
  readonly group: Group;
  readonly emphasis: Emphasis;
  readonly points: readonly PlacedPoint[];
}

/** Faded ones first, selected ones last and so on top. */
export function batches(
  points: readonly PlacedPoint[],
  groups: readonly Group[],
  selected: ReadonlySet<string>,
): Batch[] {
  const order: readonly Emphasis[] = selected.size === 0 ? ["plain"] : ["faded", "selected"];
  const sorted = new Map(
    order.flatMap((emphasis) =>
      groups.map((group) => [`${emphasis} ${group.id}`, { group, emphasis, points: [] as PlacedPoint[] }]),
    ),
  );
  for (const point of points)
    sorted.get(`${emphasisOf(selected, point.row.id)} ${point.row.group}`)?.points.push(point);
  return [...sorted.values()].filter((batch) => batch.points.length > 0);
}

/** Radius of a marker: smaller where there are many. */
export function markerRadius(count: number): number {
  return count > 1500 ? 2.2 : count > 300 ? 2.8 : 3.5;
}

export const ink: Readonly<Record<Emphasis, number>> = { plain: 0.75, selected: 1, faded: 0.16 };

export function traceBatch(pen: Pen, batch: Batch, radius: number): void {
  const r = batch.emphasis === "selected" ? radius + 0.7 : radius;
  for (const { x, y } of batch.points) traceMarker(pen, batch.group.marker, x, y, r);
}
