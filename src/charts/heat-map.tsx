import { useMemo, useState } from "react";
import type { AxisProps, ChartProps } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { metricColumn } from "./figure/point-table.ts";
import { formatMetric } from "./metric.ts";
import { createAxis } from "./plot/axis.ts";
import { HoverBox } from "./plot/hover-box.tsx";
import { MarkCatcher } from "./plot/mark-catcher.tsx";
import { type Plot, px } from "./plot/plot.ts";
import { layoutPlot, PlotFrame } from "./plot/plot-frame.tsx";
import type { PlacedPoint } from "./plot/points.ts";
import type { Selection } from "./selection.ts";

/** The networks whose two parameters lie in a rectangle. */
export interface HeatCell {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  /** Mean rank of their errors among all networks: 0 the best, 1 the worst. */
  readonly rank: number;
  /** Their trials. */
  readonly ids: readonly string[];
}

export interface HeatMapProps extends ChartProps {
  readonly cells: readonly HeatCell[];
  readonly x: AxisProps;
  readonly y: AxisProps;
}

/** Two parameters in cells, the stronger the colour the better their networks rank; a cell selects its trials. */
export function HeatMap({ size, cells, x, y, description, empty, selection, still = false }: HeatMapProps) {
  const [cell, setCell] = useState<string>();
  const shown = useMemo(
    () => cells.filter(({ ids, rank }) => ids.length > 0 && Number.isFinite(rank)),
    [cells],
  );
  const [axisX, axisY] = useMemo(
    () => [
      createAxis({
        ...x,
        ...ends(
          x,
          shown.flatMap(({ x0, x1 }) => [x0, x1]),
        ),
        count: Math.max(2, size.width / 90),
      }),
      createAxis({
        ...y,
        ...ends(
          y,
          shown.flatMap(({ y0, y1 }) => [y0, y1]),
        ),
        count: Math.max(2, size.height / 48),
      }),
    ],
    [shown, x, y, size.width, size.height],
  );
  const points = useMemo(() => {
    const { sx, sy } = layoutPlot({ size: { width: size.width, height: size.height }, x: axisX, y: axisY });
    return shown.map(
      ({ x0, x1, y0, y1 }, i): PlacedPoint => ({
        row: { id: String(i), group: "", label: `cell ${i + 1}`, x: x0, y: y0 },
        x: (sx(x0) + sx(x1)) / 2,
        y: (sy(y0) + sy(y1)) / 2,
      }),
    );
  }, [shown, axisX, axisY, size.width, size.height]);
  const read = cell === undefined ? undefined : shown[Number(cell)];
  const place = cell === undefined ? undefined : points[Number(cell)];

  return (
    <PlotFrame
      size={size}
      x={axisX}
      y={axisY}
      description={description}
      note={shown.length > 0 ? "stronger colour: lower errors" : undefined}
      empty={shown.length > 0 ? undefined : (empty ?? "No network has both parameters and an error.")}
      answers={!still && selection !== undefined}
    >
      {(plot) => (
        <>
          {shown.map((each, i) => (
            <Cell
              // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
              key={i}
              cell={each}
              plot={plot}
              marked={isIn(each, selection)}
              read={
                String(i) === cell ||
                (selection?.hovered !== undefined && each.ids.includes(selection.hovered))
              }
            />
          ))}
          {!still && selection !== undefined && (
            <MarkCatcher
              area={plot.area}
              points={points}
              selection={ofCells(shown, selection, cell, setCell)}
              describe={({ row }) => words(shown[Number(row.id)]!, x, y)}
              onRead={setCell}
            />
          )}
          {read !== undefined && place !== undefined && (
            <HoverBox
              area={plot.area}
              x={place.x}
              y={place.y}
              title={`${read.ids.length} ${read.ids.length === 1 ? "network" : "networks"}`}
              rows={[
                { label: "mean rank", value: `best ${(100 * read.rank).toFixed(0)}%` },
                { label: x.metric.label, value: span(x, read.x0, read.x1) },
                { label: y.metric.label, value: span(y, read.y0, read.y1) },
              ]}
            />
          )}
        </>
      )}
    </PlotFrame>
  );
}

/** The cells fill the plot: its ends are theirs. */
function ends(
  { domain }: AxisProps,
  values: number[],
): { domain?: readonly [number, number]; values: number[] } {
  if (domain !== undefined || values.length === 0) return { values };
  const lo = values.reduce((a, b) => Math.min(a, b));
  const hi = values.reduce((a, b) => Math.max(a, b));
  return hi > lo ? { domain: [lo, hi], values } : { values };
}

interface CellProps {
  readonly cell: HeatCell;
  readonly plot: Plot;
  readonly marked: boolean;
  readonly read: boolean;
}

function Cell({ cell: { x0, x1, y0, y1, rank, ids }, plot: { sx, sy }, marked, read }: CellProps) {
  const [left, top] = [px(sx(x0)), px(sy(y1))];
  const [width, height] = [Math.max(1, px(sx(x1) - left)), Math.max(1, px(sy(y0) - top))];
  const depth = 0.08 + 0.84 * (1 - rank);
  return (
    <g data-cell={ids.length}>
      <rect
        x={left + 0.5}
        y={top + 0.5}
        width={Math.max(0.5, width - 1)}
        height={Math.max(0.5, height - 1)}
        rx={2}
        fill="var(--accent)"
        fillOpacity={depth}
        stroke={marked || read ? "var(--ink)" : "none"}
        strokeWidth={marked ? 2 : 1}
      />
      {width > 26 && height > 18 && (
        <text
          x={px(left + width / 2)}
          y={px(top + height / 2 + 4)}
          textAnchor="middle"
          fill={depth > 0.55 ? "var(--panel)" : "var(--ink)"}
        >
          {ids.length}
        </text>
      )}
    </g>
  );
}

function isIn({ ids }: HeatCell, selection: Selection | undefined): boolean {
  return (
    selection !== undefined && selection.selected.size > 0 && ids.every((id) => selection.selected.has(id))
  );
}

/** The selection of trials as one of cells, so that brush and keys work on cells. */
function ofCells(
  cells: readonly HeatCell[],
  selection: Selection,
  hovered: string | undefined,
  onHover: (cell: string | undefined) => void,
): Selection {
  const selected = cells.flatMap((each, i) => (isIn(each, selection) ? [String(i)] : []));
  return {
    selected: new Set(selected),
    hovered,
    onSelect: (chosen) =>
      selection.onSelect(new Set([...chosen].flatMap((i) => cells[Number(i)]?.ids ?? []))),
    onHover,
  };
}

function span({ metric }: AxisProps, from: number, to: number): string {
  return `${formatMetric(metric, from)} – ${formatMetric(metric, to)}`;
}

function words({ x0, x1, y0, y1, ids, rank }: HeatCell, x: AxisProps, y: AxisProps): string {
  return `${ids.length} networks, ${x.metric.label} ${span(x, x0, x1)}, ${y.metric.label} ${span(y, y0, y1)}: mean rank ${(100 * rank).toFixed(0)}%`;
}

export function heatMapFigure(props: Unsized<HeatMapProps>): FigureContent {
  const [x, y] = [metricColumn(props.x), metricColumn(props.y)];
  return {
    kind: `heat-${x.key}-${y.key}`,
    draw: (size, still) => <HeatMap {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { ...x, key: `${x.key}_from`, label: `${x.label}, from` },
        { ...x, key: `${x.key}_to`, label: "to" },
        { ...y, key: `${y.key}_from`, label: `${y.label}, from` },
        { ...y, key: `${y.key}_to`, label: "to" },
        { key: "n", label: "n" },
        { key: "mean_rank", label: "Mean rank of the error", format: (value) => value.toFixed(3) },
      ],
      rows: props.cells.map(({ x0, x1, y0, y1, ids, rank }) => [x0, x1, y0, y1, ids.length, rank]),
    }),
  };
}
