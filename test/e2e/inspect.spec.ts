import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import * as tf from "@tensorflow/tfjs";
import config from "../../playwright.config.ts";
import { loadDataset } from "../../src/engine/data/loader.ts";
import { nodeSource } from "../../src/engine/data/node-source.ts";
import { registerDesignscapeLayers } from "../../src/engine/export/tfjs/designscape-layers.js";
import type { Trial } from "../../src/engine/sweep/trial.ts";
import { readStoredZip } from "../fixtures/read-zip.ts";
import { violations } from "./axe.ts";
import { storedTrials } from "./recorded.ts";
import { briefStudyOf } from "./tiny-study.ts";

/** A trained network looked at: its test images, its mistakes, its latency, and the file for TF.js. */

// An emulated GPU takes seconds for a run of its own latency, and most of a test's time.
const { launchOptions } = config.use ?? {};
test.use({
  launchOptions: { ...launchOptions, args: [...(launchOptions?.args ?? []), "--disable-3d-apis"] },
});

const dialog = (page: Page) => page.getByRole("dialog");
const tiles = (page: Page) =>
  dialog(page)
    .getByRole("listitem")
    .filter({ has: page.locator("canvas") });

async function trainAndInspect(page: Page): Promise<void> {
  await page.goto(`./${briefStudyOf(1).hash}`);
  await expect(page.getByRole("button", { name: "Inspect" })).toBeDisabled();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("2 of 2 trained")).toBeVisible();
  await inspect(page);
}

async function inspect(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Inspect" }).click();
  await expect(page.getByTestId("inspect-status")).toContainText("by the weights of epoch");
}

async function inspectedTrial(page: Page): Promise<Trial> {
  const name = await dialog(page).getByRole("heading", { level: 2 }).textContent();
  const trials = await storedTrials(page);
  return trials.find(({ network }) => network.name === name)!;
}

test("TF.js makes the mistakes that training counted, and so does the saved file", async ({ page }) => {
  await trainAndInspect(page);
  const trial = await inspectedTrial(page);
  const mistakes = Math.round(trial.error! * 200);
  await expect(page.getByTestId("inspect-status")).toContainText(`${mistakes} of 200 test images wrong`);
  await expect(tiles(page)).toHaveCount(48);
  await dialog(page).getByRole("button", { name: "Show 48 more of 200" }).click();
  await expect(tiles(page)).toHaveCount(96);

  await dialog(page).getByText(`Mistakes only ${mistakes}`).click();
  await expect(tiles(page)).toHaveCount(Math.min(48, mistakes));
  expect(await tiles(page).evaluateAll((all) => all.every((tile) => "wrong" in tile.dataset))).toBe(true);

  // A cell of the confusion matrix holds as many images as it says.
  const cell = dialog(page)
    .getByRole("button", { name: / taken for / })
    .first();
  const count = Number((await cell.textContent()) ?? Number.NaN);
  await cell.click();
  await expect(tiles(page)).toHaveCount(count);
  await cell.click();
  await expect(tiles(page)).toHaveCount(48);

  // The file, loaded as its README says.
  const downloading = page.waitForEvent("download");
  await dialog(page).getByRole("button", { name: "Save for TF.js" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^(anynetxa|regnetx)-\d-tfjs\.zip$/);
  const files = readStoredZip(await readFile(await download.path()));

  // The export menu writes the same file.
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Export" }).click();
  const second = page.waitForEvent("download");
  await page.locator("[data-export=tfjs]").click();
  expect(readStoredZip(await readFile(await (await second).path()))).toEqual(files);

  registerDesignscapeLayers(tf);
  await tf.setBackend("cpu");
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(text("model.json"));
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: files.get("weights.bin")!.slice().buffer as ArrayBuffer,
    }),
  );
  const { mean, std, classes } = userDefinedMetadata.designscape;
  expect(text("README.md")).toContain(`tf.browser.fromPixels(picture, 1)`);
  const { test: set } = await loadDataset("fashion-mnist", {
    source: nodeSource(),
    trainImages: 0,
    testImages: 200,
  });
  expect(classes).toEqual(set.classes);
  const images = tf.tensor4d(set.images, [200, 28, 28, 1], "int32").toFloat().div(255).sub(mean).div(std);
  const given = (model.predict(images) as tf.Tensor).argMax(1).dataSync();
  const wrong = set.labels.filter((label, i) => label !== given[i]).length;
  expect(wrong / 200).toBeCloseTo(trial.error!, 10);
});

test("latency is measured and kept; a network whose weights are gone says so; axe has nothing to say", async ({
  page,
}) => {
  await trainAndInspect(page);
  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, height] of [
      [1440, 900],
      [390, 844],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height });
      const look = colorScheme === "dark" ? ({ rules: "colours" } as const) : {};
      expect(await violations(page, look), `${colorScheme} ${width}`).toEqual([]);
      const sideways = await dialog(page).evaluate((element) =>
        Math.max(
          ...[element, ...element.querySelectorAll("*")].map((each) => each.getBoundingClientRect().right),
        ),
      );
      expect(sideways).toBeLessThanOrEqual(width);
    }
  }
  await page.setViewportSize({ width: 1280, height: 720 });

  await dialog(page).getByRole("button", { name: "Measure latency" }).click();
  const cpu = dialog(page).locator('[data-latency="latency.cpu.1"]');
  await expect(cpu).toContainText(/^\d+(\.\d+)? ± \d+(\.\d+)? ms$/);
  await expect(dialog(page).getByRole("button", { name: "Measure again" })).toBeEnabled();
  const shown = await cpu.textContent();
  const { measured = {} } = await inspectedTrial(page);
  expect(Object.keys(measured)).toEqual(
    expect.arrayContaining([
      "latency.cpu.1",
      "latency.cpu.1.spread",
      "latency.cpu.64",
      "latency.cpu.64.spread",
    ]),
  );
  // 64 images take longer than one: the time is not that of an empty call.
  expect(measured["latency.cpu.64"]).toBeGreaterThan(4 * measured["latency.cpu.1"]!);

  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await page.reload();
  await inspect(page);
  await expect(cpu).toHaveText(shown ?? "");

  await page.keyboard.press("Escape");
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open("designscape");
        opening.onsuccess = () => {
          const writing = opening.result.transaction("weights", "readwrite");
          writing.objectStore("weights").clear();
          writing.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
  );
  await page.getByRole("button", { name: "Inspect" }).click();
  await expect(dialog(page).getByRole("alert")).toContainText("its weights are not kept");
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await expect(dialog(page)).toHaveCount(0);
});
