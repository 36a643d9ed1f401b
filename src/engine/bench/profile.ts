import type { KernelCall } from "../plan/calls.ts";
import type { KernelTime } from "../runtime/executor.ts";
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

const mostRepeats = 500;

/** The least time of every share of every record over all steps: on a busy machine the only figure that means the kernel. */
export class Profile {
  readonly #least = new Map<RecordInfo, number[]>();
  readonly #repeatMs: number;
  /** Of all records so far. */
  kernelMs = 0;

  /**
   * @param repeatMs every kernel is repeated for so long, where the clock has coarse steps, as browsers' have. Updates are
   * repeated, too: what the network learns then means nothing. 0: each runs once.
   */
  constructor(repeatMs = 0) {
    this.#repeatMs = repeatMs;
  }

  readonly observe: RecordObserver = (record, share, run) => {
    const ms = this.#time(run);
    this.kernelMs += ms;
    const shares = this.#least.get(record) ?? [];
    shares[share] = Math.min(ms, shares[share] ?? ms);
    this.#least.set(record, shares);
  };

  #time(run: () => void): number {
    for (let repeats = 1; ; repeats *= 4) {
      const from = performance.now();
      for (let i = 0; i < repeats; i++) run();
      const ms = performance.now() - from;
      if (ms >= this.#repeatMs || repeats >= mostRepeats) return ms / repeats;
    }
  }

  /** Of every record of these calls, its shares one after the other. */
  times(calls: readonly KernelCall[]): KernelTime[] {
    return [...this.#least].flatMap(([{ kernel, call }, shares]) =>
      call !== undefined && calls.includes(call)
        ? [{ call, kernel, ms: shares.reduce((sum, ms) => sum + ms, 0) }]
        : [],
    );
  }

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
