import type { Metric } from "../../charts/metric.ts";
import type { StageSpec } from "../../engine/network/spec.ts";
import type { TrialRow } from "./trials/trial-rows.ts";

/** A metric and where a trial keeps it. One list drives the table's columns, the facts and the exports. */
export interface TrialMetric extends Metric {
  readonly of: (row: TrialRow) => number | undefined;
}

/** A parameter of the space, where it is one number. */
function ownNumber({ params }: TrialRow, key: string): number | undefined {
  const value: unknown = Object.entries(params).find(([name]) => name === key)?.[1];
  return typeof value === "number" ? value : undefined;
}

const param = (key: string) => (row: TrialRow) => ownNumber(row, key);

export const errorMetric: TrialMetric = {
  key: "error",
  label: "Test error",
  hint: "lowest test error of all epochs",
  unit: "",
  scale: "percent",
  better: "less",
  of: (row) => row.error,
};

export const costMetrics: readonly TrialMetric[] = [
  {
    key: "flops",
    label: "FLOPs",
    hint: "multiply-adds of one image",
    unit: "",
    scale: "si",
    better: "less",
    of: (row) => row.network.flops,
  },
  {
    key: "params",
    label: "Params",
    hint: "trained weights and biases",
    unit: "",
    scale: "si",
    better: "less",
    of: (row) => row.network.params,
  },
  {
    key: "acts",
    label: "Acts",
    hint: "activations: output elements of all convolutions",
    unit: "",
    scale: "si",
    better: "less",
    of: (row) => row.network.acts,
  },
];

/** Parameters of the spaces by the papers' symbols; undefined where a space has no such single number. */
export const paramMetrics: readonly TrialMetric[] = [
  {
    key: "depth",
    label: "Depth",
    symbol: "d",
    hint: "number of blocks",
    unit: "",
    scale: "plain",
    better: "neither",
    of: (row) => row.network.spec.stages.reduce((sum, stage) => sum + stage.depth, 0),
  },
  {
    key: "initialWidth",
    label: "Initial width",
    symbol: "w_0",
    hint: "channels of the first block of the line",
    unit: "",
    scale: "plain",
    better: "neither",
    of: param("initialWidth"),
  },
  {
    key: "slope",
    label: "Slope",
    symbol: "w_a",
    hint: "channels per block of the line",
    unit: "",
    scale: "plain",
    better: "neither",
    of: param("slope"),
  },
  {
    key: "widthMultiplier",
    label: "Width multiplier",
    symbol: "w_m",
    hint: "ratio of the widths of neighbouring stages",
    unit: "",
    scale: "plain",
    better: "neither",
    of: param("widthMultiplier"),
  },
  {
    key: "groupWidth",
    label: "Group width",
    symbol: "g",
    hint: "channels per group of the 3×3 convolutions, where all stages share it",
    unit: "",
    scale: "plain",
    better: "neither",
    of: (row) => shared(row, "groupWidth"),
  },
  {
    key: "bottleneckRatio",
    label: "Bottleneck ratio",
    symbol: "b",
    hint: "block width / bottleneck width, where all stages share it",
    unit: "",
    scale: "plain",
    better: "neither",
    of: (row) => shared(row, "bottleneckRatio"),
  },
];

export const timeMetric: TrialMetric = {
  key: "ms",
  label: "Time",
  hint: "training and testing, on this device",
  unit: "",
  scale: "milliseconds",
  better: "less",
  of: (row) => row.ms,
};

export const predictedTimeMetric: TrialMetric = {
  key: "predictedMs",
  label: "Predicted",
  hint: "what the time was predicted to be before the trial began; of a trial that was cut or waits, for its epochs so far",
  unit: "",
  scale: "milliseconds",
  better: "less",
  of: (row) => row.observation.values.predictedMs,
};

/** The space's own number, or the stages' where all stages agree. */
function shared(row: TrialRow, key: "groupWidth" | "bottleneckRatio"): number | undefined {
  const own = ownNumber(row, key);
  if (own !== undefined) return own;
  const values = new Set(row.network.spec.stages.map((stage) => stageNumber(stage, key)));
  const [value] = values;
  return values.size === 1 ? value : undefined;
}

function stageNumber(stage: StageSpec, key: "groupWidth" | "bottleneckRatio"): number | undefined {
  return stage.block === "res_bottleneck" || stage.block === "res_bottleneck_linear" ? stage[key] : undefined;
}
