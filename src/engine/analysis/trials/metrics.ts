import type { NetworkSpec } from "../../network/spec.ts";
import { anynetInfo } from "../../spaces/anynet-info.ts";
import { blockWidths, fitWidths } from "../../spaces/fit.ts";
import { regnetInfo } from "../../spaces/regnet-info.ts";
import { stageInfo } from "../../spaces/stage-info.ts";
import { parseLatencyKey } from "../../sweep/latency-key.ts";
import { type Observation, stageKeys } from "./observation.ts";

/**
 * A metric of trials as data: one description drives an axis, a table's column, a filter and a line of help. Any number of
 * an observation is one.
 */
export interface ObservedMetric {
  /** Name in filters, URLs, files. */
  readonly key: string;
  readonly label: string;
  /** Symbol of the papers, the underscore before the subscript: `w_0`. */
  readonly symbol?: string;
  /** One line that says what it is. */
  readonly hint: string;
  readonly unit: string;
  /** How the stored number is shown: counts with k, M, G; fractions as percent; times. */
  readonly scale: "si" | "percent" | "milliseconds" | "plain";
  readonly better: "less" | "more" | "neither";
  readonly kind: "outcome" | "cost" | "parameter" | "stage" | "setting";
}

const outcome = { unit: "", better: "less", kind: "outcome" } as const;
const cost = { unit: "", scale: "si", better: "less", kind: "cost" } as const;
const parameter = { scale: "plain", better: "neither", kind: "parameter" } as const;

export const errorMetric: ObservedMetric = {
  ...outcome,
  key: "error",
  label: "Test error",
  hint: "lowest test error of all epochs, or that of the epoch with the lowest validation error; 1 if the network diverged",
  scale: "percent",
};

const fixedMetrics: readonly ObservedMetric[] = [
  errorMetric,
  {
    ...outcome,
    key: "finalError",
    label: "Final error",
    hint: "test error of the last epoch",
    scale: "percent",
  },
  {
    ...outcome,
    key: "validationError",
    label: "Validation error",
    hint: "of the epoch whose test error is reported, which it chose",
    scale: "percent",
  },
  {
    ...outcome,
    key: "emaError",
    label: "Averaged error",
    hint: "test error of the moving averages of the weights after the last epoch",
    scale: "percent",
  },
  {
    ...outcome,
    key: "trainError",
    label: "Training error",
    hint: "of the last epoch, while training",
    scale: "percent",
  },
  { ...outcome, key: "trainLoss", label: "Training loss", hint: "mean over the last epoch", scale: "plain" },
  { ...cost, key: "flops", label: "FLOPs", hint: "multiply-adds of one image" },
  { ...cost, key: "params", label: "Params", hint: "trained weights and biases" },
  { ...cost, key: "acts", label: "Acts", hint: "activations: output elements of all convolutions" },
  {
    ...cost,
    key: "trainBytes",
    label: "Training memory",
    hint: "bytes that a training step of the regime's batch needs",
    unit: "B",
  },
  {
    ...cost,
    key: "ms",
    label: "Time",
    hint: "training and testing, on this device",
    scale: "milliseconds",
  },
  {
    ...cost,
    key: "predictedMs",
    label: "Predicted time",
    hint: "what the time was predicted to be before the trial began; of a trial that was cut or waits, for its epochs so far",
    scale: "milliseconds",
  },
  { ...parameter, ...described(regnetInfo.depth), key: "depth" },
  { ...parameter, ...described(regnetInfo.initialWidth), key: "initialWidth" },
  { ...parameter, ...described(regnetInfo.slope), key: "slope" },
  { ...parameter, ...described(regnetInfo.widthMultiplier), key: "widthMultiplier" },
  { ...parameter, ...described(regnetInfo.groupWidth), key: "groupWidth" },
  { ...parameter, ...described(regnetInfo.bottleneckRatio), key: "bottleneckRatio" },
  { ...parameter, ...described(regnetInfo.seRatio), key: "seRatio" },
  {
    ...parameter,
    key: "expansion",
    label: "Expansion",
    symbol: "e",
    hint: "width inside the block / its input width, where all stages share it",
    unit: "",
  },
  {
    ...parameter,
    key: "kernel",
    label: "Kernel",
    symbol: "k",
    hint: "side of the kernels, where all stages share it",
    unit: "pixels",
  },
  { ...parameter, key: "stages", label: "Stages", hint: "number of stages", unit: "" },
  {
    ...parameter,
    key: "factor",
    label: "Scaling factor",
    hint: "value of the scaling formula's knob: d, w, r, φ, c or s",
    unit: "",
  },
  { ...parameter, key: "maxWidth", label: "Greatest width", hint: "of any stage", unit: "channels" },
  {
    ...parameter,
    key: "fitError",
    label: "Fit error",
    symbol: "e_fit",
    hint: "mean |ln| between the block widths and the quantized line that fits them best",
    unit: "",
    better: "neither",
  },
  {
    ...parameter,
    kind: "setting",
    key: "resolution",
    label: "Resolution",
    hint: "side of the input",
    unit: "pixels",
  },
  { ...parameter, kind: "setting", key: "seed", label: "Seed", hint: "of the study", unit: "" },
  {
    ...parameter,
    kind: "setting",
    key: "index",
    label: "Index",
    hint: "place in the population, from 0",
    unit: "",
  },
  { ...parameter, kind: "setting", key: "epochs", label: "Epochs", hint: "of the regime", unit: "" },
];

const byKey = new Map(fixedMetrics.map((metric) => [metric.key, metric]));

/** Descriptions of what all stages have one of; `width` is only ever a stage's. */
const stageInfos = {
  depth: anynetInfo.depths,
  width: anynetInfo.widths,
  bottleneckRatio: anynetInfo.bottleneckRatios,
  groupWidth: anynetInfo.groupWidths,
  expansion: stageInfo.expansions,
  kernel: stageInfo.kernels,
} as const satisfies Record<(typeof stageKeys)[number], unknown>;

const stagePattern = new RegExp(`^(${stageKeys.join("|")})([1-9]\\d?)$`);

/** The description of a key, `width4` included; undefined if no trial can have such a number. */
export function observedMetric(key: string): ObservedMetric | undefined {
  const fixed = byKey.get(key) ?? latencyMetric(key);
  if (fixed) return fixed;
  const match = stagePattern.exec(key);
  if (!match) return undefined;
  const [, base, stage] = match;
  const info = stageInfos[base as keyof typeof stageInfos];
  const { hint, unit } = described(info);
  return {
    ...parameter,
    kind: "stage",
    key,
    label: `${info.label.replace(/s$/, "")} of stage ${stage}`,
    symbol: info.symbol.replace(/_i$/, `_${stage}`),
    hint: hint.replace("stage i", `stage ${stage}`),
    unit,
  };
}

/** `latency.webgl.64`: measured of a trained network, on this device. */
function latencyMetric(key: string): ObservedMetric | undefined {
  const latency = parseLatencyKey(key);
  if (latency === undefined) return undefined;
  const { backend, batch } = latency;
  const images = batch === 1 ? "one image" : `${batch} images`;
  return {
    ...cost,
    key,
    label: `Latency, ${backend}, ${batch === 1 ? "1 image" : images}`,
    hint: `median time of ${images} on TF.js' ${backend} backend, on this device`,
    scale: "milliseconds",
  };
}

/** The key that a name stands for: itself, or a symbol of the papers (`w_0`, `d_2`). undefined if no trial has such. */
export function metricKey(name: string): string | undefined {
  if (observedMetric(name)) return name;
  const match = /^(.*)_([1-9]\d?)$/.exec(name);
  const perStage = stageKeys.find((key) => match && stageInfos[key].symbol === `${match[1]}_i`);
  if (perStage) return `${perStage}${match![2]}`;
  return fixedMetrics.find(({ symbol }) => symbol === name)?.key;
}

/** For messages: what a metric may be called. */
export const metricExamples = "error, flops, params, acts, depth, width4 and other metrics";

/** Metrics that at least one of these trials has, in the order of outcomes, costs, parameters, stages, settings. */
export function metricsOf(observations: Iterable<Observation>): ObservedMetric[] {
  const keys = new Set<string>();
  let any = false;
  for (const { values, error } of observations) {
    any = true;
    if (error !== null) keys.add("error");
    for (const key of Object.keys(values)) keys.add(key);
  }
  if (any) for (const key of ["fitError", "seed", "index"]) keys.add(key);
  const fixed = fixedMetrics.filter(({ key }) => keys.has(key));
  const stages = [...keys].flatMap((key) => {
    const metric = byKey.has(key) ? undefined : observedMetric(key);
    return metric ? [metric] : [];
  });
  stages.sort((a, b) => (a.key < b.key ? -1 : 1));
  const settings = fixed.filter(({ kind }) => kind === "setting");
  return [...fixed.filter(({ kind }) => kind !== "setting"), ...stages, ...settings];
}

/** A trial's number; undefined where it has none. */
export function metricValue(observation: Observation, key: string): number | undefined {
  switch (key) {
    case "error":
      return observation.error ?? undefined;
    case "seed":
      return observation.seed;
    case "index":
      return observation.index;
    case "fitError":
      return fitErrorOf(observation.spec);
    default:
      return Object.hasOwn(observation.values, key) ? observation.values[key] : undefined;
  }
}

/** One number a trial, in order. */
export function metricValues(observations: readonly Observation[], key: string): (number | undefined)[] {
  return observations.map((observation) => metricValue(observation, key));
}

const fitErrors = new WeakMap<NetworkSpec, number>();

/** e_fit of RegNet paper §3.3. A fit takes milliseconds: it is made once a network. */
function fitErrorOf(spec: NetworkSpec): number {
  const seen = fitErrors.get(spec);
  if (seen !== undefined) return seen;
  const { error } = fitWidths(blockWidths(spec));
  fitErrors.set(spec, error);
  return error;
}

function described({
  symbol,
  label,
  unit,
  help,
}: {
  symbol: string;
  label: string;
  unit: string;
  help: string;
}) {
  return { symbol, label, unit, hint: help };
}
