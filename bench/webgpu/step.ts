/**
 * Training steps of the panel on the WebGPU executor in headless Chromium, on whatever adapter it finds:
 *
 *     npx tsx bench/webgpu/step.ts [--nets x1,x3] [--batch 4] [--steps 3]
 *
 * One JSON object a network.
 */
import { parseArgs } from "node:util";
import { pickEntries } from "../../src/engine/bench/panel.ts";
import { openPage } from "../../test/cross-executor/webgpu/browser.ts";
import { ownPanel } from "../panel.ts";

const { values } = parseArgs({
  options: {
    nets: { type: "string" },
    batch: { type: "string", default: "4" },
    steps: { type: "string", default: "3" },
  },
});
const specs = pickEntries(ownPanel(), values.nets?.split(",")).map(({ spec }) => spec);
const { page, close } = await openPage(new URL("./page.ts", import.meta.url));
try {
  const rows = await page.evaluate(([nets, batch, steps]) => globalThis.gpuBench(nets, batch, steps), [
    specs,
    Number(values.batch),
    Number(values.steps),
  ] as const);
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
} finally {
  await close();
}
