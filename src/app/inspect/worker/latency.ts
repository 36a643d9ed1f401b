import { medianOf, percentile } from "../../../engine/analysis/percentiles.ts";
import type { Latency } from "./protocol.ts";

export interface LatencyOptions {
  /** Runs before the first that counts: they compile shaders and fill caches. */
  readonly warmUp?: number;
  readonly minRuns?: number;
  readonly maxRuns?: number;
  /** Measuring ends after this time, once it has `minRuns`. */
  readonly budgetMs?: number;
  readonly now?: () => number;
}

/** Median and spread of the time of `run`, whose promise settles when its result is in memory. */
export async function measureLatency(
  run: () => Promise<void>,
  {
    warmUp = 2,
    minRuns = 5,
    maxRuns = 50,
    budgetMs = 1500,
    now = () => performance.now(),
  }: LatencyOptions = {},
): Promise<Latency> {
  for (let i = 0; i < warmUp; i++) await run();
  const times: number[] = [];
  const end = now() + budgetMs;
  while (times.length < minRuns || (times.length < maxRuns && now() < end)) {
    const start = now();
    await run();
    times.push(now() - start);
  }
  const ascending = Float64Array.from(times).sort();
  return {
    median: medianOf(ascending),
    spread: percentile(ascending, 75) - percentile(ascending, 25),
    runs: times.length,
  };
}
