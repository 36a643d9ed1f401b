import { formatPercent, trim } from "../format.ts";
import { formatMetric, type Metric } from "../metric.ts";
import { linearTicks, logTicks, niceDomain } from "../ticks.ts";

/** An axis: where a value lies between its ends, and what its ticks say. Knows no pixels. */
export interface Axis {
  readonly label: string;
  readonly scale: "linear" | "log";
  /** from < to. */
  readonly domain: readonly [from: number, to: number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
  /** 0 at `from`, 1 at `to`. */
  readonly place: (value: number) => number;
  /** The inverse of `place`. */
  readonly value: (place: number) => number;
}

export interface AxisRequest {
  readonly metric: Pick<Metric, "label" | "scale" | "unit">;
  readonly scale?: "linear" | "log" | undefined;
  /** Ends as they are; undefined: round numbers around `values`. */
  readonly domain?: readonly [from: number, to: number] | undefined;
  readonly values: Iterable<number>;
  /** About how many ticks. */
  readonly count: number;
  /** Ticks as they are; undefined: round numbers. */
  readonly ticks?: readonly number[] | undefined;
}

/** Values that an axis of this scale can show. */
export function showable(scale: "linear" | "log" | undefined, value: number): boolean {
  return Number.isFinite(value) && (scale !== "log" || value > 0);
}

export function createAxis(request: AxisRequest): Axis {
  const { metric, scale = "linear", domain, values, count } = request;
  const [from, to] = domain ?? roundDomain(scale, extent(scale, values), count);
  const ticks = request.ticks ?? (scale === "log" ? logTicks(from, to, count) : linearTicks(from, to, count));
  const [a, b] = scale === "log" ? [Math.log(from), Math.log(to)] : [from, to];
  return {
    label: metric.label,
    scale,
    domain: [from, to],
    ticks,
    format: tickFormat(metric, ticks),
    place: (value) => ((scale === "log" ? Math.log(value) : value) - a) / (b - a),
    value: (place) => {
      const at = a + place * (b - a);
      return scale === "log" ? Math.exp(at) : at;
    },
  };
}

function extent(scale: "linear" | "log", values: Iterable<number>): [number, number] | undefined {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!showable(scale, value)) continue;
    if (value < lo) lo = value;
    if (value > hi) hi = value;
  }
  return lo <= hi ? [lo, hi] : undefined;
}

/** Room around the marks; an axis of equal values, or of none, still has two ends. */
function roundDomain(
  scale: "linear" | "log",
  ends: [number, number] | undefined,
  count: number,
): readonly [number, number] {
  if (ends === undefined) return scale === "log" ? [1, 10] : [0, 1];
  const [lo, hi] = ends;
  if (scale === "log") {
    const room = (hi / lo) ** 0.04 * (hi > lo ? 1 : 1.3);
    return [lo / room, hi * room];
  }
  const half = hi > lo ? 0.02 * (hi - lo) : 0.1 * Math.abs(lo) || 0.5;
  const [from, to] = niceDomain(lo - half, hi + half, 2 * count);
  // Nothing that is shown is negative unless some value is.
  return [lo >= 0 ? Math.max(0, from) : from, to];
}

/** Ticks are told with as many digits as tell them apart, and no more. */
function tickFormat(
  metric: Pick<Metric, "scale" | "unit">,
  ticks: readonly number[],
): (value: number) => string {
  if (metric.scale === "percent") {
    const digits = [0, 1, 2].find((each) =>
      ticks.every((tick) => Math.abs(10 ** each * 100 * tick - Math.round(10 ** each * 100 * tick)) < 1e-6),
    );
    return (value) => formatPercent(value, digits ?? 3);
  }
  if (metric.scale === "plain") return (value) => trim(value, 4);
  return (value) =>
    formatMetric(metric, value)
      .replace(/(\.\d*?)0+(?=\D|$)/, "$1")
      .replace(/\.(?=\D|$)/, "");
}
