import { type ReactNode, useMemo, useState } from "react";
import type { AxisProps, ChartProps, Group, PointRow } from "../chart-props.ts";
import { formatMetric } from "../metric.ts";
import { type Axis, createAxis } from "./axis.ts";
import { HoverBox } from "./hover-box.tsx";
import { MarkCatcher } from "./mark-catcher.tsx";
import type { Plot } from "./plot.ts";
import { layoutPlot, PlotFrame } from "./plot-frame.tsx";
import { batches, markerRadius, type PlacedPoint, placePoints } from "./points.ts";
import { canvasFrom, PointsCanvas } from "./points-canvas.tsx";
import { HoveredPoint, PointsPicture } from "./points-picture.tsx";

export interface PointPlotProps extends ChartProps {
  readonly rows: readonly PointRow[];
  readonly groups: readonly Group[];
  readonly x: AxisProps;
  readonly y: AxisProps;
  /** Groups that the legend names; undefined: those that have rows. */
  readonly legend?: readonly Group[];
  /** Values besides the rows' own that the axes must hold. */
  readonly alsoX?: readonly number[];
  /** Drawn below the points. */
  readonly under?: (plot: Plot) => ReactNode;
  /** Drawn above the points. */
  readonly over?: (plot: Plot) => ReactNode;
}

const nothing: ReadonlySet<string> = new Set();
const none: readonly number[] = [];

/** Trials as points over two metrics, read, brushed and walked: the ground of scatter and Pareto charts. */
export function PointPlot(props: PointPlotProps) {
  const {
    size,
    rows,
    groups,
    x,
    y,
    alsoX = none,
    description,
    selection,
    still = false,
    under,
    over,
  } = props;
  const [read, setRead] = useState<string>();
  const axisX = useAxis(rows, "x", x, Math.max(2, Math.floor(size.width / 90)), alsoX);
  const axisY = useAxis(rows, "y", y, Math.max(2, Math.floor(size.height / 48)), none);
  const drawn = useMemo(
    () => groups.filter(({ id }) => rows.some((row) => row.group === id)),
    [groups, rows],
  );
  const named = props.legend ?? drawn;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a size is told by its two numbers
  const points = useMemo(() => {
    const plot = layoutPlot({ size, x: axisX, y: axisY, legend: named });
    return placePoints(rows, axisX, axisY, plot);
  }, [rows, named, axisX, axisY, size.width, size.height]);
  const selected = selection?.selected ?? nothing;
  const strokes = useMemo(() => batches(points, drawn, selected), [points, drawn, selected]);
  const radius = markerRadius(points.length);
  const onCanvas = !still && points.length > canvasFrom;
  const hovered = useMemo(
    () =>
      selection?.hovered === undefined ? undefined : points.find(({ row }) => row.id === selection.hovered),
    [points, selection?.hovered],
  );
  const left = rows.length - points.length;

  return (
    <PlotFrame
      size={size}
      x={axisX}
      y={axisY}
      description={description}
      legend={named}
      note={left === 0 || points.length === 0 ? undefined : `${left} of ${rows.length} not shown`}
      empty={points.length > 0 ? undefined : (props.empty ?? "No network has values of both metrics.")}
      answers={!still && selection !== undefined}
      {...(onCanvas && {
        below: () => <PointsCanvas size={size} batches={strokes} radius={radius} />,
      })}
    >
      {(plot) => (
        <>
          {under?.(plot)}
          {!onCanvas && <PointsPicture batches={strokes} radius={radius} />}
          {over?.(plot)}
          {!still && <HoveredPoint point={hovered} groups={drawn} radius={radius} />}
          {!still && selection !== undefined && (
            <MarkCatcher
              area={plot.area}
              points={points}
              selection={selection}
              describe={(point) => describePoint(point, x, y)}
              onRead={setRead}
            />
          )}
          {hovered !== undefined && read === hovered.row.id && (
            <HoverBox
              area={plot.area}
              x={hovered.x}
              y={hovered.y}
              title={hovered.row.label}
              color={drawn.find(({ id }) => id === hovered.row.group)?.color}
              rows={[
                { label: y.metric.label, value: formatMetric(y.metric, hovered.row.y) },
                { label: x.metric.label, value: formatMetric(x.metric, hovered.row.x) },
              ]}
            />
          )}
        </>
      )}
    </PlotFrame>
  );
}

function useAxis(
  rows: readonly PointRow[],
  key: "x" | "y",
  { metric, scale, domain }: AxisProps,
  count: number,
  also: readonly number[],
): Axis {
  const [from, to] = domain ?? [undefined, undefined];
  // biome-ignore lint/correctness/useExhaustiveDependencies: a domain is told by its two ends
  return useMemo(
    () => createAxis({ metric, scale, domain, values: [...rows.map((row) => row[key]), ...also], count }),
    [rows, key, metric, scale, from, to, count, also],
  );
}

function describePoint({ row }: PlacedPoint, x: AxisProps, y: AxisProps): string {
  return `${row.label}: ${y.metric.label} ${formatMetric(y.metric, row.y)}, ${x.metric.label} ${formatMetric(x.metric, row.x)}`;
}
