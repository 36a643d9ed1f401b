import type { Group } from "../chart-props.ts";
import { createPathPen, traceMarker } from "./markers.ts";
import { type Batch, ink, type PlacedPoint, traceBatch } from "./points.ts";

/** Points as SVG: one path a group, not one element a trial. */
export function PointsPicture({
  batches,
  radius,
}: {
  readonly batches: readonly Batch[];
  readonly radius: number;
}) {
  return (
    <g data-layer="points">
      {batches.map((batch) => (
        <path
          key={`${batch.emphasis} ${batch.group.id}`}
          d={pathOf(batch, radius)}
          fill={batch.group.color}
          opacity={ink[batch.emphasis]}
          stroke={batch.emphasis === "selected" ? "var(--panel)" : "none"}
          strokeWidth={0.8}
          data-group={batch.group.id}
          data-emphasis={batch.emphasis}
          data-count={batch.points.length}
        />
      ))}
    </g>
  );
}

function pathOf(batch: Batch, radius: number): string {
  const pen = createPathPen();
  traceBatch(pen, batch, radius);
  return pen.d();
}

/** The mark under the pointer, here or in a linked chart. */
export function HoveredPoint(props: {
  readonly point: PlacedPoint | undefined;
  readonly groups: readonly Group[];
  readonly radius: number;
}) {
  const { point, groups, radius } = props;
  if (point === undefined) return null;
  const group = groups.find(({ id }) => id === point.row.group);
  const pen = createPathPen();
  traceMarker(pen, group?.marker, point.x, point.y, radius + 1.5);
  return (
    <g pointerEvents="none" data-hovered={point.row.id}>
      <path d={pen.d()} fill={group?.color} stroke="var(--panel)" strokeWidth={1} />
      <circle cx={point.x} cy={point.y} r={radius + 5} fill="none" stroke="var(--ink)" strokeWidth={1.5} />
    </g>
  );
}
