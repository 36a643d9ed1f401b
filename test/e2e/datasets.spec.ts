import { expect, type Page, test } from "@playwright/test";
import { memoryFile } from "../../src/engine/data/files/data-file.ts";
import { nodeDecode } from "../../src/engine/data/images/node-decode.ts";
import { openImages } from "../../src/engine/data/images/open-images.ts";
import { packImages } from "../../src/engine/data/images/pack-images.ts";
import type { DatasetManifest } from "../../src/engine/data/manifest.ts";
import { ownDescription } from "../../src/engine/data/own-description.ts";
import { packShards } from "../../src/engine/data/shards.ts";
import { parseStudy } from "../../src/engine/sweep/study.ts";
import { encodeStudy } from "../../src/engine/sweep/study-url.ts";
import { zipOf } from "../fixtures/archives.ts";
import { pictureFolders } from "../fixtures/pictures.ts";
import { violations } from "./axe.ts";
import { drop } from "./drop.ts";

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
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  await page.goto(`./#/study?${encodeStudy(study)}`);
  await page.getByRole("button", { name: "Data sets …" }).click();
  const dialog = page.getByRole("dialog", { name: "Data sets" });
  await expect(dialog.getByText("60,000 training, 10,000 test")).toBeVisible();
  // Which data sets are there is found out without asking for any that is not.
  await expect(dialog.getByRole("button", { name: "CIFAR-100" })).toContainText("not here");
  expect(errors).toEqual([]);
  await expect(dialog.getByRole("img", { name: "8 pictures of Sneaker" })).toBeVisible();

  // What is no data set is refused with what is allowed, and nothing changes.
  const input = dialog.getByLabel("Files of a data set");
  await input.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") });
  await expect(dialog.getByRole("alert")).toContainText(
    "notes.txt: is of no kind that is known; a zip of class folders",
  );

  // One that is dropped while another is read is refused, not opened by the browser in place of the page.
  const more = ["first.txt", "second.txt"].map((file) => ({ text: "hello", file }));
  expect(await drop(dialog.getByText("Add a data set:"), ...more)).toEqual([true, true]);
  await expect(dialog.getByRole("alert")).toContainText("first.txt: is of no kind that is known");

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
  expect(await keptShards(page, "own:clothes")).toEqual(await shardsOfNode(zip));
  await expect(page.getByLabel("Images per epoch")).toHaveValue("80");

  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByText("1 of 1 trained")).toBeVisible();
  await page.reload();
  await expect(page.getByText("1 of 1 trained")).toBeVisible();
  await expect(page.getByRole("region", { name: "Set-up" })).toContainText("Wardrobe");
});

test("a study on images that are not here says so, and the way to add them", async ({ page }) => {
  const study = parseStudy({
    version: 1,
    populations: [{ name: "RegNetX", space: "regnetx", count: 1 }],
    regime: { dataset: "own:flowers" },
  });
  await page.route("**/data/index.json", (route) => route.fulfill({ json: ["cifar10", "fashion-mnist"] }));
  await page.goto(`./#/study?${encodeStudy(study)}`);
  const setup = page.getByRole("region", { name: "Set-up" });
  await expect(setup).toContainText("own:flowers is not here yet");
  await page.getByRole("button", { name: "Add it: data sets …" }).click();
  const list = page.getByRole("navigation", { name: "Data sets" });
  await expect(list.getByRole("button", { name: /^CIFAR-10 / })).toContainText("32×32, colour, 10 classes");
  await expect(list.getByRole("button", { name: "CIFAR-100" })).toContainText("not here");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.getByRole("alert").first()).toContainText(
    'Data set own:flowers is not on this machine. It is made from somebody\'s own images: add them under this name, in the page under "Data sets"',
  );
});

/** SHA-256 of the shards of a data set that the browser keeps. */
function keptShards(page: Page, name: string): Promise<string[]> {
  return page.evaluate(
    (wanted) =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open("designscape-data");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction("sets").objectStore("sets").get(wanted);
          reading.onsuccess = () => {
            const { train, test: tests } = reading.result.manifest as DatasetManifest;
            resolve([...train.shards, ...tests.shards].map(({ sha256 }) => sha256));
          };
        };
      }),
    name,
  );
}

/** Of the same archive as the command line packs it: other decoders, the same bytes. */
async function shardsOfNode(zip: Uint8Array): Promise<string[]> {
  const source = await openImages([memoryFile(Uint8Array.from(zip), "Wardrobe.zip")], nodeDecode);
  const packed = await packImages(source, {
    ...{ side: 16, channels: 1, fit: "crop", testFraction: 0.2, skipUnreadable: false },
  });
  const description = ownDescription("own:clothes", "Wardrobe", source, packed);
  const { train, test: tests } = await packShards(description, packed.raw, async () => {});
  return [...train.shards, ...tests.shards].map(({ sha256 }) => sha256);
}
