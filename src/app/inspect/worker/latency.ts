import { medianOf, percentile } from "../../../engine/analysis/percentiles.ts";
import type { Latency } from "./protocol.ts";

export interface LatencyOptions {
  /** Runs before the first that counts: they compile shaders and fill caches. */
  readonly warmUp?: number;
  readonly minRuns?: number;
  readonly maxRuns?: number;
  /** Measuring ends after this time, once it has `minRuns`. */
  readonly budgetMs?: number;
  /** It ends after this time, warm-up included, once it has a single run: where one takes seconds. */
  readonly patienceMs?: number;
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
    patienceMs = 6000,
    now = () => performance.now(),
  }: LatencyOptions = {},
): Promise<Latency> {
  const lastEnd = now() + patienceMs;
  for (let i = 0; i < warmUp && (i === 0 || now() < lastEnd); i++) await run();
  const times: number[] = [];
  const end = now() + budgetMs;
  const wanted = () => times.length < minRuns || (times.length < maxRuns && now() < end);
  while (times.length === 0 || (wanted() && now() < lastEnd)) {
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
