import { mkdirSync, statSync } from "node:fs";
import { findChromium } from "./chromium.mjs";
import { at } from "./paths.mjs";

/**
 * The README's pictures, of a study that is really trained: `node scripts/screenshots.mjs` builds the page, runs the study
 * below in Chromium (some minutes) and writes docs/screenshot-*.png. Another study: give its address, "#/study?v=1&…".
 */
const study =
  process.argv[2] ??
  "#/study?v=1&name=From+AnyNet+to+RegNet&seed=7&p=name:AnyNetXA,space:anynetxa,count:16,flops:1M..2M&p=name:AnyNetXE,space:anynetxe,count:16,flops:1M..2M&p=name:RegNetX,space:regnetx,count:16,flops:1M..2M";

const pictures = /** @type {const} */ ([
  { name: "light", width: 1440, height: 900, colorScheme: "light" },
  { name: "dark", width: 1440, height: 900, colorScheme: "dark" },
  { name: "phone-light", width: 390, height: 844, colorScheme: "light" },
  { name: "phone-dark", width: 390, height: 844, colorScheme: "dark" },
]);

const mostBytes = 300_000;

const { build, preview } = await import("vite");
const { chromium } = await import("@playwright/test");

await build({ root: at("."), logLevel: "warn" });
const server = await preview({ root: at("."), preview: { port: 4289, strictPort: true } });
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(`http://localhost:4289/${study}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  process.stderr.write("Training …\n");
  await page.getByRole("button", { name: "Change the set-up" }).waitFor({ timeout: 3_600_000 });
  // A RegNet shows the line its widths follow.
  await page.getByRole("grid").locator("tbody tr").filter({ hasText: "RegNet" }).first().click();
  await page.getByRole("grid").evaluate((table) => table.parentElement?.scrollTo(0, 0));
  await page.mouse.move(0, 0);
  mkdirSync(at("docs"), { recursive: true });
  for (const { name, width, height, colorScheme } of pictures) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    // Charts follow the new size and the theme its transition.
    await page.waitForTimeout(1_000);
    const path = at(`docs/screenshot-${name}.png`);
    await page.screenshot({ path });
    const { size } = statSync(path);
    process.stderr.write(`${path}: ${size} bytes\n`);
    if (size > mostBytes)
      throw new Error(`${path} has ${size} bytes; at most ${mostBytes} belong in a repository`);
  }
} finally {
  await browser.close();
  await server.close();
}
