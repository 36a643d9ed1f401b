import { expect, type Page, test } from "@playwright/test";
import { violations } from "./axe.ts";
import { tinyStudy } from "./tiny-study.ts";

for (const colorScheme of ["light", "dark"] as const)
  test(`the study view passes axe in the ${colorScheme} theme, empty, open and trained`, async ({
    browser,
  }) => {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto(`./${tinyStudy.hash}`);
    await expect(page.getByText("of draws accepted")).toHaveCount(2);
    expect(await violations(page)).toEqual([]);

    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page.getByText("6 of 6 trained")).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: "Export" }).click();
    await expect(page.locator("[data-export=json]")).toBeVisible();
    expect(await violations(page)).toEqual([]);
    await context.close();
  });

for (const [width, height] of [
  [390, 844],
  [820, 1180],
  [1440, 900],
  [1920, 1080],
] as const)
  test(`nothing scrolls sideways and no text is cut at ${width}×${height}`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto(`./${tinyStudy.hash}`);
    await expect(page.getByText("of draws accepted")).toHaveCount(2);
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await expect(page.getByText("6 of 6 trained")).toBeVisible({ timeout: 60_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    expect(await cutTexts(page)).toEqual([]);
  });

/** Texts wider than the box that shows them. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("h1, h2, p, dt, dd, li, b, span, button, td, th, code")]
      .filter((element) => element.offsetParent !== null && element.scrollWidth > element.clientWidth + 1)
      .filter((element) => getComputedStyle(element).display !== "inline" && element.clientWidth > 1)
      .map((element) => `${element.tagName} ${element.textContent}`),
  );
}

test("everything is reached and done by keyboard", async ({ page }) => {
  await page.goto(`./${tinyStudy.hash}`);
  await expect(page.getByText("of draws accepted")).toHaveCount(2);
  const run = page.getByRole("button", { name: "Run", exact: true });
  for (let i = 0; i < 80 && !(await run.evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press("Tab");
  await expect(run).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("6 of 6 trained")).toBeVisible({ timeout: 60_000 });

  // The chart is read by arrow keys.
  const reader = page.getByRole("slider", { name: "Read the curves" });
  await reader.focus();
  await page.keyboard.press("ArrowRight");
  await expect(reader).toHaveAttribute("aria-valuetext", /below .*% test error: AnyNetXA .*%, RegNetX .*%/);

  // The table is one stop; arrows move through it.
  await page.getByRole("grid").locator("tbody tr[tabindex='0']").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("grid").locator("tbody tr").nth(1)).toBeFocused();
  await expect(page.getByRole("grid").locator("tbody tr").nth(1)).toHaveAttribute("aria-selected", "true");
});
