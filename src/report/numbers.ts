import { formatMetric } from "../charts/metric.ts";
import type { Estimate } from "../engine/analysis/trend-fit.ts";
import { type ObservedMetric, observedMetric } from "../engine/analysis/trials/metrics.ts";

/** A trial's number as charts write it. */
export function metricText(key: string, value: number | undefined): string {
  const metric = observedMetric(key);
  return formatMetric(metric ?? { scale: "plain", unit: "" }, value);
}

/** "w_a, slope" or "FLOPs": how a table names a metric. */
export function metricName(key: string): string {
  const metric: ObservedMetric | undefined = observedMetric(key);
  if (metric === undefined) return key;
  return metric.symbol === undefined ? metric.label : `${metric.label} ${plainSymbol(metric.symbol)}`;
}

/** w_0 → w₀ where there is such a letter; else as it is. */
function plainSymbol(symbol: string): string {
  const [base, below] = symbol.split("_");
  if (below === undefined) return symbol;
  const letters = [...below].map((letter) => subscripts[letter]);
  return letters.includes(undefined) ? symbol : `${base}${letters.join("")}`;
}

const subscripts: Readonly<Record<string, string>> = {
  ...Object.fromEntries([..."0123456789"].map((digit, i) => [digit, "₀₁₂₃₄₅₆₇₈₉"[i]!])),
  a: "ₐ",
  m: "ₘ",
};

export function errorText(value: number): string {
  return metricText("error", value);
}

export function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

export function signed(value: number): string {
  return value < 0 ? `−${Math.abs(value).toFixed(2)}` : value.toFixed(2);
}

/** 0.49 [0.40, 0.58] */
export function estimateText({ value, low, high }: Estimate): string {
  return `${signed(value)} [${signed(low)}, ${signed(high)}]`;
}
