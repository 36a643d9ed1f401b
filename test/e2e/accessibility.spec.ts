import { expect, type Page, test } from "@playwright/test";
import { violations } from "./axe.ts";
import { expectFits } from "./layout.ts";
import { briefStudyOf } from "./tiny-study.ts";

async function passesInBothThemes(page: Page, state: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  expect(await violations(page), `${state}, light`).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await violations(page, { rules: "colours" }), `${state}, dark`).toEqual([]);
}

test("the study view passes axe in both themes, empty, open and trained; at no size does it scroll sideways or cut text", async ({
  page,
}) => {
  await page.goto(`./${briefStudyOf(3).hash}`);
  await expect(page.getByText("of draws accepted")).toHaveCount(2);
  await passesInBothThemes(page, "empty");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("6 of 6 trained")).toBeVisible();
  await page.getByRole("button", { name: "Export" }).click();
  await expect(page.locator("[data-export=json]")).toBeVisible();
  await passesInBothThemes(page, "trained");

  for (const [width, height, opened] of [
    [1440, 900, "opened"],
    [1920, 1080, "resized"],
    [390, 844, "opened"],
    [820, 1180, "resized"],
  ] as const) {
    await page.setViewportSize({ width, height });
    if (opened === "opened") await page.reload();
    await expect(page.getByText("6 of 6 trained")).toBeVisible();
    await expect(page.locator("path[data-curve]")).toHaveCount(2);
    await expect(page.getByRole("grid", { name: "Trials" }).locator("tbody tr")).toHaveCount(6);
    await expectFits(page, `${width}×${height}`);
  }
});

test("everything is reached and done by keyboard", async ({ page }) => {
  await page.goto(`./${briefStudyOf(1).hash}`);
  await expect(page.getByText("of draws accepted")).toHaveCount(2);
  const run = page.getByRole("button", { name: "Run", exact: true });
  for (let i = 0; i < 80 && !(await run.evaluate((button) => button === document.activeElement)); i++)
    await page.keyboard.press("Tab");
  await expect(run).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 of 2 trained")).toBeVisible();

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
