import { buildGraph } from "../../src/engine/graph/build.ts";
import { complexity } from "../../src/engine/network/complexity.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import type { Batch } from "../../src/engine/runtime/executor.ts";
import type { WasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import type { RecordObserver } from "../../src/engine/runtime/wasm/session.ts";
import { initialState } from "../../src/engine/training/initialize.ts";

/** Training steps of one network on random images. */
export interface StepBench {
  readonly name: string;
  readonly megabytes: number;
  /** 2 per multiply-add; forward once, backward twice. */
  readonly flopsPerStep: number;
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

/** Adds up the time of records by kernel and by the layer they belong to. */
export class Profile {
  readonly #ms = new Map<string, number>();

  readonly observe: RecordObserver = ({ kernel, label }, run) => {
    const from = performance.now();
    run();
    const ms = performance.now() - from;
    for (const key of [kernel, `${label} ${kernel}`]) this.#ms.set(key, (this.#ms.get(key) ?? 0) + ms);
  };

  clear(): void {
    this.#ms.clear();
  }

  /** Kernels or, `byLayer`, layers with kernels; the slowest first. */
  rows(byLayer: boolean): { readonly key: string; readonly ms: number; readonly share: number }[] {
    const rows = [...this.#ms].filter(([key]) => key.includes(" ") === byLayer);
    const total = rows.reduce((sum, [, ms]) => sum + ms, 0);
    return rows.sort((a, b) => b[1] - a[1]).map(([key, ms]) => ({ key, ms, share: ms / total }));
  }
}
