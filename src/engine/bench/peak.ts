import type { KernelCall } from "../plan/calls.ts";
import type { Executor } from "../runtime/executor.ts";
import { runSingleCalls } from "./single-calls.ts";

/** A product that stays in the second-level cache: 0.3 ms on one core, far above the cost of a call. */
const side = 32;
const depth = 128;
const columns = 128;
const call: KernelCall = {
  op: "conv2d",
  label: "peak",
  in: { x: 0, filters: 1 },
  out: { y: 2 },
  update: {},
  attrs: {
    ...{ batch: 1, height: side, width: side, channels: depth, filters: columns, kernel: 1, stride: 1 },
    ...{ padding: 0, groups: 1, outHeight: side, outWidth: side },
  },
};

/**
 * GFLOP/s (2 per multiply-add) of the executor's own matrix product at its best: a practical measure of the core's
 * multiply-add peak, within a few percent of what registers alone reach (bench/README.md). The best of about `ms`.
 */
export async function measurePeak(executor: Executor, ms: number): Promise<number> {
  const rows = side * side;
  const least = await runSingleCalls(executor, call, [rows * depth, depth * columns, rows * columns], ms);
  return (2 * rows * depth * columns) / least / 1e6;
}
