/**
 * Training steps of the panel on the wasm executor, in Node:
 *
 *     npx tsx bench/wasm/step.ts [--nets x3,x8] [--batch 64] [--build relaxed|simd] [--rows 4|6] [--rounds 5] [--profile]
 *
 * Networks take turns, so that a busy machine slows all of them. One JSON object per network; --profile adds the time
 * of every kernel (and, --layers, of every layer) of a step.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createWasmExecutor, type WasmExecutorOptions } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { panel, panelBatch } from "../panel.ts";
import { median, Profile, prepareSteps, type StepBench } from "./measure.ts";

const { values } = parseArgs({
  options: {
    nets: { type: "string" },
    batch: { type: "string", default: `${panelBatch}` },
    build: { type: "string", default: "auto" },
    rows: { type: "string" },
    rounds: { type: "string", default: "5" },
    slice: { type: "string", default: "400" },
    profile: { type: "boolean", default: false },
    layers: { type: "boolean", default: false },
  },
});

const profile = new Profile();
const profiling = values.profile || values.layers;
const executor = await createWasmExecutor({
  loadKernels: nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url))),
  build: values.build as NonNullable<WasmExecutorOptions["build"]>,
  ...(values.rows ? { tileRows: values.rows === "6" ? 6 : 4 } : {}),
  ...(profiling ? { observe: profile.observe } : {}),
});
process.stderr.write(`${executor.device}, tiles of ${executor.tileRows} rows\n`);

const specs = panel(values.nets?.split(","));
const benches = await Promise.all(specs.map((spec) => prepareSteps(executor, spec, Number(values.batch))));
for (const bench of benches) await bench.run(300);
const times = new Map(benches.map((bench) => [bench, [] as number[]]));
for (let round = 0; round < Number(values.rounds); round++)
  for (const bench of benches) {
    times.get(bench)?.push(...(await bench.run(Number(values.slice))));
  }
for (const [bench, all] of times) {
  const ms = median(all);
  const row = {
    net: bench.name,
    ms: round2(ms),
    msMin: round2(Math.min(...all)),
    steps: all.length,
    imagesPerSecond: Math.round((1000 * Number(values.batch)) / ms),
    gflops: round2(bench.flopsPerStep / ms / 1e6),
    megabytes: round2(bench.megabytes),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
  if (profiling) printProfile(bench);
}

function printProfile({ name, calls }: StepBench): void {
  for (const byLayer of values.layers ? [false, true] : [false])
    for (const { key, ms, share, gflops } of profile.rows(calls, byLayer).slice(0, 60))
      process.stderr.write(
        `${name}  ${ms.toFixed(3).padStart(8)} ms ${(100 * share).toFixed(1).padStart(5)} % ${gflops ? gflops.toFixed(1).padStart(6) : "      "}  ${key}\n`,
      );
}

function round2(value: number): number {
  return Math.round(100 * value) / 100;
}
