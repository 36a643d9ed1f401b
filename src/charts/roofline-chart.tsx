import { useMemo } from "react";
import type { ChartProps, Group, PointRow } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { formatPercent } from "./format.ts";
import type { Metric } from "./metric.ts";
import { type Plot, px } from "./plot/plot.ts";
import { PointPlot } from "./plot/point-plot.tsx";

/** A kernel call of a step. Calls without multiply-adds have no place in the picture; the table has them. */
export interface RooflineRow {
  readonly id: string;
  /** The `id` of a `Group`: the kind of call. */
  readonly group: string;
  /** The layer. */
  readonly label: string;
  /** Multiply-adds per byte moved. */
  readonly intensity: number;
  /** Achieved, 10⁹ operations a second. */
  readonly gflops: number;
  readonly ms: number;
  /** Of the step's time, 0–1. */
  readonly share: number;
  readonly gbPerSecond: number;
}

export interface RooflineRoof {
  readonly gflops: number;
  readonly gbPerSecond: number;
}

export interface RooflineChartProps extends ChartProps {
  readonly rows: readonly RooflineRow[];
  readonly groups: readonly Group[];
  readonly roof: RooflineRoof;
}

const plain = { unit: "", scale: "plain", better: "neither" } as const;
const intensity: Metric = {
  ...plain,
  key: "macs_per_byte",
  label: "multiply-adds per byte",
  hint: "of all operands, each moved once a call",
};
const speed: Metric = {
  ...plain,
  key: "gflops",
  label: "GFLOP/s",
  hint: "achieved, two operations a multiply-add",
};

/** Achieved speed of every call against its arithmetic intensity, under the roof of memory and arithmetic; log scales. */
export function RooflineChart({ rows, roof, ...props }: RooflineChartProps) {
  const points: PointRow[] = useMemo(
    () =>
      rows
        .filter((row) => row.intensity > 0 && row.gflops > 0)
        .map(({ id, group, label, intensity: x, gflops: y }) => ({ id, group, label, x, y })),
    [rows],
  );
  const ridge = roof.gflops / (2 * roof.gbPerSecond);
  const around = useMemo(() => [ridge / 2, 2 * ridge], [ridge]);
  return (
    <PointPlot
      {...props}
      rows={points}
      x={{ metric: intensity, scale: "log" }}
      y={{ metric: speed, scale: "log", domain: speeds(points, roof) }}
      alsoX={around}
      under={(plot) => <Roof roof={roof} plot={plot} />}
    />
  );
}

/** From below the slowest point to above the peak. */
function speeds(points: readonly PointRow[], roof: RooflineRoof): readonly [number, number] {
  const slowest = Math.min(roof.gflops / 10, ...points.map(({ y }) => y));
  const fastest = Math.max(roof.gflops, ...points.map(({ y }) => y));
  return [slowest / 1.5, fastest * 1.6];
}

function Roof({ roof, plot }: { readonly roof: RooflineRoof; readonly plot: Plot }) {
  const { area, sx, sy } = plot;
  const right = area.x + area.width;
  const bottom = area.y + area.height;
  const ridge = sx(roof.gflops / (2 * roof.gbPerSecond));
  const top = sy(roof.gflops);
  // Both scales are logarithmic: the bandwidth's line rises by a decade a decade.
  const decadeX = sx(10) - sx(1);
  const decadeY = sy(1) - sy(10);
  const slope = decadeY / decadeX;
  const leftY = top + (ridge - area.x) * slope;
  const [fromX, fromY] = leftY <= bottom ? [area.x, leftY] : [ridge - (bottom - top) / slope, bottom];
  const stroke = { fill: "none", stroke: "var(--ink-2)", strokeWidth: 1.5 };
  const text = {
    fill: "var(--ink-2)",
    fontSize: 11,
    stroke: "var(--panel)",
    strokeWidth: 3,
    paintOrder: "stroke",
  } as const;
  const middle = { x: (fromX + ridge) / 2, y: (fromY + top) / 2 };
  const angle = (-180 / Math.PI) * Math.atan(slope);
  return (
    <g pointerEvents="none" data-roof="">
      <path d={`M${px(fromX)} ${px(fromY)}L${px(ridge)} ${px(top)}H${px(right)}`} {...stroke} />
      <text x={px(right - 4)} y={px(top - 6)} textAnchor="end" {...text}>
        {`matrix product ${short(roof.gflops)} GFLOP/s`}
      </text>
      <text
        transform={`translate(${px(middle.x)} ${px(middle.y - 6)}) rotate(${px(angle)})`}
        textAnchor="middle"
        {...text}
      >
        {`memory ${short(roof.gbPerSecond)} GB/s`}
      </text>
    </g>
  );
}

function short(value: number): string {
  return Number(value.toPrecision(value >= 100 ? 3 : 2)).toString();
}

export function rooflineFigure(props: Unsized<RooflineChartProps>): FigureContent {
  const names = new Map(props.groups.map(({ id, label }) => [id, label]));
  return {
    kind: "roofline",
    draw: (size, still) => <RooflineChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "layer", label: "Layer" },
        { key: "call", label: "Call" },
        { key: "ms", label: "ms", format: (value) => value.toFixed(3) },
        { key: "share", label: "Share", format: formatPercent },
        { key: "macs_per_byte", label: "Multiply-adds per byte", format: short },
        { key: "gflops", label: "GFLOP/s", format: short },
        { key: "gb_per_second", label: "GB/s", format: short },
      ],
      rows: props.rows.map((row) => [
        row.label,
        names.get(row.group) ?? row.group,
        row.ms,
        row.share,
        row.intensity > 0 ? row.intensity : undefined,
        row.gflops > 0 ? row.gflops : undefined,
        row.gbPerSecond,
      ]),
    }),
  };
}
