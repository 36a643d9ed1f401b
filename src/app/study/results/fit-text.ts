import type { Finding } from "../../../engine/analysis/finding.ts";
import type { TrendFit } from "../../../engine/analysis/trend-fit.ts";

/** A power law of flops in words, or why there is none. */
export function fitText(symbol: string, fit: Finding<TrendFit>): string {
  if (!fit.found) return fit.message;
  const { slope, r2, n, confidence } = fit.value;
  const interval = `${Math.round(100 * confidence)}%: ${slope.low.toFixed(2)} to ${slope.high.toFixed(2)}`;
  return `${symbol.replace("_", "")} ~ FLOPs^${slope.value.toFixed(2)} (${interval}), R² ${r2.toFixed(2)}, n = ${n}`;
}
