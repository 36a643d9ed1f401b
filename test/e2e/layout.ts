import { expect, type Page } from "@playwright/test";

/** Waits until the page is no wider than its window and every text fits into the box that shows it. */
export async function expectFits(page: Page, where: string): Promise<void> {
  await expectNotSideways(page, where);
  await expect.poll(() => cutTexts(page), where).toEqual([]);
}

/** Waits until the page is no wider than its window: charts take their size a frame after their box. */
export async function expectNotSideways(page: Page, where?: string): Promise<void> {
  const over = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await expect.poll(over, where).toBeLessThanOrEqual(0);
}

/** Texts wider than the box that shows them. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("h1, h2, p, dt, dd, li, b, span, button, a, td, th, code")]
      .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
      .filter((element) => getComputedStyle(element).display !== "inline" && element.clientWidth > 1)
      .map((element) => `${element.tagName} ${element.textContent}`),
  );
}
