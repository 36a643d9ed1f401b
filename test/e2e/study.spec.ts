import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { parseNetworkSpec } from "../../src/engine/network/parse.ts";
import { settledCount, settledMoreThan, storedTrials, sweepWorker } from "./recorded.ts";
import { timeBudget } from "./time-budget.ts";
import { briefStudyOf, longStudy, tinyStudy, tinyStudyOf } from "./tiny-study.ts";

/** The main job in a real browser: sample, train, compare, export, and find it all again. */

const curves = (page: Page) => page.locator("path[data-curve]");
const rows = (page: Page) => page.getByRole("grid", { name: "Trials" }).locator("tbody tr");

async function runToTheEnd(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("6 of 6 trained")).toBeVisible();
  await expect(page.getByRole("button", { name: "Change the set-up" })).toBeVisible();
}

test("two populations are trained, compared, exported and found again", async ({ page }) => {
  await page.goto(`./${tinyStudy.hash}`);
  await expect(page.getByRole("textbox", { name: "Name of the study" })).toHaveValue("Tiny");
  await expect(page.getByText("of draws accepted")).toHaveCount(2);
  await runToTheEnd(page);

  await expect(curves(page)).toHaveCount(2);
  await expect(rows(page)).toHaveCount(6);
  await expect(page.getByTestId("verdict")).toContainText("Too few networks to compare");
  await expect(page.getByText("· ", { exact: false }).filter({ hasText: "images/s" })).toBeVisible();

  // The first row is the best one; another row shows another network.
  const network = page.getByRole("region", { name: "Network" });
  const best = await network.getByRole("heading").textContent();
  await expect(rows(page).first()).toContainText(best ?? "no network is shown");
  await rows(page).last().click();
  await expect(network.getByRole("heading")).not.toHaveText(best ?? "");
  await page.keyboard.press("Home");
  await expect(network.getByRole("heading")).toHaveText(best ?? "");
  for (const chart of ["network", "widths", "training"])
    await expect(network.locator(`[data-chart="${chart}"]`)).toBeVisible();

  // Both files are read back by what will use them.
  const json = await download(page, "json");
  expect(json.fileName).toMatch(/^(anynetxa|regnetx)-\d\.json$/);
  const spec = parseNetworkSpec(JSON.parse(json.text));
  expect(spec.name).toBe(best);
  const yaml = await download(page, "pycls");
  expect(yaml.fileName).toBe(json.fileName.replace(".json", ".yaml"));
  expect(yaml.text).toMatch(/^MODEL:\n {2}TYPE: (regnet|anynet)$/m);

  const before = await rows(page).allInnerTexts();
  await page.reload();
  await expect(page.getByText("6 of 6 trained")).toBeVisible();
  await expect(curves(page)).toHaveCount(2);
  expect(await rows(page).allInnerTexts()).toEqual(before);

  // Without its address too: the last study is the one shown.
  await page.goto("./");
  await expect(page.getByText("6 of 6 trained")).toBeVisible();
});

test("a shared link opens the same set-up elsewhere, and the theme stays as chosen", async ({
  context,
  page,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`./${tinyStudy.hash}`);
  await page.getByRole("textbox", { name: "Epochs" }).fill("4");
  await page.getByRole("button", { name: /^Share/ }).click();
  await expect(page.getByText("Link copied")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole("button", { name: /^Theme/ }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();

  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByRole("textbox", { name: "Epochs" })).toHaveValue("4");
  await expect(other.getByRole("textbox", { name: "Name of the study" })).toHaveValue("Tiny");
  await expect(other.locator("html")).toHaveAttribute("data-mantine-color-scheme", "dark");
});

async function download(page: Page, format: "json" | "pycls") {
  await page.getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(`[data-export="${format}"]`).click(),
  ]);
  return { fileName: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

test("a run can be paused and resumed, and goes on after the tab was closed", async ({ context, page }) => {
  await page.goto(`./${longStudy.hash}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("paused")).toBeVisible();
  const paused = await settledCount(page);
  await page.getByRole("button", { name: "Resume" }).click();
  await settledMoreThan(page, paused);
  await page.close();

  let again = await context.newPage();
  await again.goto(`./${longStudy.hash}`);
  const resume = () => again.getByRole("button", { name: "Resume" });
  await expect(resume()).toBeVisible();
  expect(await settledCount(again)).toBeGreaterThan(paused);
  await resume().click();
  await again.getByRole("button", { name: "Stop" }).click();
  // The run says so, and the trial that it cut short may.
  await expect(again.getByText("stopped", { exact: true }).first()).toBeVisible();
  await expect(resume()).toBeVisible();
  const recorded = (await storedTrials(again)).filter(({ status }) => status === "done");
  expect(recorded).toHaveLength(await settledCount(again));
  await again.close();

  // To the end of the same study with only some more networks than were trained so far.
  const each = Math.floor(recorded.length / 2) + 2;
  again = await context.newPage();
  await again.goto(`./${tinyStudyOf(each).hash}`);
  await resume().click();
  await expect(again.getByText(`${2 * each} of ${2 * each} trained`)).toBeVisible();
  await expect(rows(again)).toHaveCount(2 * each);
  expect(await storedTrials(again)).toEqual(expect.arrayContaining(recorded));
});

test("a killed worker is replaced: the study goes on by itself, and no trial is lost", async ({ page }) => {
  await page.goto(`./${longStudy.hash}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await settledMoreThan(page, 0);
  const recorded = await storedTrials(page);
  // As the browser does it for want of memory: no event, no last word.
  await sweepWorker(page).evaluate(() => void setTimeout(() => self.close()));
  const loss = page.getByTestId("loss");
  await expect(loss).toContainText(/^The browser ended the training worker \(at .+\)\. Training went on/);
  await settledMoreThan(page, await settledCount(page));
  expect(await storedTrials(page)).toEqual(expect.arrayContaining(recorded));
  await expect(rows(page).getByText(/failed|diverged/)).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("training leaves the page responsive: no task of it takes 50 ms", async ({ browser, page }, info) => {
  await page.goto(`./${briefStudyOf(3).hash}`);
  await expect(page.getByText("of draws accepted")).toHaveCount(2);
  await browser.startTracing(page, { categories: ["toplevel"] });
  await runToTheEnd(page);
  const longest = longestTask(JSON.parse((await browser.stopTracing()).toString("utf8")));
  expect(longest).toBeGreaterThan(0);
  info.annotations.push({ type: "longest task", description: `${longest.toFixed(1)} ms of processor time` });
  expect(longest).toBeLessThan(timeBudget(50));
});

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of processor time. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/**
 * Milliseconds of the page's longest task. Processor time, not the clock's: on a machine whose processors are all busy, with
 * training here, a task also waits for its turn, and the browser's own long-task reports count that.
 */
function longestTask({ traceEvents }: { readonly traceEvents: readonly TraceEvent[] }): number {
  const thread = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const pages = new Set(
    traceEvents
      .filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain")
      .map(thread),
  );
  const tasks = traceEvents.filter(
    (event) => event.ph === "X" && event.name.endsWith("RunTask") && pages.has(thread(event)),
  );
  return tasks.reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
}
