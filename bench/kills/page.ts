import { parseArgs } from "node:util";
import type { BrowserContext, Page } from "@playwright/test";
import { createRng } from "../../src/engine/math/rng.ts";
import { encodeStudy } from "../../src/engine/sweep/study-url.ts";
import type { Trial } from "../../src/engine/sweep/trial.ts";
import { openBuiltPage } from "../built-page.ts";
import { differing, moments, networks, print, study } from "./kills.ts";

/**
 * The page killed at random moments over a whole study of 40 networks: its worker (the study must go on by itself), its
 * tab closed, its process crashed (the page is opened again and Resume is pressed), beside a run that nobody kills: do the
 * records differ? Status 1 if they do.
 * `npm run build && npx tsx bench/kills/page.ts [--kills 12] [--seed 1] [--dist dist]`
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    dist: { type: "string", default: "dist" },
  },
});
const kinds = ["worker", "tab", "crash"] as const;

const { browser, url, close } = await openBuiltPage({ outDir: values.dist });
const address = `${url}#/study?${encodeStudy(study)}`;

async function open(context: BrowserContext, button: "Run" | "Resume"): Promise<Page> {
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole("button", { name: button, exact: true }).click();
  return page;
}

async function recorded(page: Page): Promise<number> {
  const text = await page.getByRole("region", { name: "Run" }).getByRole("status").first().innerText();
  return Number.parseInt(text, 10);
}

async function until(page: Page, trials: number): Promise<void> {
  while ((await recorded(page)) < trials) await page.waitForTimeout(20);
}

const recordsIn = (page: Page): Promise<Trial[]> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("designscape");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction("trials").objectStore("trials").getAll();
          reading.onsuccess = () => resolve(reading.result);
        };
      }),
  );

async function kill(page: Page, kind: (typeof kinds)[number]): Promise<Page> {
  const context = page.context();
  switch (kind) {
    case "worker": {
      const worker = page.workers().find((each) => each.url().includes("sweep-worker"));
      // No answer comes from one that is gone.
      await worker?.evaluate(() => self.close()).catch(() => {});
      return page;
    }
    case "tab":
      await page.close();
      break;
    case "crash": {
      const session = await context.newCDPSession(page);
      const crashed = page.waitForEvent("crash");
      void session.send("Page.crash").catch(() => {});
      await crashed;
      await page.close();
      break;
    }
  }
  return open(context, "Resume");
}

try {
  const context = await browser.newContext();
  const undisturbed = await open(context, "Run");
  await until(undisturbed, networks);
  const wanted = await recordsIn(undisturbed);
  await context.close();

  const rng = createRng(Number(values.seed), "kinds");
  const done = { worker: 0, tab: 0, crash: 0 };
  let page = await open(await browser.newContext(), "Run");
  for (const { trials, later } of moments(Number(values.kills), Number(values.seed))) {
    await until(page, trials);
    await page.waitForTimeout(later);
    const at = await recorded(page);
    if (at === networks) break;
    const kind = kinds[rng.int(0, kinds.length - 1)]!;
    const before = performance.now();
    const told = await page.getByTestId("loss").textContent();
    page = await kill(page, kind);
    done[kind]++;
    // A killed worker is told of once; then the run goes on.
    if (kind === "worker")
      while ((await page.getByTestId("loss").textContent()) === told) await page.waitForTimeout(20);
    await page.locator('[data-phase="running"], [data-phase="complete"]').waitFor();
    print({ bench: "kills", by: kind, recorded: at, ms: Math.round(performance.now() - before) });
  }
  await until(page, networks);
  const found = await recordsIn(page);
  const differ = differing(found, wanted);
  print({ bench: "kills", kills: done, trials: found.length, of: wanted.length, differ });
  if (differ.length > 0) process.exitCode = 1;
} finally {
  await close();
}
