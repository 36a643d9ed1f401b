import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useState } from "react";
import type { AxisProps, ChartProps, Group } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { metricColumn } from "./figure/point-table.ts";
import { formatMetric } from "./metric.ts";
import { type Axis, createAxis, showable } from "./plot/axis.ts";
import { AxisName } from "./plot/axis-name.tsx";
import { EmptyReason } from "./plot/empty-reason.tsx";
import { Legend, legendHeight } from "./plot/legend.tsx";
import { px } from "./plot/plot.ts";
import { shorten, textWidth } from "./plot/text-width.ts";
import { type Emphasis, emphasisOf } from "./selection.ts";

/** A trial's values, one an axis; not finite where it has none. */
export interface ParallelRow {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly values: readonly number[];
}

export interface ParallelChartProps extends ChartProps {
  readonly rows: readonly ParallelRow[];
  readonly groups: readonly Group[];
  readonly axes: readonly AxisProps[];
}

/** A range of one axis, in its units. */
type Ranges = ReadonlyMap<number, readonly [low: number, high: number]>;

const top = 34;
const bottom = 26;
const side = 46;
const grip = 22;

/** A line a trial over several metrics; a drag along an axis keeps the trials whose values lie in it, of all axes at once. */
export function ParallelChart(props: ParallelChartProps) {
  const { size, rows, groups, axes, description, selection, still = false } = props;
  const [ranges, setRanges] = useState<Ranges>(new Map());
  const scales = useMemo(
    () =>
      axes.map((axis, i) =>
        createAxis({ ...axis, values: rows.map((row) => row.values[i] ?? Number.NaN), count: 5 }),
      ),
    [axes, rows],
  );
  const drawn = useMemo(
    () => groups.filter(({ id }) => rows.some((row) => row.group === id)),
    [groups, rows],
  );
  const head = legendHeight(drawn, size.width - 8) + top;
  const height = Math.max(1, size.height - head - bottom);
  const x = useCallback(
    (i: number) =>
      axes.length < 2 ? size.width / 2 : side + (i * (size.width - 2 * side)) / (axes.length - 1),
    [axes.length, size.width],
  );
  const y = useCallback(
    (axis: Axis, value: number) => head + (1 - axis.place(value)) * height,
    [head, height],
  );
  const lines = useMemo(
    () => strokes(rows, drawn, selection?.selected ?? nothing, (row) => lineOf(row, scales, x, y)),
    [rows, drawn, selection?.selected, scales, x, y],
  );
  const hovered = rows.find(({ id }) => id === selection?.hovered);
  const change = (i: number, range: readonly [number, number] | undefined) => {
    const next = new Map(ranges);
    if (range === undefined) next.delete(i);
    else next.set(i, range);
    setRanges(next);
    selection?.onSelect(
      new Set(next.size === 0 ? [] : rows.filter((row) => inside(row, next)).map(({ id }) => id)),
    );
  };
  const empty = rows.length === 0 || axes.length === 0;
  const names = axisNames(axes, (size.width - 2 * side) / Math.max(1, axes.length - 1));

  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={size.width}
      height={size.height}
      viewBox={`0 0 ${size.width} ${size.height}`}
      fontSize={11}
      fill="var(--ink-2)"
      role={still || selection === undefined ? "img" : "group"}
      aria-label={description}
      style={{ display: "block", fontVariantNumeric: "tabular-nums" }}
    >
      <Legend groups={drawn} x={4} width={size.width - 8} />
      {empty && (
        <EmptyReason
          area={{ x: 0, y: head, width: size.width, height }}
          reason={props.empty ?? "No network to draw a line of."}
        />
      )}
      {lines.map(({ group, emphasis, d, count }) => (
        <path
          key={`${emphasis} ${group.id}`}
          d={d}
          fill="none"
          stroke={group.color}
          strokeWidth={emphasis === "selected" ? 1.5 : 1}
          strokeOpacity={
            emphasis === "faded" ? 0.08 : emphasis === "selected" ? 0.9 : rows.length > 300 ? 0.3 : 0.55
          }
          data-emphasis={emphasis}
          data-count={count}
        />
      ))}
      {!still && hovered !== undefined && (
        <path d={lineOf(hovered, scales, x, y)} fill="none" stroke="var(--ink)" strokeWidth={2} />
      )}
      {!empty &&
        scales.map((axis, i) => (
          <g key={axes[i]!.metric.key} transform={`translate(${px(x(i))} 0)`}>
            <line y1={head} y2={head + height} stroke="var(--ink-3)" />
            <text y={head - 14} textAnchor="middle" fontWeight={600} fill="var(--ink)" data-axis="">
              {names[i] !== axis.label && <title>{axis.label}</title>}
              <AxisName text={names[i]!} />
            </text>
            <g
              stroke="var(--panel)"
              strokeWidth={3}
              paintOrder="stroke"
              textAnchor={i === axes.length - 1 ? "end" : "start"}
            >
              {axis.ticks.map((tick) => (
                <text key={tick} x={i === axes.length - 1 ? -5 : 5} y={px(y(axis, tick) + 4)} data-tick="y">
                  {axis.format(tick)}
                </text>
              ))}
            </g>
            {!still && selection !== undefined && (
              <AxisBrush
                axis={axis}
                metric={axes[i]!}
                top={head}
                height={height}
                range={ranges.get(i)}
                onRange={(range) => change(i, range)}
              />
            )}
          </g>
        ))}
    </svg>
  );
}

/**
 * What the axes are called, `gap` pixels apart: by their labels, or, where one of those does not fit, by the symbols of
 * those that have one. What has none takes the room that the symbols beside it leave: `Test error`, or its last word, `Error`.
 */
function axisNames(axes: readonly AxisProps[], gap: number): string[] {
  const width = (text: string) => textWidth(text, 12);
  if (axes.every(({ metric }) => width(metric.label) <= gap - 8))
    return axes.map(({ metric }) => metric.label);
  return axes.map(({ metric }, i) => {
    if (metric.symbol !== undefined) return metric.symbol;
    const beside = [axes[i - 1], axes[i + 1]].map((axis) => {
      if (axis === undefined) return 2 * side;
      const { symbol } = axis.metric;
      return symbol === undefined ? gap - 8 : 2 * gap - 8 - width(symbol.replace("_", ""));
    });
    const room = Math.min(...beside);
    const last = metric.label.slice(metric.label.lastIndexOf(" ") + 1);
    if (width(metric.label) <= room) return metric.label;
    return shorten(`${last.charAt(0).toUpperCase()}${last.slice(1)}`, 12, room);
  });
}

const nothing: ReadonlySet<string> = new Set();

function inside({ values }: ParallelRow, ranges: Ranges): boolean {
  return [...ranges].every(([i, [low, high]]) => values[i]! >= low && values[i]! <= high);
}

/** The line of a trial, broken where a value is missing. */
function lineOf(
  { values }: ParallelRow,
  scales: readonly Axis[],
  x: (i: number) => number,
  y: (axis: Axis, value: number) => number,
): string {
  let d = "";
  let pen = "M";
  scales.forEach((axis, i) => {
    const value = values[i] ?? Number.NaN;
    if (showable(axis.scale, value)) d += `${pen}${px(x(i))} ${px(y(axis, value))}`;
    pen = showable(axis.scale, value) ? "L" : "M";
  });
  return d;
}

/** One path for all lines of a group with the same emphasis. */
function strokes(
  rows: readonly ParallelRow[],
  groups: readonly Group[],
  selected: ReadonlySet<string>,
  line: (row: ParallelRow) => string,
) {
  const order: readonly Emphasis[] = selected.size === 0 ? ["plain"] : ["faded", "selected"];
  return order.flatMap((emphasis) =>
    groups.flatMap((group) => {
      const of = rows.filter((row) => row.group === group.id && emphasisOf(selected, row.id) === emphasis);
      return of.length === 0 ? [] : [{ group, emphasis, d: of.map(line).join(""), count: of.length }];
    }),
  );
}

interface AxisBrushProps {
  readonly axis: Axis;
  readonly metric: AxisProps;
  readonly top: number;
  readonly height: number;
  readonly range: readonly [number, number] | undefined;
  readonly onRange: (range: readonly [number, number] | undefined) => void;
}

/** Over an axis: a drag sets its range, a press clears it. Up and down move it, with Shift they widen it, Escape clears. */
function AxisBrush({ axis, metric: { metric }, top: y0, height, range, onRange }: AxisBrushProps) {
  const [start, setStart] = useState<number>();
  const at = (event: PointerEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, 1 - (event.clientY - box.top) / Math.max(1, box.height)));
  };
  const between = (a: number, b: number) => [axis.value(Math.min(a, b)), axis.value(Math.max(a, b))] as const;
  const key = (event: KeyboardEvent) => {
    const step = { ArrowUp: 0.05, ArrowDown: -0.05 }[event.key];
    if (event.key === "Escape") onRange(undefined);
    if (step === undefined) return;
    event.preventDefault();
    const [low, high] = range === undefined ? [0.25, 0.75] : range.map(axis.place);
    const moved = event.shiftKey ? [low! - step, high! + step] : [low! + step, high! + step];
    const [from, to] = moved.map((place) => Math.min(1, Math.max(0, place)));
    if (to! - from! > 0.01) onRange(between(from!, to!));
  };
  const [low, high] = range === undefined ? [0, 0] : range.map(axis.place);
  return (
    <g>
      {range !== undefined && (
        <rect
          x={-grip / 2}
          y={px(y0 + (1 - high!) * height)}
          width={grip}
          height={px(Math.max(1, (high! - low!) * height))}
          fill="var(--accent)"
          fillOpacity={0.2}
          stroke="var(--accent)"
          data-brush=""
        />
      )}
      <rect
        x={-grip / 2}
        y={y0}
        width={grip}
        height={height}
        fill="transparent"
        style={{ cursor: "ns-resize", touchAction: "none" }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setStart(at(event));
        }}
        onPointerMove={(event) => {
          if (start !== undefined && Math.abs(at(event) - start) > 0.01) onRange(between(start, at(event)));
        }}
        onPointerUp={(event) => {
          if (start !== undefined && Math.abs(at(event) - start) <= 0.01) onRange(undefined);
          setStart(undefined);
        }}
        onPointerCancel={() => setStart(undefined)}
        onKeyDown={key}
        tabIndex={0}
        role="slider"
        aria-orientation="vertical"
        aria-label={`${metric.label}: range of the selection`}
        aria-valuemin={axis.domain[0]}
        aria-valuemax={axis.domain[1]}
        aria-valuenow={range?.[0] ?? axis.domain[0]}
        aria-valuetext={
          range === undefined
            ? "all"
            : `${formatMetric(metric, range[0])} to ${formatMetric(metric, range[1])}`
        }
      />
    </g>
  );
}

export function parallelFigure(props: Unsized<ParallelChartProps>): FigureContent {
  const names = new Map(props.groups.map(({ id, label }) => [id, label]));
  return {
    kind: "parallel",
    draw: (size, still) => <ParallelChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "trial", label: "Network" },
        { key: "population", label: "Population" },
        ...props.axes.map(metricColumn),
      ],
      rows: props.rows.map(({ label, group, values }) => [label, names.get(group) ?? group, ...values]),
    }),
  };
}
