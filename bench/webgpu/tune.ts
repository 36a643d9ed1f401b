/**
 * The fastest tiles on whatever adapter headless Chromium finds, as JSON on standard output; step.ts takes it back.
 *
 *     npx tsx bench/webgpu/tune.ts > tiles.json
 *     npx tsx bench/webgpu/step.ts --tiles tiles.json
 */
import { openGpuPage } from "../../scripts/gpu-page.mjs";

const { page, close } = await openGpuPage(new URL("./tune-page.ts", import.meta.url));
try {
  const tuned = await page.evaluate(() => globalThis.gpuTune());
  process.stdout.write(`${JSON.stringify(tuned, undefined, 2)}\n`);
} finally {
  await close();
}
