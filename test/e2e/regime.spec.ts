import { expect, test } from "@playwright/test";
import { violations } from "./axe.ts";

test("the regime in groups: schedule, phases and what contradicts; a network is trained that way", async ({
  page,
}) => {
  await page.goto("./#/study?v=1&seed=5&p=name:a,space:regnetx,count:1,flops:300k..700k&images=64&epochs=2");
  await page.getByRole("button", { name: "More of the regime" }).click();
  await page.getByRole("combobox", { name: "Schedule" }).selectOption("Steps");
  await page.getByLabel("Milestones").fill("0.6, 0.4");
  await expect(
    page.getByText("0.4 is not allowed; milestones ascend, so above 0.6", { exact: true }),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Run", exact: true })).toBeDisabled();
  await page.getByLabel("Milestones").fill("0.4, 0.6");
  await expect(page.getByRole("img", { name: /^Learning rate over the run: η from 0.005/ })).toBeVisible();
  await page.getByLabel("Validation images").fill("50");
  await page.getByRole("checkbox", { name: "Progressive learning" }).check();
  expect(await violations(page)).toEqual([]);
  await expect(page).toHaveURL(/validation=50/);
  await expect(page).toHaveURL(/milestones=0.4,0.6/);
  await expect(page).toHaveURL(/progressive=phases:2,resolution:14/);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("1 of 1 trained")).toBeVisible();
  await expect(page.getByText("2 phases from 14 pixels")).toBeVisible();
  await expect(
    page.getByRole("img", { name: /epoch 2: train \S+, test \S+, validation \S+%/ }),
  ).toBeVisible();
});
