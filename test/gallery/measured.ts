import type { Group, PointRow } from "../../src/charts/chart-props.ts";
import type { FigureSource } from "../../src/charts/figure/figure.ts";
import type { Metric } from "../../src/charts/metric.ts";
import { populationLook } from "../../src/charts/palette.ts";
import records from "./measured.json" with { type: "json" };

/** A trial of measured.json: networks that `sweep measured.yaml` trained, with what charts need of them. */
export interface MeasuredTrial {
  readonly id: string;
  readonly population: string;
  readonly index: number;
  readonly error: number;
  readonly flops: number;
  readonly params: number;
  readonly acts: number;
  readonly depth: number;
  readonly widths: readonly number[];
  readonly groupWidth?: number | null;
  readonly bottleneckRatio?: number | null;
  readonly initialWidth?: number;
  readonly slope?: number;
  readonly widthMultiplier?: number;
  /** Train and test error after each epoch. */
  readonly epochs: readonly (readonly number[])[];
}

export const trials: readonly MeasuredTrial[] = records;

export const source: FigureSource = {
  study: "From AnyNet to RegNet",
  n: trials.length,
  regime: "fashion-mnist, 1,024 images × 3 epochs, batch 32",
};

export const groups: readonly Group[] = ["AnyNetXA", "AnyNetXE", "RegNetX"].map((name, i) => ({
  id: name,
  label: name,
  ...populationLook(i),
}));

const metric = (key: string, label: string, scale: Metric["scale"]): Metric => ({
  key,
  label,
  hint: "",
  unit: "",
  scale,
  better: "neither",
});

export const metrics = {
  error: metric("error", "test error", "percent"),
  flops: metric("flops", "FLOPs", "si"),
  params: metric("params", "parameters", "si"),
  acts: metric("acts", "activations", "si"),
  depth: metric("depth", "depth d", "plain"),
  groupWidth: metric("groupWidth", "group width g", "plain"),
  slope: metric("slope", "slope w_a", "plain"),
  initialWidth: metric("initialWidth", "initial width w_0", "plain"),
} as const;

export type MetricKey = keyof typeof metrics;

export function labelOf({ population, index }: MeasuredTrial): string {
  return `${population} ${index + 1}`;
}

export function points(x: MetricKey, y: MetricKey, of = trials): PointRow[] {
  return of.map((trial) => ({
    id: trial.id,
    group: trial.population,
    label: labelOf(trial),
    x: trial[x] ?? Number.NaN,
    y: trial[y] ?? Number.NaN,
  }));
}
