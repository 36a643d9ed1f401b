import { type DatasetFacts, findDataset } from "./catalogue.ts";
import { sha256 } from "./checksum.ts";
import { datasetFolder, isOwnName } from "./dataset-name.ts";
import { absentDataset, DatasetError, fileError, unknownDataset } from "./errors.ts";
import { type DatasetManifest, manifestSchema, type ShardEntry } from "./manifest.ts";
import type { ShardSource } from "./shard-source.ts";

/** Images resident as bytes, NHWC, with their labels. */
export interface ImageSet {
  /** The data set's name, e.g. "fashion-mnist". */
  readonly name: string;
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly classes: readonly string[];
  readonly count: number;
  /** count · height · width · channels bytes, 0..255. */
  readonly images: Uint8Array<ArrayBuffer>;
  /** count bytes, each an index into `classes`. */
  readonly labels: Uint8Array<ArrayBuffer>;
  /** Per channel, of the whole training split, as fractions of full brightness (pixel / 255). */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface Dataset {
  readonly train: ImageSet;
  readonly test: ImageSet;
  readonly manifest: DatasetManifest;
}

export interface LoadOptions {
  readonly source: ShardSource;
  /** How many images, from the start of the split; all if left out. Any prefix is a class-balanced random sample. */
  readonly trainImages?: number;
  readonly testImages?: number;
}

/**
 * Loads the first images of a data set: only the shards that hold them, each verified by length and SHA-256.
 * @throws {DatasetError} where the name is unknown, more images are asked for than there are, or a file is missing or
 * damaged; the message says which file, what was expected, and the command that repairs it
 */
export async function loadDataset(name: string, options: LoadOptions): Promise<Dataset> {
  const manifest = await loadManifest(name, options.source);
  const trainCount = checkCount(name, "training", options.trainImages, manifest.train.count);
  const testCount = checkCount(name, "test", options.testImages, manifest.test.count);
  return {
    manifest,
    train: await loadSplit(manifest, manifest.train.shards, trainCount, options.source),
    test: await loadSplit(manifest, manifest.test.shards, testCount, options.source),
  };
}

/**
 * What networks must know of a data set: of one of the catalogue without reading anything, of a user's own images from
 * their manifest.
 * @throws {DatasetError} where the name is unknown, or the images are not on this machine
 */
export async function datasetFacts(name: string, source: ShardSource): Promise<DatasetFacts> {
  return findDataset(name) ?? (await loadManifest(name, source));
}

/** Reads and verifies a data set's manifest. @throws {DatasetError} as `loadDataset` does */
export async function loadManifest(name: string, source: ShardSource): Promise<DatasetManifest> {
  const packaged = findDataset(name)?.origin.kind === "package";
  if (findDataset(name) === undefined && !isOwnName(name)) throw unknownDataset(name);
  const file = `${datasetFolder(name)}/manifest.json`;
  const bytes = await readFrom(source, name, file).catch((error: unknown) => {
    // Set-up has written the packaged ones: one that is not there is damage.
    throw packaged ? error : absentDataset(name);
  });
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw fileError("damaged", name, file, "not JSON", cause);
  }
  const parsed = manifestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join(".") || "the whole file";
    throw fileError("damaged", name, file, `${where}: ${issue?.message}`, parsed.error);
  }
  if (parsed.data.name !== name) {
    throw fileError("damaged", name, file, `describes "${parsed.data.name}", not "${name}"`);
  }
  return parsed.data;
}

function checkCount(name: string, what: string, wanted: number | undefined, available: number): number {
  if (wanted === undefined) return available;
  if (Number.isInteger(wanted) && wanted >= 0 && wanted <= available) return wanted;
  throw new DatasetError(
    "range",
    name,
    `${wanted} ${what} images of ${name}: a whole number from 0 to ${available} is allowed`,
  );
}

async function loadSplit(
  manifest: DatasetManifest,
  shards: readonly ShardEntry[],
  count: number,
  source: ShardSource,
): Promise<ImageSet> {
  const { name, shape, classes, mean, std } = manifest;
  const imageBytes = shape[0] * shape[1] * shape[2];
  const images = new Uint8Array(count * imageBytes);
  const labels = new Uint8Array(count);
  let filled = 0;
  for (const shard of shards) {
    if (filled === count) break;
    const bytes = await loadShard(name, shard, source);
    const taken = Math.min(shard.count, count - filled);
    const firstLabel = shard.count * imageBytes;
    images.set(bytes.subarray(0, taken * imageBytes), filled * imageBytes);
    labels.set(bytes.subarray(firstLabel, firstLabel + taken), filled);
    filled += taken;
  }
  return { name, shape, classes, count, images, labels, mean, std };
}

async function loadShard(
  name: string,
  shard: ShardEntry,
  source: ShardSource,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = `${datasetFolder(name)}/${shard.file}`;
  const bytes = await readFrom(source, name, file);
  if (bytes.length !== shard.bytes) {
    throw fileError("damaged", name, file, `${bytes.length} bytes where ${shard.bytes} belong`);
  }
  const digest = await sha256(bytes);
  if (digest === undefined) {
    throw new DatasetError(
      "unverifiable",
      name,
      `${file}: its checksum cannot be computed, because browsers allow that only in a secure context. ` +
        "Open the page by https:// or at http://localhost",
      { file },
    );
  }
  if (digest !== shard.sha256) {
    throw fileError("damaged", name, file, `SHA-256 is ${digest} where ${shard.sha256} belongs`);
  }
  return bytes;
}

async function readFrom(source: ShardSource, name: string, file: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await source(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fileError("missing", name, file, `cannot be read (${reason})`, cause);
  }
}
