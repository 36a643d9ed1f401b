import { Profile } from "../../src/engine/bench/profile.ts";
import { median, prepareSteps, type TrainingSteps } from "../../src/engine/bench/training-steps.ts";
import { percentText } from "../../src/engine/math/percent.ts";
import type { NetworkSpec } from "../../src/engine/network/spec.ts";
import type { Plan } from "../../src/engine/plan/plan.ts";
import {
  createWasmExecutor,
  type WasmExecutor,
  type WasmExecutorOptions,
} from "../../src/engine/runtime/wasm/executor.ts";
import type { LoadKernels } from "../../src/engine/runtime/wasm/kernels.ts";
import type { ThreadHost } from "../../src/engine/runtime/wasm/thread-host.ts";

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
  /** Thread counts that take turns. */
  readonly threads: readonly number[];
  /** With a profile: cuts every record into so many shares, and tells how long threads would wait for the largest. */
  readonly shares: number;
}

/**
 * Times training steps of several networks on several numbers of threads. They take turns, so that a busy machine slows
 * all of them.
 */
export async function runSteps(
  loadKernels: LoadKernels,
  host: ThreadHost,
  settings: StepSettings,
): Promise<string[]> {
  const profile = new Profile();
  const profiled = settings.profile !== "none";
  const executors: WasmExecutor[] = [];
  for (const threads of settings.threads)
    executors.push(
      await createWasmExecutor({
        loadKernels,
        build: settings.build,
        threads,
        host,
        // Both are to walk the same tiles.
        ...tiles(settings.tileRows ?? executors[0]?.tileRows),
        ...(profiled ? { observe: profile.observe, shares: settings.shares } : {}),
      }),
    );
  const lines = executors.map(
    ({ device, note, tileRows }) => `${device}, tiles of ${tileRows} rows${note ? ` (${note})` : ""}`,
  );
  const rows = [];
  for (const spec of settings.specs) {
    const sides = [];
    for (const executor of executors) sides.push(await prepareSteps(executor, spec, settings.batch));
    for (const bench of sides) await runFor(bench, 300);
    rows.push(sides.map((bench) => ({ spec, bench, times: [] as number[] })));
  }
  for (let round = 0; round < settings.rounds; round++)
    for (const sides of rows)
      for (const { bench, times } of sides) times.push(...(await runFor(bench, settings.slice)));

  for (const sides of rows) {
    const first = median(sides[0]?.times ?? []);
    sides.forEach(({ spec, bench, times }, i) => {
      const ms = median(times);
      const row = {
        net: spec.name,
        threads: settings.threads[i],
        ms: round2(ms),
        msMin: round2(Math.min(...times)),
        ...(i === 0 ? {} : { ratio: round2(first / ms) }),
        steps: times.length,
        imagesPerSecond: Math.round((1000 * settings.batch) / ms),
        gflops: round2(bench.flopsPerStep / ms / 1e6),
        megabytes: round2(bench.arenaBytes / 2 ** 20),
      };
      lines.push(JSON.stringify(row));
      if (profiled) lines.push(...profileLines(profile, spec.name ?? "network", bench.plan, settings));
    });
  }
  for (const executor of executors) await executor.dispose();
  return lines;
}

function tiles(tileRows: 4 | 6 | undefined) {
  return tileRows === undefined ? {} : { tileRows };
}

function profileLines(
  profile: Profile,
  net: string,
  plan: Plan,
  { profile: kind, shares }: StepSettings,
): string[] {
  const rows = profile.rows(plan.train, kind === "layers");
  const total = (value: (row: (typeof rows)[number]) => number) =>
    rows.reduce((sum, row) => sum + value(row), 0);
  const idle = total((row) => row.idle);
  const lines = rows.map(({ kernel, ms, share, gflops, idle }) =>
    [
      net,
      `${ms.toFixed(3).padStart(9)} ms`,
      percentText(share).padStart(6),
      gflops ? gflops.toFixed(1).padStart(6) : "      ",
      ...(shares > 1 ? [`idle ${idle.toFixed(3).padStart(6)} ms`] : []),
      ` ${kernel}`,
    ].join(" "),
  );
  if (shares > 1) {
    const busy = total((row) => row.ms) / shares;
    lines.push(
      `${net} ${shares} even shares: ${busy.toFixed(2)} ms, waiting for the largest ${idle.toFixed(2)} ms`,
    );
  }
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
