/**
 * Times of the charts in Chromium: new rows of an EDF of 10 × 2,000 trials, and a brush over 5,000 points.
 * `node bench/charts/run.mjs` builds the page for production (React's development build is several times slower), serves
 * it on port PORT or 4282, prints and checks nothing.
 */
import { chromium } from "@playwright/test";
import react from "@vitejs/plugin-react";
import { build, preview } from "vite";
import { findChromium } from "../../scripts/chromium.mjs";

const port = Number(process.env.PORT ?? 4282);
const config = /** @type {const} */ ({
  configFile: false,
  root: "bench/charts",
  logLevel: "warn",
  build: { outDir: "../../.cache/bench-charts", emptyOutDir: true },
  preview: { port, strictPort: true },
});
await build({ ...config, plugins: [react()] });
const server = await preview(config);

const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath !== undefined && { executablePath }),
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
const page = await browser.newPage({ viewport: { width: 1000, height: 1100 } });
await page.goto(`http://localhost:${port}/`);
await page.waitForSelector("#scatter canvas");

/** @param {string} name @param {number[]} times */
function print(name, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (/** @type {number} */ share) =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  const over = times.filter((time) => time > 25).length;
  process.stdout.write(
    `${name}: least ${at(0)}, median ${at(0.5)}, 95% ${at(0.95)}, most ${at(1)} ms; ${over} of ${times.length} over 25 ms\n`,
  );
}

await page.evaluate("benchmark.edfUpdates(10)");
print("EDF 10 × 2,000, new rows to layout", await page.evaluate("benchmark.edfUpdates(60)"));

const box = await page.locator("#scatter [role=slider]").boundingBox();
if (box === null) throw new Error("the scatter has no place to brush");
const drag = async (/** @type {number} */ steps) => {
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.95 * box.width, box.y + 0.9 * box.height, { steps });
  await page.mouse.up();
};
await drag(40);
await page.evaluate("window.frames_ = benchmark.watchFrames(); undefined");
await drag(150);
print("brush over 5,000 points, frame to frame", await page.evaluate("window.frames_.stop()"));
process.stdout.write(`selected: ${await page.locator("#scatter").getAttribute("data-selected")}\n`);
await browser.close();
await server.close();
