import type { KernelCall } from "../plan/calls.ts";
import type { RecordInfo } from "../runtime/wasm/lower/program.ts";
import type { RecordObserver } from "../runtime/wasm/session.ts";

/** Time of one kernel, or of one kernel in one layer, in a step. */
export interface ProfileRow {
  /** Call and kernel, e.g. "conv2d gemm"; with the layer where asked. */
  readonly kernel: string;
  readonly ms: number;
  /** Of the time of all kernels. */
  readonly share: number;
  /** Of convolutions; 0 for the others. */
  readonly gflops: number;
  /** What a thread would wait on average for the one with the largest share, were each share a thread's. */
  readonly idle: number;
}

/** The least time of every share of every record over all steps: on a busy machine the only figure that means the kernel. */
export class Profile {
  readonly #least = new Map<RecordInfo, number[]>();
  /** Of all records so far. */
  kernelMs = 0;

  readonly observe: RecordObserver = (record, share, run) => {
    const from = performance.now();
    run();
    const ms = performance.now() - from;
    this.kernelMs += ms;
    const shares = this.#least.get(record) ?? [];
    shares[share] = Math.min(ms, shares[share] ?? ms);
    this.#least.set(record, shares);
  };

  /** Kernels or, `byLayer`, kernels of each layer of one network; the slowest first. */
  rows(calls: readonly KernelCall[], byLayer: boolean): ProfileRow[] {
    const rows = new Map<string, { ms: number; flops: number; idle: number }>();
    let total = 0;
    for (const [{ kernel, call }, shares] of this.#least) {
      if (call === undefined || !calls.includes(call)) continue;
      const ms = shares.reduce((sum, share) => sum + share, 0);
      const key = `${call.op} ${kernel}${byLayer ? ` ${call.label}` : ""}`;
      const row = rows.get(key) ?? { ms: 0, flops: 0, idle: 0 };
      row.ms += ms;
      row.idle += Math.max(...shares) - ms / shares.length;
      row.flops += conv.has(kernel) ? convFlops(call) : 0;
      rows.set(key, row);
      total += ms;
    }
    return [...rows]
      .sort((a, b) => b[1].ms - a[1].ms)
      .map(([kernel, { ms, flops, idle }]) => ({
        kernel,
        ms,
        share: ms / total,
        gflops: flops / ms / 1e6,
        idle,
      }));
  }
}

/** The kernels that do a convolution's multiply-adds; the others of its records move memory. */
const conv = new Set(
  ["gemm", "gemmFilterGrad", "tableConv", "tableFilterGrad"].concat([
    "depthwise",
    "depthwiseInputGrad",
    "depthwiseFilterGrad",
  ]),
);

/** 2 per multiply-add; 0 for calls that are no convolutions. */
export function convFlops(call: KernelCall): number {
  if (call.op !== "conv2d" && call.op !== "conv2dInputGrad" && call.op !== "conv2dFilterGrad") return 0;
  const { batch, outHeight, outWidth, kernel, channels, filters, groups } = call.attrs;
  return (2 * batch * outHeight * outWidth * kernel * kernel * channels * filters) / groups;
}
