import { writeFile } from "node:fs/promises";
import { findChromium } from "../../../scripts/chromium.mjs";
import { openGpuPage } from "../../../scripts/gpu-page.mjs";
import type { BenchRecord, StepProfile } from "../../engine/bench/bench-panel.ts";
import type { TunedAdapter } from "../../engine/bench/tune-adapter.ts";
import { percentText } from "../../engine/math/percent.ts";
import type { NetworkSpec } from "../../engine/network/spec.ts";
import { parseTileTable, type TileTable } from "../../engine/runtime/webgpu/tile-table.ts";
import { describeTiles } from "../../engine/runtime/webgpu/tiles.ts";
import type { RunControl } from "../../engine/runtime/worker/control.ts";
import { CliError } from "../failure.ts";
import { readJson } from "../input.ts";
import type { LiveLine } from "../live-line.ts";
import { printNote } from "../output.ts";
import type { GpuProgress } from "./page.ts";

export interface GpuBenchOptions {
  readonly specs: readonly NetworkSpec[];
  readonly batch: number;
  readonly steps: number;
  readonly profile: boolean;
  /** A file to write the adapter's fastest tiles to; they are used, too. */
  readonly tune?: string | undefined;
  /** A file that `tune` has written. */
  readonly tiles?: string | undefined;
  readonly control: RunControl;
  readonly live: LiveLine;
}

export interface GpuBenchResult {
  readonly records: readonly BenchRecord[];
  readonly profiles: readonly StepProfile[];
}

/** Times training steps on WebGPU, in a page of headless Chromium: Node has no WebGPU. */
export async function benchOnGpu(options: GpuBenchOptions): Promise<GpuBenchResult> {
  const { specs, batch, steps, control, live } = options;
  const given = options.tiles === undefined ? undefined : await readTable(options.tiles);
  if (findChromium() === undefined)
    throw new CliError(
      "--executor webgpu: runs in Chromium or Chrome, and none was found; install it, name one by CHROMIUM_PATH, or take --executor wasm",
    );
  live.show("starting Chromium");
  const { page, close } = await openGpuPage(new URL("./page.ts", import.meta.url), { signals: "ours" });
  try {
    await page.exposeFunction("gpuProgress", (progress: GpuProgress) => {
      live.show(progressText(progress));
      return control.stopped;
    });
    live.show("opening the adapter");
    const { device, adapter, note } = await page.evaluate(() => globalThis.gpuTool.open());
    live.clear();
    printNote(device);
    if (note !== undefined) printNote(note);
    if (given !== undefined && given.adapter !== adapter)
      throw new CliError(
        `--tiles ${options.tiles}: measured on "${given.adapter}"; this is "${adapter}". Tune it with --tune`,
      );
    let tiles = given?.tiles;
    if (options.tune !== undefined) {
      const tuned: TunedAdapter | undefined = await page.evaluate(() => globalThis.gpuTool.tune());
      live.clear();
      if (tuned === undefined) return { records: [], profiles: [] };
      const table: TileTable = { version: 1, adapter, tiles: tuned.tiles };
      await writeFile(
        options.tune,
        `${JSON.stringify({ ...table, times: tuned.times, steps: tuned.steps }, undefined, 2)}\n`,
      );
      printNote(`${describeTiles(tuned.tiles)}; written to ${options.tune}`);
      tiles = tuned.tiles;
    }
    const settings = { specs, batch, steps, tiles };
    const records = await page.evaluate((given) => globalThis.gpuTool.bench(given), settings);
    const stepMs = records.map(({ msMin }) => msMin);
    const profiles =
      options.profile && !control.stopped
        ? await page.evaluate(([given, ms]) => globalThis.gpuTool.profile(given, ms), [
            settings,
            stepMs,
          ] as const)
        : [];
    return { records, profiles };
  } finally {
    await close();
  }
}

async function readTable(path: string): Promise<TileTable> {
  return parseTileTable(await readJson(path), path);
}

function progressText(progress: GpuProgress): string {
  if ("tuned" in progress) return `tuning: ${percentText(progress.tuned, 0)}`;
  return `round ${progress.round + 1} of ${progress.rounds}, ${progress.net}`;
}
