import { Profile } from "../../src/engine/bench/profile.ts";
import { median, prepareSteps, type TrainingSteps } from "../../src/engine/bench/training-steps.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "../../src/engine/runtime/wasm/executor.ts";
import type { LoadKernels } from "../../src/engine/runtime/wasm/kernels.ts";

/** What both the Node and the browser bench are told; plain data, so that it can cross into a page. */
export interface StepSettings {
  readonly specs: readonly NetworkSpec[];
  readonly batch: number;
  readonly build: NonNullable<WasmExecutorOptions["build"]>;
  readonly tileRows?: 4 | 6;
  readonly rounds: number;
  /** ms per network and round. */
  readonly slice: number;
  readonly profile: "none" | "kernels" | "layers";
}

/** Times training steps of several networks, which take turns, so that a busy machine slows all of them. */
export async function runSteps(loadKernels: LoadKernels, settings: StepSettings): Promise<string[]> {
  const profile = new Profile();
  const executor = await createWasmExecutor({
    loadKernels,
    build: settings.build,
    ...(settings.tileRows ? { tileRows: settings.tileRows } : {}),
    ...(settings.profile === "none" ? {} : { observe: profile.observe }),
  });
  const benches = [];
  for (const spec of settings.specs)
    benches.push({ spec, steps: await prepareSteps(executor, spec, settings.batch), times: [] as number[] });
  for (const { steps } of benches) await runFor(steps, 300);
  for (let round = 0; round < settings.rounds; round++)
    for (const { steps, times } of benches) times.push(...(await runFor(steps, settings.slice)));

  const lines = [`${executor.device}, tiles of ${executor.tileRows} rows`];
  for (const { spec, steps, times } of benches) {
    const ms = median(times);
    const row = {
      net: spec.name,
      ms: round2(ms),
      msMin: round2(Math.min(...times)),
      steps: times.length,
      imagesPerSecond: Math.round((1000 * settings.batch) / ms),
      gflops: round2(steps.flopsPerStep / ms / 1e6),
      megabytes: round2(steps.arenaBytes / 2 ** 20),
    };
    lines.push(JSON.stringify(row));
    if (settings.profile !== "none")
      for (const row of profile.rows(steps.plan.train, settings.profile === "layers")) {
        const { kernel, ms, share, gflops } = row;
        lines.push(
          `${spec.name} ${ms.toFixed(3).padStart(9)} ms ${(100 * share).toFixed(1).padStart(5)} % ${
            gflops ? gflops.toFixed(1).padStart(6) : "      "
          }  ${kernel}`,
        );
      }
  }
  await executor.dispose();
  return lines;
}

/** Times of the steps of about `ms` milliseconds, three at least. */
async function runFor(steps: TrainingSteps, ms: number): Promise<number[]> {
  const times: number[] = [];
  const start = performance.now();
  while (performance.now() - start < ms || times.length < 3) times.push(await steps.timeStep());
  return times;
}

function round2(value: number): number {
  return Math.round(100 * value) / 100;
}
