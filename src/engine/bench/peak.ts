import type { KernelCall } from "../plan/calls.ts";
import type { Executor } from "../runtime/executor.ts";
import { runSingleCalls } from "./single-calls.ts";

interface Product {
  readonly images: number;
  readonly side: number;
  readonly depth: number;
  readonly columns: number;
}

/** A product that stays in a core's second-level cache: 0.3 ms on one core, far above the cost of a call. */
const small: Product = { images: 1, side: 32, depth: 128, columns: 128 };
/** 2 GFLOP, enough for all the units of a GPU that does the small one in no time. */
const large: Product = { images: 16, side: 32, depth: 256, columns: 256 };
const fastMs = 1;

/**
 * GFLOP/s (2 per multiply-add) of the executor's own matrix product at its best: a practical measure of the core's
 * multiply-add peak, up to a tenth below what registers alone reach (bench/README.md). The best of about `ms`.
 */
export async function measurePeak(executor: Executor, ms: number): Promise<number> {
  const first = await measure(executor, small, ms);
  if (executor.kind !== "webgpu" || first.ms > fastMs) return first.gflops;
  return Math.max(first.gflops, (await measure(executor, large, ms)).gflops);
}

async function measure(
  executor: Executor,
  { images, side, depth, columns }: Product,
  ms: number,
): Promise<{ readonly ms: number; readonly gflops: number }> {
  const rows = images * side * side;
  const call: KernelCall = {
    op: "conv2d",
    label: "peak",
    in: { x: 0, filters: 1 },
    out: { y: 2 },
    update: {},
    attrs: {
      ...{
        batch: images,
        height: side,
        width: side,
        channels: depth,
        filters: columns,
        kernel: 1,
        stride: 1,
      },
      ...{ padding: 0, groups: 1, outHeight: side, outWidth: side },
    },
  };
  const { ms: least } = await runSingleCalls(
    executor,
    call,
    [rows * depth, depth * columns, rows * columns],
    ms,
  );
  return { ms: least, gflops: (2 * rows * depth * columns) / least / 1e6 };
}
