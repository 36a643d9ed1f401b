import { buildGraph } from "../../src/engine/graph/build.ts";
import { complexity } from "../../src/engine/network/complexity.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import type { KernelCall } from "../../src/engine/plan/calls.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import type { Batch } from "../../src/engine/runtime/executor.ts";
import type { WasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import type { RecordInfo } from "../../src/engine/runtime/wasm/lower/program.ts";
import type { RecordObserver } from "../../src/engine/runtime/wasm/session.ts";
import { initialState } from "../../src/engine/training/initialize.ts";

/** Training steps of one network on random images. */
export interface StepBench {
  readonly name: string;
  readonly megabytes: number;
  /** 2 per multiply-add; forward once, backward twice. */
  readonly flopsPerStep: number;
  /** Of a training step. */
  readonly calls: readonly KernelCall[];
  /** Runs steps for about `ms`; their times. */
  run(ms: number): Promise<number[]>;
  dispose(): void;
}

export async function prepareSteps(
  executor: WasmExecutor,
  spec: NetworkSpec,
  batchSize: number,
): Promise<StepBench> {
  const plan = compilePlan(buildGraph(spec), { batch: batchSize, optimizer: defaultOptimizer });
  const session = await executor.load(plan, initialState(plan, 1));
  const { height, width, channels } = plan.input;
  const noise = (i: number) => ((i * 7919) % 1000) / 500 - 1;
  const batch: Batch = {
    from: "values",
    images: Float32Array.from({ length: batchSize * height * width * channels }, (_, i) => noise(i)),
    targets: Float32Array.from({ length: batchSize * plan.classes }, (_, i) =>
      i % plan.classes === (7 * Math.floor(i / plan.classes)) % plan.classes ? 1 : 0,
    ),
  };
  return {
    name: spec.name ?? "network",
    megabytes: session.bytes / 2 ** 20,
    flopsPerStep: 6 * complexity(spec).flops * batchSize,
    calls: plan.train,
    async run(ms) {
      const times: number[] = [];
      const start = performance.now();
      while (performance.now() - start < ms || times.length < 3) {
        const from = performance.now();
        await session.step(batch, 0.01);
        times.push(performance.now() - from);
      }
      return times;
    },
    dispose: () => session.dispose(),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The least time of every record over all steps: on a busy machine the only figure that means the kernel. */
export class Profile {
  readonly #least = new Map<RecordInfo, number>();

  readonly observe: RecordObserver = (record, run) => {
    const from = performance.now();
    run();
    const ms = performance.now() - from;
    this.#least.set(record, Math.min(ms, this.#least.get(record) ?? ms));
  };

  /** Kernels or, `byLayer`, kernels of each layer of one network; the slowest first. */
  rows(calls: readonly KernelCall[], byLayer: boolean) {
    const rows = new Map<string, { ms: number; flops: number }>();
    let total = 0;
    for (const [{ kernel, call }, ms] of this.#least) {
      if (call === undefined || !calls.includes(call)) continue;
      const key = `${call.op} ${kernel}${byLayer ? ` ${call.label}` : ""}`;
      const row = rows.get(key) ?? { ms: 0, flops: 0 };
      row.ms += ms;
      row.flops += conv.has(kernel) ? convFlops(call) : 0;
      rows.set(key, row);
      total += ms;
    }
    return [...rows]
      .sort((a, b) => b[1].ms - a[1].ms)
      .map(([key, { ms, flops }]) => ({ key, ms, share: ms / total, gflops: flops / ms / 1e6 }));
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
