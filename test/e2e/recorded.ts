import { expect, type Page, type Worker } from "@playwright/test";
import type { Trial } from "../../src/engine/sweep/trial.ts";

/** Every trial that the page keeps. */
export function storedTrials(page: Page): Promise<Trial[]> {
  return page.evaluate(
    () =>
      new Promise<Trial[]>((resolve, reject) => {
        const opening = indexedDB.open("designscape");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction("trials").objectStore("trials").getAll();
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result as Trial[]);
          };
        };
      }),
  );
}

/** The worker that trains. */
export function sweepWorker(page: Page): Worker {
  const found = page.workers().find((each) => each.url().includes("/sweep-worker-"));
  if (found === undefined) throw new Error("no worker trains in this page");
  return found;
}

/** What a run says of itself: `3 of 6 trained`. */
const progress = (page: Page) => page.getByRole("status").filter({ hasText: /^\d+ of \d+ / });

/** How many trials the page counts as over. */
export const settledCount = async (page: Page) => Number.parseInt(await progress(page).innerText(), 10);

/** Waits until the page counts more trials as over than `count`, and gives how many. */
export async function settledMoreThan(page: Page, count: number): Promise<number> {
  await expect.poll(() => settledCount(page)).toBeGreaterThan(count);
  return settledCount(page);
}
