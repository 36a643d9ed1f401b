import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { briefStudyOf } from "./tiny-study.ts";

test("the executor is chosen and remembered; a network is profiled on it, as a picture, a table and a file", async ({
  page,
}) => {
  await page.goto(`./${briefStudyOf(1).hash}`);
  await page.getByRole("button", { name: "Choose" }).click();
  const offers = page.getByRole("list", { name: "What can train here" });
  await expect(offers).toContainText("WebGPU: not here");
  await expect(offers).toContainText("WebAssembly: up to");
  await page.getByRole("combobox", { name: "Executor" }).selectOption("wasm");
  await page.getByRole("combobox", { name: "Threads" }).selectOption("1");
  await expect(page.getByLabel("Trained by wasm")).toContainText("1 thread");
  await page.reload();
  await expect(page.getByRole("combobox", { name: "Threads" })).toHaveValue("1");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("2 of 2 trained")).toBeVisible();

  await page.getByRole("button", { name: "Profile on this device" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.locator('[data-figure="roofline"]')).toBeVisible();
  await expect(dialog).toContainText(/Convolutions take \d+% of the time/);
  await dialog.getByRole("button", { name: /Roofline/ }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: /CSV/ }).click(),
  ]);
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
  expect(lines.find((line) => line.startsWith("layer"))).toBe(
    "layer,call,ms,share,macs_per_byte,gflops,gb_per_second",
  );
  expect(lines.filter((line) => line.startsWith("stem")).length).toBeGreaterThan(3);
  // Esc ends a menu first, then the dialog.
  await dialog.getByRole("button", { name: /Roofline/ }).click();
  await expect(dialog.getByRole("menuitem").first()).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("menuitem")).toHaveCount(0);
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});
