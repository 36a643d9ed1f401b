import { memo, useMemo, useState } from "react";
import type { AxisProps, ChartProps, Group, Look, PointRow } from "../chart-props.ts";
import { formatMetric } from "../metric.ts";
import { emphasisOf } from "../selection.ts";
import { spread } from "../spread.ts";
import { createAxis, showable } from "./axis.ts";
import { HoverBox } from "./hover-box.tsx";
import { MarkCatcher } from "./mark-catcher.tsx";
import { createPathPen, traceMarker } from "./markers.ts";
import { type Plot, px } from "./plot.ts";
import { layoutPlot, PlotFrame } from "./plot-frame.tsx";
import type { PlacedPoint } from "./points.ts";
import { shorten, textWidth } from "./text-width.ts";

/** One line of a chart of curves. */
export interface CurveRow extends Look {
  /** The trial's id, where a curve is a trial; else the population's. */
  readonly id: string;
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Drawn thin and dashed with it: the line that widths are quantized from, the error on the training images. */
  readonly beside?: readonly { readonly x: number; readonly y: number }[] | undefined;
  /** [low, high] around the points, at the same x. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[] | undefined;
}

export interface CurvePlotProps extends ChartProps {
  readonly curves: readonly CurveRow[];
  readonly x: AxisProps;
  readonly y: AxisProps;
  readonly ticksX?: readonly number[] | undefined;
  readonly ticksY?: readonly number[] | undefined;
  /** A value holds to the next point. */
  readonly stepped?: boolean;
  readonly dots?: boolean;
  /** Told above the plot where labels at the curves' ends would not fit. */
  readonly legend?: readonly Group[];
}

/** Up to this many curves carry their names at their ends. */
const mostLabels = 8;
const nothing: ReadonlySet<string> = new Set();

/** Curves over two metrics, with names at their ends; read, brushed and walked as points are. */
export function CurvePlot(props: CurvePlotProps) {
  const { size, curves, x, y, description, selection, still = false, stepped = false, legend } = props;
  const [read, setRead] = useState<string>();
  const shown = useMemo(() => {
    const fits = (p: { x: number; y: number }) => showable(x.scale, p.x) && showable(y.scale, p.y);
    return curves
      .map((curve) => ({ ...curve, points: curve.points.filter(fits) }))
      .filter(({ points }) => points.length > 0);
  }, [curves, x.scale, y.scale]);
  const [axisX, axisY] = useMemo(() => {
    const all = shown.flatMap(({ points, beside = [] }) => [...points, ...beside]);
    const bands = shown.flatMap(({ band = [] }) => band.flatMap(({ low, high }) => [low, high]));
    return [
      createAxis({
        ...x,
        values: all.map((p) => p.x),
        count: Math.max(2, Math.floor(size.width / 90)),
        ticks: props.ticksX,
      }),
      createAxis({
        ...y,
        values: [...all.map((p) => p.y), ...bands],
        count: Math.max(2, Math.floor(size.height / 48)),
        ticks: props.ticksY,
      }),
    ];
  }, [shown, x, y, size.width, size.height, props.ticksX, props.ticksY]);
  const labelled = shown.length <= mostLabels && size.width >= 400 && legend === undefined;
  const right = labelled ? Math.min(150, 20 + Math.max(0, ...shown.map((c) => textWidth(c.label, 12)))) : 16;
  const { width, height } = size;
  const frame = useMemo(
    () => ({ size: { width, height }, x: axisX, y: axisY, right, legend: legend ?? [] }),
    [width, height, axisX, axisY, right, legend],
  );
  const selected = selection?.selected ?? nothing;
  const placed = useMemo(() => {
    const { sx, sy } = layoutPlot(frame);
    return shown.map((curve) => curve.points.map((p) => place(curve, p, sx, sy)));
  }, [shown, frame]);
  const ends = useMemo(() => placed.map((points) => points.at(-1)!), [placed]);
  const all = useMemo(() => placed.flat(), [placed]);
  const at = all.find(({ row }) => row.id === selection?.hovered);
  const left = curves.length - shown.length;

  return (
    <PlotFrame
      {...frame}
      description={description}
      note={left === 0 || shown.length === 0 ? undefined : `${left} of ${curves.length} without values`}
      empty={shown.length > 0 ? undefined : (props.empty ?? "Nothing has values of both metrics.")}
      answers={!still && selection !== undefined}
    >
      {(plot) => (
        <>
          <Curves
            curves={shown}
            plot={plot}
            stepped={stepped}
            dots={props.dots ?? false}
            selected={selected}
            hovered={selection?.hovered}
          />
          {labelled && <EndLabels curves={shown} ends={ends} plot={plot} room={right - 12} />}
          {!still && selection !== undefined && (
            <MarkCatcher
              area={plot.area}
              points={all}
              walk={ends}
              selection={selection}
              describe={({ row }) => `${row.label}: ${y.metric.label} ${formatMetric(y.metric, row.y)}`}
              onRead={setRead}
            />
          )}
          {at !== undefined && read === at.row.id && (
            <Reading
              curve={shown.find(({ id }) => id === at.row.id)!}
              end={ends.find(({ row }) => row.id === at.row.id)!}
              plot={plot}
              x={x}
              y={y}
            />
          )}
        </>
      )}
    </PlotFrame>
  );
}

function place(curve: CurveRow, p: { x: number; y: number }, sx: Plot["sx"], sy: Plot["sy"]): PlacedPoint {
  const row: PointRow = { id: curve.id, group: curve.id, label: curve.label, ...p };
  return { row, x: sx(p.x), y: sy(p.y) };
}

interface CurvesProps {
  readonly curves: readonly CurveRow[];
  readonly plot: Plot;
  readonly stepped: boolean;
  readonly dots: boolean;
  readonly selected: ReadonlySet<string>;
  readonly hovered: string | undefined;
}

const Curves = memo(function Curves({ curves, plot, stepped, dots, selected, hovered }: CurvesProps) {
  const { sx, sy } = plot;
  // The more there are, the thinner: a population of hundreds is a texture, not a knot.
  const many = curves.length > 30;
  const ordered = curves.toSorted((a, b) => rank(a.id, selected, hovered) - rank(b.id, selected, hovered));
  return (
    <g>
      {ordered.map((curve) => {
        const emphasis = emphasisOf(selected, curve.id);
        const near = curve.id === hovered;
        const strong = near || emphasis === "selected";
        return (
          <g
            key={curve.id}
            opacity={near ? 1 : emphasis === "faded" ? 0.14 : many && emphasis === "plain" ? 0.5 : 1}
            data-curve={curve.label}
            data-emphasis={emphasis}
          >
            {curve.band !== undefined && (
              <path
                d={bandPath(curve.band, plot)}
                fill={curve.color}
                fillOpacity={0.1}
                data-band={curve.label}
              />
            )}
            {curve.beside !== undefined && (!many || strong) && (
              <path
                d={linePath(curve.beside, plot, false)}
                fill="none"
                stroke={curve.color}
                strokeOpacity={0.6}
                strokeDasharray="3 3"
                data-beside={curve.label}
              />
            )}
            <path
              d={linePath(curve.points, plot, stepped)}
              fill="none"
              stroke={curve.color}
              strokeWidth={strong ? 2.75 : many ? 1 : 2}
              strokeLinejoin="round"
              strokeDasharray={curve.dash}
            />
            {(dots || curve.points.length === 1) && (!many || strong) && (
              <path d={dotPath(curve, sx, sy)} fill={curve.color} />
            )}
          </g>
        );
      })}
    </g>
  );
});

/** Faded below, selected above, the hovered one on top. */
function rank(id: string, selected: ReadonlySet<string>, hovered: string | undefined): number {
  return id === hovered ? 2 : selected.has(id) ? 1 : 0;
}

function linePath(points: CurveRow["points"], { sx, sy }: Plot, stepped: boolean): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const steps = rest.map(({ x, y }) =>
    stepped ? `H${px(sx(x))}V${px(sy(y))}` : `L${px(sx(x))} ${px(sy(y))}`,
  );
  return `M${px(sx(first.x))} ${px(sy(first.y))}${steps.join("")}`;
}

function bandPath(band: NonNullable<CurveRow["band"]>, { sx, sy }: Plot): string {
  const there = band.map(({ x, high }) => `${px(sx(x))} ${px(sy(high))}`);
  const back = band.toReversed().map(({ x, low }) => `${px(sx(x))} ${px(sy(low))}`);
  return there.length === 0 ? "" : `M${[...there, ...back].join("L")}Z`;
}

function dotPath({ points, marker }: CurveRow, sx: Plot["sx"], sy: Plot["sy"]): string {
  const pen = createPathPen();
  for (const { x, y } of points) traceMarker(pen, marker, sx(x), sy(y), points.length > 30 ? 1.8 : 3);
  return pen.d();
}

interface EndLabelsProps {
  readonly curves: readonly CurveRow[];
  readonly ends: readonly PlacedPoint[];
  readonly plot: Plot;
  readonly room: number;
}

/** Names right of the plot, at the height of their curves' ends, moved apart where they would touch. */
function EndLabels({ curves, ends, plot: { area }, room }: EndLabelsProps) {
  const order = curves.map((_, i) => i).sort((a, b) => ends[a]!.y - ends[b]!.y);
  const wanted = order.map((i) => ends[i]!.y);
  const places = spread(wanted, 15, area.y + 4, area.y + area.height - 2);
  return (
    <g fontSize={12} fontWeight={600} data-labels="">
      {order.map((i, k) => (
        <text key={curves[i]!.id} x={area.x + area.width + 8} y={px(places[k]! + 4)} fill={curves[i]!.color}>
          {shorten(curves[i]!.label, 12, room)}
        </text>
      ))}
    </g>
  );
}

interface ReadingProps {
  readonly curve: CurveRow;
  readonly end: PlacedPoint;
  readonly plot: Plot;
  readonly x: AxisProps;
  readonly y: AxisProps;
}

function Reading({ curve, end, plot, x, y }: ReadingProps) {
  return (
    <HoverBox
      area={plot.area}
      x={end.x}
      y={end.y}
      title={curve.label}
      color={curve.color}
      rows={[
        { label: y.metric.label, value: formatMetric(y.metric, end.row.y) },
        { label: `at ${x.metric.label}`, value: formatMetric(x.metric, end.row.x) },
      ]}
    />
  );
}
