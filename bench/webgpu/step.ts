/**
 * Training steps of the panel on the WebGPU executor in headless Chromium, on whatever adapter it finds:
 *
 *     npx tsx bench/webgpu/step.ts [--nets x1,x3] [--batch 4] [--steps 3] [--tiles tiles.json]
 *
 * One JSON object a network. `tiles`: what tune.ts has found.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openGpuPage } from "../../scripts/gpu-page.mjs";
import { pickEntries } from "../../src/engine/bench/panel.ts";
import { ownPanel } from "../panel.ts";
import type { Tuned } from "./tune-page.ts";

const { values } = parseArgs({
  options: {
    nets: { type: "string" },
    batch: { type: "string", default: "4" },
    steps: { type: "string", default: "3" },
    tiles: { type: "string" },
  },
});
const specs = pickEntries(ownPanel(), values.nets?.split(",")).map(({ spec }) => spec);
const tiles =
  values.tiles === undefined ? undefined : (JSON.parse(readFileSync(values.tiles, "utf8")) as Tuned).tiles;
const { page, close } = await openGpuPage(new URL("./page.ts", import.meta.url));
try {
  const rows = await page.evaluate(
    ([nets, batch, steps, tiles]) => globalThis.gpuBench(nets, batch, steps, tiles),
    [specs, Number(values.batch), Number(values.steps), tiles] as const,
  );
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
} finally {
  await close();
}
