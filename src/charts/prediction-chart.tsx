import { useMemo } from "react";
import type { ChartProps, Group, PointRow } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { trim } from "./format.ts";
import type { Metric } from "./metric.ts";
import { type Plot, px } from "./plot/plot.ts";
import { PointPlot } from "./plot/point-plot.tsx";

/** A trial whose time was predicted. Milliseconds, > 0. */
export interface PredictionRow {
  readonly id: string;
  /** The `id` of a `Group`. */
  readonly population: string;
  readonly name: string;
  readonly predictedMs: number;
  readonly ms: number;
}

export interface PredictionChartProps extends Omit<ChartProps, "description"> {
  readonly times: {
    readonly trials: readonly PredictionRow[];
    /** ≥ 1: half the width of the band, as a factor. */
    readonly factor: number;
  };
  /** The factor as text says it. */
  readonly factorText: string;
  readonly groups: readonly Group[];
}

const seconds = { unit: "", scale: "plain", better: "less" } as const;
const predicted: Metric = {
  ...seconds,
  key: "predicted_s",
  label: "predicted time, s",
  hint: "before the trial began",
};
const measured: Metric = { ...seconds, key: "measured_s", label: "measured time, s", hint: "of the trial" };

/**
 * Measured against predicted time of every trial on two logarithmic axes of the same ends: on the diagonal the prediction
 * was right, above it the trial took longer; the band reaches from 1/factor to factor times the prediction.
 */
export function PredictionChart({ times: { trials, factor }, factorText, ...props }: PredictionChartProps) {
  const rows = useMemo(
    () =>
      trials.map(
        ({ id, population, name, predictedMs, ms }): PointRow => ({
          ...{ id, group: population, label: name },
          ...{ x: predictedMs / 1000, y: ms / 1000 },
        }),
      ),
    [trials],
  );
  const domain = useMemo(() => domainOf(rows), [rows]);
  return (
    <PointPlot
      {...props}
      rows={rows}
      x={{ metric: predicted, scale: "log", domain }}
      y={{ metric: measured, scale: "log", domain }}
      description={`Measured against predicted time of ${rows.length} trials; the band is a factor of ${factorText} to both sides.`}
      under={(plot) => <Diagonal plot={plot} reach={Math.log(factor) / Math.log(domain[1] / domain[0])} />}
      over={(plot) => <FactorLabel plot={plot} text={`×/÷ ${factorText}`} />}
    />
  );
}

/** From below the shortest to above the longest of all times. */
function domainOf(rows: readonly PointRow[]): readonly [number, number] {
  const all = rows.flatMap(({ x, y }) => [x, y]);
  if (all.length === 0) return [0.1, 10];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = Math.max((high / low) ** 0.06, 1.15);
  return [low / room, high * room];
}

/** The band around the diagonal. @param reach of the band above and below the diagonal, in sides of the square */
function Diagonal({ plot: { area }, reach }: { readonly plot: Plot; readonly reach: number }) {
  const at = (u: number, v: number) => `${px(area.x + u * area.width)} ${px(area.y + (1 - v) * area.height)}`;
  const k = Math.min(1, reach);
  const corners = [at(0, 0), at(0, k), at(1 - k, 1), at(1, 1), at(1, 1 - k), at(k, 0)];
  return (
    <g pointerEvents="none" data-band={px(100 * reach) / 100}>
      <path d={`M${corners.join("L")}Z`} fill="var(--accent)" fillOpacity={0.1} />
      <path
        d={`M${at(0, 0)}L${at(1, 1)}`}
        fill="none"
        stroke="var(--ink-2)"
        strokeWidth={1}
        strokeDasharray="4 3"
      />
    </g>
  );
}

/** In the corner where only trials lie that took far less than predicted: seldom any. */
function FactorLabel({ plot: { area }, text }: { readonly plot: Plot; readonly text: string }) {
  return (
    <text
      x={px(area.x + area.width - 6)}
      y={px(area.y + area.height - 8)}
      textAnchor="end"
      fill="var(--ink-2)"
      fontSize={11}
      stroke="var(--panel)"
      strokeWidth={3}
      paintOrder="stroke"
      pointerEvents="none"
      data-factor=""
    >
      {text}
    </text>
  );
}

export function predictionFigure(props: Unsized<PredictionChartProps>): FigureContent {
  const names = new Map(props.groups.map(({ id, label }) => [id, label]));
  const short = (value: number) => trim(value, 3);
  return {
    kind: "predicted-times",
    draw: (size, still) => <PredictionChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "trial", label: "Network" },
        { key: "population", label: "Population" },
        { key: "predicted_s", label: "Predicted, s", format: short },
        { key: "measured_s", label: "Measured, s", format: short },
        { key: "measured_over_predicted", label: "Measured / predicted", format: short },
      ],
      rows: props.times.trials.map(({ name, population, predictedMs, ms }) => [
        name,
        names.get(population) ?? population,
        predictedMs / 1000,
        ms / 1000,
        ms / predictedMs,
      ]),
    }),
  };
}
