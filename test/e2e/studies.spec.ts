import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import type { Trial } from "../../src/engine/sweep/trial.ts";
import { formatTrialLine } from "../../src/engine/sweep/trial-lines.ts";
import { fakeTrial } from "../fixtures/fake-trial.ts";
import { violations } from "./axe.ts";

/** Studies from files: their networks are real, their errors are given, so that nothing has to train. */
const file = (name: string, trials: readonly Trial[], rest = "") => ({
  name,
  mimeType: "application/x-ndjson",
  buffer: Buffer.from(trials.map(formatTrialLine).join("") + rest),
});
const errors = [0.31, 0.28, 0.35, 0.3];
const trials = errors.flatMap((error, i) => [
  fakeTrial("AnyNetXA", i, error),
  fakeTrial("RegNetX", i, error - 0.07),
]);
const other = trials.slice(0, 3).map((trial) => ({
  ...trial,
  study: "other",
  id: trial.id.replace("fake", "other"),
}));

const list = (page: Page) => page.getByRole("dialog", { name: "Studies in this browser" });
const names = (page: Page) => list(page).locator("[data-name]");
const act = async (page: Page, name: string, action: string | RegExp) => {
  await list(page)
    .getByRole("button", { name: `Actions for ${name}`, exact: true })
    .click();
  await list(page).getByRole("menuitem", { name: action }).click();
};
const exported = async (page: Page, name: string, format: string) => {
  await list(page)
    .getByRole("button", { name: `Actions for ${name}`, exact: true })
    .click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    list(page).locator(`[data-export="${format}"]`).locator("visible=true").click(),
  ]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
};

test("studies are read from files, found, renamed, duplicated, merged, written, opened and deleted", async ({
  page,
}) => {
  await page.goto("./");
  await page.getByRole("button", { name: "Studies" }).click();
  await expect(list(page)).toContainText("No study is kept in this browser yet.");
  await expect(list(page).getByTestId("storage-room")).toContainText(/used, .* left/);
  await list(page)
    .getByLabel("Files of studies")
    .setInputFiles([
      file("sweep.jsonl", trials, '{"half'),
      file("other.jsonl", other),
      file("bad.jsonl", [], "hello\n"),
    ]);
  await expect(list(page)).toContainText("“sweep” from sweep.jsonl: 8 trials added.");
  await expect(list(page)).toContainText("its last line was still being written");
  await expect(list(page)).toContainText("bad.jsonl cannot be used.");
  await expect(names(page)).toHaveText(["other", "sweep"]);
  const dismiss = list(page).getByRole("button", { name: "Dismiss this message" });
  for (let left = await dismiss.count(); left > 0; left--) {
    await dismiss.first().click();
    await expect(dismiss).toHaveCount(left - 1);
  }

  // By keyboard: to the second name, F2, another name.
  await names(page).first().focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("F2");
  await expect(list(page).getByRole("textbox", { name: "New name of sweep" })).toBeFocused();
  await page.keyboard.type("Widths");
  await page.keyboard.press("Enter");
  await expect(names(page)).toHaveText(["other", "Widths"]);
  await list(page).getByRole("textbox", { name: "Search studies" }).fill("wid");
  await expect(names(page)).toHaveText(["Widths"]);
  await list(page).getByRole("textbox", { name: "Search studies" }).fill("");

  await act(page, "Widths", "Duplicate with its trials");
  await expect(names(page)).toHaveText(["Widths (copy)", "other", "Widths"]);
  for (const name of ["Widths", "other"])
    await list(page)
      .getByRole("checkbox", { name: `Choose ${name}`, exact: true })
      .check();
  await list(page).getByRole("textbox", { name: "Name of the merged study" }).fill("Both");
  await list(page).getByRole("button", { name: "Merge into a new one" }).click();
  await expect(list(page)).toContainText("“Both” has the trials of 2 studies.");
  await expect(list(page).getByRole("row", { name: /Both/ })).toContainText("11 of 11");

  const lines = await exported(page, "Widths", "jsonl");
  expect(lines.name).toBe("widths.jsonl");
  const inOrder = [...trials].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(lines.text.split("\n")).toEqual(inOrder.map(formatTrialLine).join("").split("\n"));
  const sweep = await exported(page, "Widths", "sweep.json");
  expect((JSON.parse(sweep.text) as unknown[]).length).toBe(8);
  expect((await exported(page, "Widths", "csv")).text.trimEnd().split("\n")).toHaveLength(9);

  // Esc ends the menu, not the list.
  await list(page).getByRole("button", { name: "Actions for Widths", exact: true }).click();
  await expect(list(page).getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(list(page).getByRole("menu")).toHaveCount(0);

  await act(page, "Widths (copy)", "Delete …");
  await list(page).getByRole("button", { name: "Delete 8 trials" }).click();
  await expect(names(page)).toHaveText(["Both", "other", "Widths"]);
  expect(await violations(page)).toEqual([]);

  // It opens like any other, and says why it cannot be run.
  await names(page).last().press("Enter");
  await expect(page.getByRole("grid", { name: "Trials" }).locator("tbody tr")).toHaveCount(8);
  await expect(page.getByText("8 trials, known by their records alone")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("grid", { name: "Trials" }).locator("tbody tr")).toHaveCount(8);
});
