import type { DatasetEntry } from "./catalogue.ts";
import { sha256 } from "./checksum.ts";
import { DatasetError } from "./errors.ts";
import type { DatasetManifest, ShardEntry } from "./manifest.ts";
import { channelStatistics } from "./statistics.ts";

/** All images of a data set with their labels, and which of them train and test, in the order they will be stored. */
export interface RawDataset {
  /** NHWC bytes. */
  readonly images: Uint8Array;
  /** A byte each, an index into the classes. */
  readonly labels: Uint8Array;
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** What a manifest says of a data set in words, and what its images are. */
export type DatasetDescription = Omit<DatasetEntry, "origin">;

/** Keeps a shard under its file name. */
export type ShardWriter = (file: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

/** A shard holds no more images than this: a study on a few thousand images loads one. */
const shardImages = 10_000;
/** Nor more bytes than this, but for one image. */
const shardBytes = 32 * 2 ** 20;

/**
 * Cuts a data set into shards, hands each to `write`, and says what they are. The same images always give the same bytes.
 * The manifest is the caller's to write, and last: it must never speak of shards that are not there.
 * @param onShard is told how many of all images are written
 */
export async function packShards(
  description: DatasetDescription,
  raw: RawDataset,
  write: ShardWriter,
  onShard?: (images: number, total: number) => void,
): Promise<DatasetManifest> {
  const { name, title, shape, classes, licence, source, split } = description;
  const total = raw.train.length + raw.test.length;
  let done = 0;
  const packSplit = async (part: "train" | "test") => {
    const shards: ShardEntry[] = [];
    for (const images of chunks(raw[part], imageBytesOf(shape))) {
      const bytes = shardOf(raw, images, imageBytesOf(shape));
      const file = `${part}-${String(shards.length).padStart(3, "0")}.bin`;
      const digest = await sha256(bytes);
      if (digest === undefined)
        throw new DatasetError(
          "unverifiable",
          name,
          "checksums cannot be computed here, because browsers allow that only in a secure context. Open the page by https:// or at http://localhost",
        );
      await write(file, bytes);
      shards.push({ file, count: images.length, bytes: bytes.length, sha256: digest });
      done += images.length;
      onShard?.(done, total);
    }
    return { count: raw[part].length, shards, perClass: perClass(raw, raw[part], classes.length) };
  };
  const train = await packSplit("train");
  const test = await packSplit("test");
  const { mean, std } = trainingStatistics(raw, shape);
  return {
    format: "designscape-dataset",
    version: 1,
    ...{ name, title, shape: [...shape], classes: [...classes], mean, std, licence, source, split },
    ...{ train, test },
  };
}

/** Mean and standard deviation of each channel of the training images, as fractions of full brightness. */
export function trainingStatistics(
  raw: RawDataset,
  shape: DatasetDescription["shape"],
): { readonly mean: number[]; readonly std: number[] } {
  return channelStatistics(gather(raw.images, raw.train, imageBytesOf(shape)), shape[2]);
}

/** Images of each class among those listed. */
export function perClass(raw: RawDataset, images: readonly number[], classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const image of images) counts[raw.labels[image]!]! += 1;
  return counts;
}

export function imageBytesOf([height, width, channels]: DatasetDescription["shape"]): number {
  return height * width * channels;
}

function* chunks(order: readonly number[], imageBytes: number): Generator<readonly number[]> {
  const size = Math.max(1, Math.min(shardImages, Math.floor(shardBytes / (imageBytes + 1))));
  for (let start = 0; start < order.length; start += size) yield order.slice(start, start + size);
}

function shardOf(raw: RawDataset, images: readonly number[], imageBytes: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(images.length * (imageBytes + 1));
  bytes.set(gather(raw.images, images, imageBytes));
  bytes.set(gather(raw.labels, images, 1), images.length * imageBytes);
  return bytes;
}

/** The rows of `size` bytes that `order` names, one after another. */
function gather(rows: Uint8Array, order: readonly number[], size: number): Uint8Array {
  const result = new Uint8Array(order.length * size);
  order.forEach((row, i) => {
    result.set(rows.subarray(row * size, (row + 1) * size), i * size);
  });
  return result;
}
