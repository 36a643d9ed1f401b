import { expect, test } from "@playwright/test";
import { tinyStudy } from "./tiny-study.ts";

test("a second tab shows the records of a run as they come, does not run it too, and takes over when the first is closed", async ({
  context,
  page,
}) => {
  await page.goto(`./${tinyStudy.hash}`);
  const other = await context.newPage();
  await other.goto(`./${tinyStudy.hash}`);
  // Before anything is recorded the second tab has the same set-up, ready to run.
  const run = other.getByRole("button", { name: "Run", exact: true });
  await expect(run).toBeEnabled();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText(/^[1-5] of 6 trained/)).toBeVisible({ timeout: 30_000 });

  await run.click();
  await expect(other.getByText("running in another tab")).toBeVisible();
  const seen = await other.getByRole("status").filter({ hasText: "trained" }).innerText();
  await expect(other.getByText(`${Number(seen[0]) + 1} of 6 trained`)).toBeVisible({ timeout: 30_000 });
  await page.close();
  await other.getByRole("button", { name: "Resume" }).click();
  await expect(other.getByText("6 of 6 trained")).toBeVisible({ timeout: 60_000 });
  await expect(other.getByRole("grid", { name: "Trials" }).locator("tbody tr")).toHaveCount(6);
});
