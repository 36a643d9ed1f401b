import type { Finding } from "../../../engine/analysis/finding.ts";
import type { TrendFit } from "../../../engine/analysis/trend-fit.ts";

/** A power law of flops in words, or why there is none. */
export function fitText(symbol: string, fit: Finding<TrendFit>): string {
  if (!fit.found) return fit.message;
  const { slope, r2, n, confidence } = fit.value;
  const interval = `${Math.round(100 * confidence)}%: ${exponent(slope.low)} to ${exponent(slope.high)}`;
  return `${symbol.replace("_", "")} ~ FLOPs^${exponent(slope.value)} (${interval}), R² ${r2.toFixed(2)}, n = ${n}`;
}

/** Two digits, a minus for what is below zero by them. */
function exponent(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) > 0 ? `−${text}` : text;
}
