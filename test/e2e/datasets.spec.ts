import { expect, test } from "@playwright/test";
import { parseStudy } from "../../src/engine/sweep/study.ts";
import { encodeStudy } from "../../src/engine/sweep/study-url.ts";
import { zipOf } from "../fixtures/archives.ts";
import { pictureFolders } from "../fixtures/pictures.ts";
import { violations } from "./axe.ts";

/** A user's own images in a real browser: from a zip to a trained network. */

test("a zip of pictures becomes a data set, a network trains on it, and a reload finds both", async ({
  page,
}) => {
  const pictures = await pictureFolders(["Bag", "Trouser", "Sneaker"], 40);
  const zip = Buffer.from(await zipOf(pictures.slice(0, 100)));
  const study = parseStudy({
    version: 1,
    name: "Own images",
    populations: [{ name: "RegNetX", space: "regnetx", count: 1, budget: { flops: "200k..600k" } }],
    regime: { epochs: 1, batch: 16 },
  });
  await page.goto(`./#/study?${encodeStudy(study)}`);
  await page.getByRole("button", { name: "Data sets …" }).click();
  const dialog = page.getByRole("dialog", { name: "Data sets" });
  await expect(dialog.getByText("60,000 training, 10,000 test")).toBeVisible();
  await expect(dialog.getByRole("img", { name: "8 pictures of Sneaker" })).toBeVisible();

  // What is no data set is refused with what is allowed, and nothing changes.
  const input = dialog.getByLabel("Files of a data set");
  await input.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
  await expect(dialog.getByRole("alert")).toContainText(
    "notes.txt: is of no kind that is known; a zip of class folders",
  );

  await input.setInputFiles({ name: "Wardrobe.zip", mimeType: "application/zip", buffer: zip });
  await expect(dialog.getByText("80 training, 20 test")).toBeVisible();
  await expect(dialog.getByText("Classes are uneven.")).toBeVisible();
  await dialog.getByLabel("Size").selectOption("16");
  await dialog.getByLabel("Channels").selectOption("1");
  await expect(dialog.getByText("16×16, grey")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await dialog.getByLabel("Name in study files").fill("clothes");
  await dialog.getByRole("button", { name: /^Keep/ }).click();
  await dialog.getByRole("button", { name: "Use in the study" }).click();
  await expect(page.getByLabel("Data", { exact: true })).toHaveValue("own:clothes");
  await expect(page.getByLabel("Images per epoch")).toHaveValue("80");

  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("1 of 1 trained")).toBeVisible({ timeout: 60_000 });
  await page.reload();
  await expect(page.getByText("1 of 1 trained")).toBeVisible();
  await expect(page.getByRole("region", { name: "Set-up" })).toContainText("Wardrobe");
});
