import { expect, test } from "@playwright/test";
import { studyId } from "../../src/engine/sweep/study-id.ts";
import { settledCount, settledMoreThan, storedTrials } from "./recorded.ts";
import { longStudy } from "./tiny-study.ts";

test("a second tab shows the records of a run as they come, does not run it too, and takes over when the first is closed", async ({
  context,
  page,
}) => {
  await page.goto(`./${longStudy.hash}`);
  const other = await context.newPage();
  await other.goto(`./${longStudy.hash}`);
  // Before anything is recorded the second tab has the same set-up, ready to run.
  const run = other.getByRole("button", { name: "Run", exact: true });
  await expect(run).toBeEnabled();
  // Tabs that waited for the end of a run share its lock for a moment, which keeps no other from beginning.
  const waiting = await other.evaluateHandle(
    (name) =>
      new Promise<{ end: () => void }>((resolve) => {
        void navigator.locks.request(
          name,
          { mode: "shared" },
          () => new Promise<void>((end) => resolve({ end })),
        );
      }),
    `designscape study ${studyId(longStudy.study)}`,
  );
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await waiting.evaluate(({ end }) => end());
  await settledMoreThan(page, 0);

  await run.click();
  await expect(other.getByText("running in another tab")).toBeVisible();
  await settledMoreThan(other, await settledCount(other));
  const first = await storedTrials(other);
  await page.close();
  const resume = other.getByRole("button", { name: "Resume" });
  await expect(resume).toBeVisible();
  const taken = await settledCount(other);
  expect(taken).toBeGreaterThanOrEqual(first.length);
  await resume.click();
  await settledMoreThan(other, taken);
  expect(await storedTrials(other)).toEqual(expect.arrayContaining(first));
});
