import { useMemo } from "react";
import type { Group, PointRow } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { pointTable } from "./figure/point-table.ts";
import { type Plot, px } from "./plot/plot.ts";
import { PointPlot, type PointPlotProps } from "./plot/point-plot.tsx";

export interface ParetoChartProps extends Omit<PointPlotProps, "alsoX" | "under" | "over" | "legend"> {
  /** Ids of the trials that no other dominates, both metrics to be minimised. */
  readonly front: ReadonlySet<string>;
}

/** Two costs of every trial: the front as a step line with its points in colour, the dominated ones grey. */
export function ParetoChart({ front, ...props }: ParetoChartProps) {
  const { rows, groups } = props;
  const marks = useMemo(() => greyDominated(rows, groups, front), [rows, groups, front]);
  const named = useMemo(
    () => groups.filter(({ id }) => rows.some((row) => row.group === id)),
    [rows, groups],
  );
  return (
    <PointPlot
      {...props}
      rows={marks.rows}
      groups={marks.groups}
      legend={named}
      under={(plot) => <FrontLine points={rows.filter(({ id }) => front.has(id))} plot={plot} />}
    />
  );
}

export function paretoFigure(props: Unsized<ParetoChartProps>): FigureContent {
  const { rows, groups, x, y, front } = props;
  return {
    kind: `pareto-${y.metric.key}-${x.metric.key}`,
    draw: (size, still) => <ParetoChart {...props} size={size} still={still} />,
    table: () => {
      const table = pointTable(rows, groups, x, y);
      return {
        columns: [...table.columns, { key: "front", label: "On the front" }],
        rows: table.rows.map((cells, i) => [...cells, front.has(rows[i]!.id) ? "yes" : "no"]),
      };
    },
  };
}

/** Dominated points keep their population's shape and lose its colour; those of the front are drawn after them. */
function greyDominated(
  rows: readonly PointRow[],
  groups: readonly Group[],
  front: ReadonlySet<string>,
): { readonly rows: readonly PointRow[]; readonly groups: readonly Group[] } {
  const greyOf = (id: string) => `dominated ${id}`;
  return {
    rows: rows.map((row) => (front.has(row.id) ? row : { ...row, group: greyOf(row.group) })),
    groups: [
      ...groups.map((group) => ({ ...group, id: greyOf(group.id), color: "var(--dominated)" })),
      ...groups,
    ],
  };
}

/**
 * The border of what is dominated: from a point of the front right to the next one's x, then down to it. Above the first
 * point it rises to the top, right of the last it runs to the edge.
 */
function FrontLine({ points, plot }: { readonly points: readonly PointRow[]; readonly plot: Plot }) {
  const { area, sx, sy } = plot;
  const right = area.x + area.width;
  const places = points
    .map(({ x, y }) => ({ x: px(sx(x)), y: px(sy(y)) }))
    .filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y) && x <= right && y >= area.y)
    .sort((a, b) => a.x - b.x || b.y - a.y);
  const [first] = places;
  if (first === undefined) return null;
  const steps = places.slice(1).map(({ x, y }) => `H${x}V${y}`);
  return (
    <path
      d={`M${first.x} ${px(area.y)}V${first.y}${steps.join("")}H${px(right)}`}
      fill="none"
      stroke="var(--ink)"
      strokeWidth={1.5}
      strokeLinejoin="round"
      data-front={places.length}
    />
  );
}
