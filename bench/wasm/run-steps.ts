import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "../../src/engine/runtime/wasm/executor.ts";
import type { LoadKernels } from "../../src/engine/runtime/wasm/kernels.ts";
import { median, Profile, prepareSteps } from "./measure.ts";

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
  for (const spec of settings.specs) benches.push(await prepareSteps(executor, spec, settings.batch));
  for (const bench of benches) await bench.run(300);
  const times = new Map(benches.map((bench) => [bench, [] as number[]]));
  for (let round = 0; round < settings.rounds; round++)
    for (const bench of benches) times.get(bench)?.push(...(await bench.run(settings.slice)));

  const lines = [`${executor.device}, tiles of ${executor.tileRows} rows`];
  for (const [bench, all] of times) {
    const ms = median(all);
    const row = {
      net: bench.name,
      ms: round2(ms),
      msMin: round2(Math.min(...all)),
      steps: all.length,
      imagesPerSecond: Math.round((1000 * settings.batch) / ms),
      gflops: round2(bench.flopsPerStep / ms / 1e6),
      megabytes: round2(bench.megabytes),
    };
    lines.push(JSON.stringify(row));
    if (settings.profile !== "none")
      for (const { key, ms, share, gflops } of profile.rows(bench.calls, settings.profile === "layers"))
        lines.push(
          `${bench.name} ${ms.toFixed(3).padStart(9)} ms ${(100 * share).toFixed(1).padStart(5)} % ${
            gflops ? gflops.toFixed(1).padStart(6) : "      "
          }  ${key}`,
        );
  }
  await executor.dispose();
  return lines;
}

function round2(value: number): number {
  return Math.round(100 * value) / 100;
}
