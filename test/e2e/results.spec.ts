import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { defaultStudy, type Study } from "../../src/engine/sweep/study.ts";
import { studyId } from "../../src/engine/sweep/study-id.ts";
import { encodeStudy } from "../../src/engine/sweep/study-url.ts";
import { type Trial, trialId } from "../../src/engine/sweep/trial.ts";
import { fakeTrial } from "../fixtures/fake-trial.ts";
import { violations } from "./axe.ts";
import { expectNotSideways } from "./layout.ts";
import { briefStudyOf } from "./tiny-study.ts";

/** The boards of a study's results: linked with one another and with the table, in the address, and out of the page. */

const rows = (page: Page) => page.getByRole("grid", { name: "Trials" }).locator("tbody tr");
const marked = (page: Page) => rows(page).and(page.locator("[aria-selected=true]"));
const boards = ["EDFs", "Scatter & Pareto", "Parameters", "Trends", "Training", "Search"];

async function brush(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  const plot = page.locator("[data-figure^=scatter]").getByRole("slider");
  // Waits until it stays where it is.
  await plot.hover();
  const box = await plot.boundingBox();
  if (box === null) throw new Error("the scatter is not drawn");
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

test("a brush marks trials everywhere, the address brings all of it back, figures leave as files", async ({
  page,
}) => {
  await page.goto(`./${briefStudyOf(3).hash}&show=scatter`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("6 of 6 trained")).toBeVisible();

  await brush(page, [0.001, 0.001], [0.999, 0.999]);
  await expect(marked(page)).toHaveCount(6);
  await page.getByRole("button", { name: "6 marked: clear" }).click();
  await expect(marked(page)).toHaveCount(1);

  // A filter reaches every board and the table; its chip takes it away.
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.getByRole("checkbox", { name: "RegNetX" }).check();
  await page.keyboard.press("Escape");
  await expect(rows(page)).toHaveCount(3);
  await rows(page).nth(0).click();
  await rows(page)
    .nth(2)
    .click({ modifiers: ["Shift"] });
  await expect(page.getByRole("button", { name: "2 marked: clear" })).toBeVisible();
  await expect(page).toHaveURL(/show=scatter&only=population:RegNetX&marked=1\.\d\.?-?\d&at=1\.\d/);
  const network = page.getByRole("region", { name: "Network" }).getByRole("heading");
  const name = await network.textContent();
  await page.reload();
  await expect(rows(page)).toHaveCount(3);
  await expect(marked(page)).toHaveCount(2);
  await expect(network).toHaveText(name ?? "");
  await page.getByRole("button", { name: "RegNetX: remove this filter" }).click();
  await expect(rows(page)).toHaveCount(6);

  const caption = "Tiny · n = 6 · fashion-mnist, 128 images × 2 epochs, batch 32";
  const svg = await save(page, "Save SVG");
  expect(svg.name).toBe("tiny-scatter-flops.svg");
  expect(svg.text).toContain("Tiny · n = 6");
  const csv = await save(page, "Save CSV");
  expect(csv.text).toContain(`# ${caption}`);
  expect(csv.text.trim().split("\r\n").length).toBe(2 + 1 + 6);

  for (const [i, board] of boards.entries()) {
    await page.getByRole("tab", { name: board }).click();
    await expect(page.getByRole("tab", { name: board })).toHaveAttribute("aria-selected", "true");
    // Around the boards nothing changes.
    expect(await violations(page, i === 0 ? {} : { inside: "[role=tabpanel]" }), board).toEqual([]);
  }
});

test("a heat map of any two parameters, trends with their regimes, and how much of the error axis is shown", async ({
  page,
}) => {
  const id = studyId(defaultStudy);
  const trials = defaultStudy.populations.flatMap(({ name }, p) =>
    Array.from({ length: 8 }, (_, index) => ({
      ...fakeTrial(name, index, 0.2 + 0.01 * ((index * 7 + p) % 8) + (index === 0 ? 0.5 : 0)),
      study: id,
      id: trialId(id, name, index),
    })),
  );
  const count = trials.length;
  await record(page, defaultStudy, trials);
  await page.goto(`./?again#/study?${encodeStudy(defaultStudy)}&show=parameters&hx=depth&hy=params`);
  const heat = page.locator("[data-figure^=heat]");
  await expect(heat).toHaveAttribute("data-figure", "heat-depth-params");
  const inCells = () =>
    heat
      .locator("[data-cell]")
      .evaluateAll((cells) => cells.reduce((sum, cell) => sum + Number(cell.getAttribute("data-cell")), 0));
  await expect.poll(inCells).toBe(count);
  await page.getByLabel("Horizontal axis of the heat map").selectOption("flops");
  await expect(page).toHaveURL(/hx=flops&hy=params/);

  await page.getByRole("tab", { name: "Trends" }).click();
  const trend = page.locator("[data-figure=trend-params]");
  await expect(trend.locator("[data-range]").first()).toBeAttached();
  await expect(trend.getByText(/FLOPs\^|needs three/).first()).toBeVisible();
  await expect(page.locator("[data-figure=block-widths] [data-curve]").first()).toBeAttached();

  await page.getByRole("tab", { name: "EDFs" }).click();
  const ends = () => page.locator("[data-figure=edf] [data-tick=x]").allTextContents();
  await expect(page.locator("[data-figure=edf] [data-tick=x]").first()).toBeAttached();
  const usual = await ends();
  await page.getByRole("radiogroup").getByText("All", { exact: true }).click();
  await expect.poll(ends).not.toEqual(usual);
  expect(Number.parseFloat((await ends()).at(-1)!)).toBeGreaterThan(Number.parseFloat(usual.at(-1)!));

  await page.getByRole("link", { name: "Open in Explore" }).click();
  await expect(page).toHaveURL(/#\/explore\?f=(anynetxa|regnetx)&/);
  await expect(page.getByRole("region", { name: "Use the network" })).toBeVisible();
});

async function save(page: Page, item: "Save SVG" | "Save CSV") {
  await page.getByRole("button", { name: "Figure: Test error × FLOPs" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: item }).click(),
  ]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

/** Puts a recorded study where the page keeps its own. */
async function record(page: Page, study: Study, trials: readonly Trial[]) {
  await page.goto("./");
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeEnabled();
  await page.evaluate(
    async ({ id, study, trials }) => {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open("designscape");
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      const change = db.transaction(["studies", "trials"], "readwrite");
      change.objectStore("studies").put({ id, study, createdAt: 1, updatedAt: 1 });
      for (const trial of trials) change.objectStore("trials").put(trial);
      await new Promise((resolve) => change.addEventListener("complete", resolve));
      db.close();
    },
    { id: studyId(study), study, trials },
  );
}

test("a population of diverged trials says why it is empty, on a phone, on every board", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const id = studyId(defaultStudy);
  const trials = defaultStudy.populations.flatMap(({ name }) =>
    [0, 1, 2].map((index) => ({
      ...fakeTrial(name, index, "diverged"),
      study: id,
      id: trialId(id, name, index),
    })),
  );
  await record(page, defaultStudy, trials);
  await page.goto(`./?again#/study?${encodeStudy(defaultStudy)}&marked=5.5`);
  await expect(page.getByText("Part of this link cannot be used.")).toBeVisible();
  await expect(page.getByText("All 3 trials of RegNetX diverged.")).toBeVisible();
  for (const board of boards) {
    await page.getByRole("tab", { name: board }).click();
    await expect(page.getByRole("tabpanel")).toContainText(/diverged|FLOPs\^|No trial/);
    await expectNotSideways(page, board);
  }
});
