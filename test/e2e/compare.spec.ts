import { expect, type Page, test } from "@playwright/test";
import type { Trial } from "../../src/engine/sweep/trial.ts";
import { formatTrialLine } from "../../src/engine/sweep/trial-lines.ts";
import { fakeTrial } from "../fixtures/fake-trial.ts";
import { violations } from "./axe.ts";
import { expectNotSideways } from "./layout.ts";

/** Populations of results files: their networks are real, their errors are given, so that nothing has to train. */

const file = (name: string, trials: readonly Trial[]) => ({
  name,
  mimeType: "application/x-ndjson",
  buffer: Buffer.from(trials.map(formatTrialLine).join("")),
});
const errors = (population: string, all: readonly number[]) =>
  all.map((error, i) => fakeTrial(population, i, error));
const wide = errors("AnyNetXA", [0.42, 0.45, 0.4, 0.48, 0.51, 0.44, 0.39, 0.47]);
const good = errors("RegNetX", [0.22, 0.25, 0.24, 0.28, 0.21, 0.24, 0.29, 0.27]);
const sweep = file("sweep.jsonl", [...wide, ...good]);
const lost = file(
  "diverged.jsonl",
  [0, 1, 2].map((i) => ({
    ...fakeTrial("RegNetX", i, "diverged"),
    study: "hot",
    id: `hot/RegNetX/${i}`,
    regime: { ...good[0]!.regime, learningRate: 50 },
  })),
);

const open = async (page: Page, ...files: ReturnType<typeof file>[]) =>
  page.getByLabel("Results files").first().setInputFiles(files);

test("two populations of a results file are compared: table, curves, a sentence; the link brings them back", async ({
  page,
}) => {
  await page.goto("./#/compare");
  await expect(page.getByText("Who is better, and is it noise?")).toBeVisible();
  await open(page, sweep);
  await page.getByRole("button", { name: "Compare sweep" }).click();
  await expect(page.locator("path[data-curve]")).toHaveCount(2);
  await expect(page.getByTestId("pairs")).toContainText(/RegNetX is better/);
  const row = page.locator("tr[data-group=RegNetX]");
  await expect(row).toContainText("21.0%");
  await expect(row).toContainText("large");

  // Another baseline turns the question round.
  await page.getByRole("radio", { name: "RegNetX is the baseline" }).check();
  await expect(page.locator("tr[data-group=AnyNetXA]")).toContainText("large");
  await expect(page).toHaveURL(/#\/compare\?g=fake\/AnyNetXA&g=fake\/RegNetX&base=fake\/RegNetX$/);
  expect(await violations(page)).toEqual([]);

  // The file does not travel with the link: the page says what is missing, and takes it again.
  await page.reload();
  await expect(page.getByText("Some groups are not here.")).toBeVisible();
  await open(page, sweep);
  await expect(page.getByTestId("pairs")).toContainText(/RegNetX is better/);
});

test("only diverged trials, mixed regimes and broken files say so", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("./#/compare?g=fake/RegNetX&g=hot/RegNetX&g=//");
  await expect(page.getByText("Part of this link cannot be used.")).toBeVisible();
  await open(page, sweep, lost, { ...lost, name: "notes.jsonl", buffer: Buffer.from("hello\n") });
  await expect(page.getByText("notes.jsonl cannot be used.")).toBeVisible();
  await expect(page.getByText(/line 1: not JSON/)).toBeVisible();
  await expect(page.getByText("Mixed regimes.")).toBeVisible();
  await expect(page.getByText(/learningRate 0.05, 50/)).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "diverged.jsonl" })).toContainText(
    /All 3 trials of .* diverged/,
  );
  await expectNotSideways(page);
  expect(await violations(page)).toEqual([]);
});
