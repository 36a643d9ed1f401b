import { observedMetric } from "../engine/analysis/trials/metrics.ts";
import { percentText } from "../engine/math/percent.ts";

/** 2,345,678 → "2.35 M". */
export function millions(value: number): string {
  return `${(value / 1e6).toFixed(2)} M`;
}

/** 75,000 → "1 min 15 s". */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number of a trial as its metric is read: 2.35 M, 9.3%, 6.0 s, 12.3. */
export function metricText(key: string, value: number): string {
  switch (observedMetric(key)?.scale) {
    case "percent":
      return percentText(value);
    case "milliseconds":
      return duration(value);
    case "si":
      return siText(value);
    default:
      return String(Number(value.toPrecision(3)));
  }
}

/** 2,345,678 → "2.35 M". */
function siText(value: number): string {
  const [factor, prefix] =
    value >= 1e9 ? [1e9, " G"] : value >= 1e6 ? [1e6, " M"] : value >= 1e3 ? [1e3, " k"] : [1, ""];
  return `${Number((value / factor).toPrecision(3))}${prefix}`;
}
