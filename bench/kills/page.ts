import { parseArgs } from "node:util";
import type { BrowserContext, Page } from "@playwright/test";
import { createRng } from "../../src/engine/math/rng.ts";
import { encodeStudy } from "../../src/engine/sweep/study-url.ts";
import type { Trial } from "../../src/engine/sweep/trial.ts";
import { openBuiltPage } from "../built-page.ts";
import { differing, halvedStudy, moments, networks, print, study } from "./kills.ts";

/**
 * The page killed at random moments over a whole study of 40 trials: its worker (the study must go on by itself), its tab
 * closed or loaded again, the process that draws it killed with SIGKILL (the page is opened again and Resume is pressed),
 * beside a run that nobody kills: do the records differ, and was more than an epoch lost? Status 1 if so. `--halving`: a
 * study with halving, a rule and two seeds. `--by`: some kinds of killing only.
 * `npm run build && npx tsx bench/kills/page.ts [--kills 12] [--seed 1] [--halving] [--by worker,tab,reload,process] [--dist dist]`
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    halving: { type: "boolean", default: false },
    by: { type: "string", default: "worker,tab,reload,process" },
    dist: { type: "string", default: "dist" },
  },
});
type Kind = "worker" | "tab" | "reload" | "process";
const kinds = values.by.split(",") as Kind[];

const { browser, url, close } = await openBuiltPage({ outDir: values.dist });
const address = `${url}#/study?${encodeStudy(values.halving ? halvedStudy : study)}`;

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

interface Kept {
  readonly trials: Trial[];
  /** Epochs of the trials and of what is under way. */
  readonly epochs: number;
}

const keptBy = (page: Page): Promise<Kept> =>
  page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("designscape");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const reading = database.transaction(["trials", "epochs"]);
          const trials = reading.objectStore("trials").getAll();
          const numbers = reading.objectStore("epochs").getAllKeys();
          reading.oncomplete = () => {
            database.close();
            // One that waits at a rung is in both.
            const last = new Map<string, number>(trials.result.map(({ id, epochs }) => [id, epochs.length]));
            for (const [id, number] of numbers.result as [string, number][])
              last.set(id, Math.max(number, last.get(id) ?? 0));
            resolve({ trials: trials.result, epochs: [...last.values()].reduce((sum, n) => sum + n, 0) });
          };
        };
      }),
  );

/** Processes that draw pages of this browser. */
async function renderers(): Promise<number[]> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

async function kill(page: Page, kind: Kind): Promise<Page> {
  const context = page.context();
  switch (kind) {
    case "worker": {
      const worker = page.workers().find((each) => each.url().includes("sweep-worker"));
      // No answer comes from one that is gone.
      await worker?.evaluate(() => self.close()).catch(() => {});
      return page;
    }
    case "reload":
      await page.reload();
      await page.getByRole("button", { name: "Resume", exact: true }).click();
      return page;
    case "tab":
      await page.close();
      break;
    case "process": {
      const crashed = page.waitForEvent("crash");
      for (const id of await renderers()) process.kill(id, "SIGKILL");
      await crashed;
      await page.close();
      break;
    }
    default:
      throw new Error(`--by ${kind satisfies never}: worker, tab, reload or process`);
  }
  return open(context, "Resume");
}

try {
  const context = await browser.newContext();
  const undisturbed = await open(context, "Run");
  await until(undisturbed, networks);
  const { trials: wanted } = await keptBy(undisturbed);
  await context.close();

  const rng = createRng(Number(values.seed), "kinds");
  const done = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  let lost = 0;
  let page = await open(await browser.newContext(), "Run");
  for (const { trials, later } of moments(Number(values.kills), Number(values.seed))) {
    await until(page, trials);
    await page.waitForTimeout(later);
    const at = await recorded(page);
    if (at === networks) break;
    const kind = kinds[rng.int(0, kinds.length - 1)]!;
    const start = performance.now();
    const told = await page.getByTestId("loss").textContent();
    const before = await keptBy(page);
    page = await kill(page, kind);
    done[kind]++;
    // A killed worker is told of once; then the run goes on.
    if (kind === "worker")
      while ((await page.getByTestId("loss").textContent()) === told) await page.waitForTimeout(20);
    await page.locator('[data-phase="running"], [data-phase="complete"]').waitFor();
    const after = await keptBy(page);
    if (after.epochs < before.epochs) lost++;
    const epochs = [before.epochs, after.epochs];
    print({ bench: "kills", by: kind, recorded: at, epochs, ms: Math.round(performance.now() - start) });
  }
  await until(page, networks);
  const { trials: found } = await keptBy(page);
  const differ = differing(found, wanted);
  print({ bench: "kills", kills: done, trials: found.length, of: wanted.length, differ, lost });
  if (differ.length > 0 || lost > 0) process.exitCode = 1;
} finally {
  await close();
}
