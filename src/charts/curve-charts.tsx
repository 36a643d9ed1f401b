import { useMemo } from "react";
import type { ChartProps, Group, Look } from "./chart-props.ts";
import type { FigureContent, Unsized } from "./figure/figure.ts";
import { formatPercent, trim } from "./format.ts";
import type { Metric } from "./metric.ts";
import { CurvePlot, type CurveRow } from "./plot/curve-plot.tsx";
import { blockTicks, linearTicks, powersOfTwo } from "./ticks.ts";

const plain = (key: string, label: string, scale: Metric["scale"] = "plain"): Metric => ({
  key,
  label,
  hint: "",
  unit: "",
  scale,
  better: "neither",
});
const epoch = plain("epoch", "epoch");
const testError = plain("error", "test error", "percent");
const draws = plain("m", "networks drawn m");
const expectedError = plain("expected", "expected error of the best of m", "percent");
const block = plain("block", "block j");
const blockWidth = plain("width", "width w_j");

/** A trial's errors per epoch, as fractions. */
export interface TrainedRow extends Look {
  /** The trial's id. */
  readonly id: string;
  readonly label: string;
  /** From epoch 1. */
  readonly epochs: readonly {
    readonly epoch: number;
    readonly trainError: number;
    readonly testError: number;
  }[];
}

export interface TrainingCurvesProps extends ChartProps {
  readonly trials: readonly TrainedRow[];
  /** Of the regime: the axis does not grow while networks train. */
  readonly epochs: number;
  readonly legend?: readonly Group[];
}

/** Test error per epoch of some trials; of few, dashed, the error on the training images too. */
export function TrainingCurves({ trials, epochs, ...props }: TrainingCurvesProps) {
  const curves = useMemo(
    () =>
      trials.map(
        ({ epochs: rows, ...trial }): CurveRow => ({
          ...trial,
          dash: undefined,
          points: rows.map((row) => ({ x: row.epoch, y: row.testError })),
          beside:
            trials.length > 6
              ? undefined
              : rows
                  .filter((row) => Number.isFinite(row.trainError))
                  .map((row) => ({ x: row.epoch, y: row.trainError })),
        }),
      ),
    [trials],
  );
  const last = Math.max(2, epochs);
  const x = useMemo(() => ({ metric: epoch, domain: [1, last] as const }), [last]);
  const ticks = useMemo(() => linearTicks(1, last, 8).filter(Number.isInteger), [last]);
  return <CurvePlot {...props} curves={curves} x={x} y={onlyTestError} ticksX={ticks} dots />;
}

const onlyTestError = { metric: testError };

export function trainingFigure(props: Unsized<TrainingCurvesProps>): FigureContent {
  return {
    kind: "training",
    draw: (size, still) => <TrainingCurves {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "trial", label: "Network" },
        { key: "epoch", label: "Epoch" },
        { key: "train_error", label: "Train error", format: formatPercent },
        { key: "test_error", label: "Test error", format: formatPercent },
      ],
      rows: props.trials.flatMap(({ label, epochs }) =>
        epochs.map((row) => [label, row.epoch, row.trainError, row.testError]),
      ),
    }),
  };
}

/** E[best of m] of one population. */
export interface SearchRow extends Look {
  readonly id: string;
  readonly label: string;
  /** low and high: where most searches end. */
  readonly points: readonly {
    readonly m: number;
    readonly expected: number;
    readonly low?: number;
    readonly high?: number;
  }[];
}

export interface RandomSearchChartProps extends ChartProps {
  readonly populations: readonly SearchRow[];
}

/** Expected error of the best of m networks drawn at random, for all m, a curve a population. */
export function RandomSearchChart({ populations, ...props }: RandomSearchChartProps) {
  const curves = useMemo(
    () =>
      populations.map(
        ({ points, ...population }): CurveRow => ({
          ...population,
          points: points.map(({ m, expected }) => ({ x: m, y: expected })),
          band: points.flatMap(({ m, low, high }) =>
            low === undefined || high === undefined ? [] : [{ x: m, low, high }],
          ),
        }),
      ),
    [populations],
  );
  const { x, ticks } = useMemo(
    () => drawnAxis(populations.reduce((most, { points }) => Math.max(most, points.length), 0)),
    [populations],
  );
  return <CurvePlot {...props} curves={curves} x={x} y={expectedAxis} ticksX={ticks} />;
}

/** Of few networks the axis names every number: there is no 0.8 of a network, and one alone is no axis. */
function drawnAxis(most: number) {
  return {
    x: { metric: draws, scale: "log", ...(most === 1 && { domain: [0.9, 2.2] as const }) } as const,
    ticks: most === 0 || most > 9 ? undefined : Array.from({ length: Math.max(2, most) }, (_, i) => i + 1),
  };
}

const expectedAxis = { metric: expectedError };

export function randomSearchFigure(props: Unsized<RandomSearchChartProps>): FigureContent {
  return {
    kind: "random-search",
    draw: (size, still) => <RandomSearchChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "population", label: "Population" },
        { key: "m", label: "Networks drawn" },
        { key: "expected", label: "Expected error of the best", format: (value) => formatPercent(value, 2) },
        { key: "low", label: "Low", format: (value) => formatPercent(value, 2) },
        { key: "high", label: "High", format: (value) => formatPercent(value, 2) },
      ],
      rows: props.populations.flatMap(({ label, points }) =>
        points.map(({ m, expected, low, high }) => [label, m, expected, low, high]),
      ),
    }),
  };
}

/** Widths of a network's blocks, j from 0. */
export interface BlockWidthsRow extends Look {
  /** The trial's id. */
  readonly id: string;
  readonly label: string;
  /** w_j: channels of block j. */
  readonly widths: readonly number[];
  /** u_j of the line that they are quantized from, where there is one. */
  readonly line?: readonly number[] | undefined;
}

export interface BlockWidthsChartProps extends ChartProps {
  readonly networks: readonly BlockWidthsRow[];
  readonly legend?: readonly Group[];
}

/** Width per block of many networks on a log axis, against the lines u_j = w_0 + w_a·j where they have one. */
export function BlockWidthsChart({ networks, ...props }: BlockWidthsChartProps) {
  const { curves, x, y, ticksX, ticksY } = useMemo(() => {
    const numbered = (values: readonly number[]) => values.map((value, j) => ({ x: j, y: value }));
    const all = networks.flatMap(({ widths, line = [] }) => [...widths, ...line]).filter((w) => w > 0);
    const powers = powersOfTwo(
      all.reduce((least, w) => Math.min(least, w), all[0] ?? 8),
      all.reduce((most, w) => Math.max(most, w), all[0] ?? 16),
    );
    const blocks = networks.reduce((most, { widths }) => Math.max(most, widths.length), 2);
    return {
      curves: networks.map(
        ({ widths, line, ...network }): CurveRow => ({
          ...network,
          dash: undefined,
          points: numbered(widths),
          beside: line === undefined ? undefined : numbered(line),
        }),
      ),
      x: { metric: block, domain: [0, blocks - 1] as const },
      y: { metric: blockWidth, scale: "log", domain: [powers[0]!, powers.at(-1)!] } as const,
      ticksX: blockTicks(blocks),
      ticksY: powers,
    };
  }, [networks]);
  return <CurvePlot {...props} curves={curves} x={x} y={y} ticksX={ticksX} ticksY={ticksY} stepped dots />;
}

export function blockWidthsFigure(props: Unsized<BlockWidthsChartProps>): FigureContent {
  return {
    kind: "block-widths",
    draw: (size, still) => <BlockWidthsChart {...props} size={size} still={still} />,
    table: () => ({
      columns: [
        { key: "trial", label: "Network" },
        { key: "block", label: "Block j" },
        { key: "width", label: "Width" },
        { key: "line", label: "Line u_j", format: (value) => trim(value, 4) },
      ],
      rows: props.networks.flatMap(({ label, widths, line }) =>
        widths.map((width, j) => [label, j, width, line?.[j]]),
      ),
    }),
  };
}
