import { createRng } from "../math/rng.ts";
import type { DatasetEntry } from "./catalogue.ts";
import { baseName, type DataFile, pieces } from "./files/data-file.ts";
import { gunzip } from "./files/gunzip.ts";
import { badFile, importLimits } from "./files/limits.ts";
import { readTar } from "./files/tar.ts";
import type { RawDataset } from "./shards.ts";
import { byClass, interleave } from "./split.ts";

/**
 * The binary version of CIFAR-10 and CIFAR-100: records of labels (a byte; CIFAR-100: coarse, then fine), then the red,
 * the green and the blue plane of 32×32 bytes each (https://www.cs.toronto.edu/~kriz/cifar.html).
 */
interface Layout {
  readonly train: readonly string[];
  readonly test: readonly string[];
  readonly labelBytes: number;
  /** Images of a training and of the test file. */
  readonly counts: readonly [train: number, test: number];
}

const layouts: Readonly<Record<string, Layout>> = {
  cifar10: {
    train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`),
    test: ["test_batch.bin"],
    labelBytes: 1,
    counts: [10_000, 10_000],
  },
  cifar100: { train: ["train.bin"], test: ["test.bin"], labelBytes: 2, counts: [50_000, 10_000] },
};

const plane = 32 * 32;
/** Seed of the order of the images. It must not change: results on other orders do not compare. */
const orderSeed = 1;

/** Names of the files that hold a data set's images. */
export function cifarFiles(dataset: string): readonly string[] {
  const layout = layouts[dataset];
  return layout === undefined ? [] : [...layout.train, ...layout.test];
}

/**
 * Reads CIFAR out of its archive. Whether it is the official one is the caller's to check, by its MD5.
 * @throws InputError where it is cut off, damaged, or lacks a file
 */
export async function readCifarArchive(
  entry: DatasetEntry,
  archive: DataFile,
  onBytes?: (read: number) => void,
  signal?: AbortSignal,
): Promise<RawDataset> {
  const wanted = cifarFiles(entry.name);
  const found = new Map<string, Uint8Array<ArrayBuffer>>();
  const unpacked = gunzip(counted(pieces(archive, signal), onBytes), archive.name, importLimits.packedBytes);
  const limits = { files: 100, fileBytes: 4 * importLimits.fileBytes };
  for await (const { path, bytes } of readTar(unpacked, archive.name, limits, (path) =>
    wanted.includes(baseName(path)),
  )) {
    const file = baseName(path);
    if (found.has(file)) throw badFile(archive.name, `holds ${file} twice; once is allowed`);
    found.set(file, bytes);
  }
  return readCifar(entry, archive.name, (file) => found.get(file));
}

/**
 * Reads CIFAR out of its .bin files. No checksum of them is published, so their sizes and the number of images of each
 * class must be the official ones.
 */
export async function readCifarFiles(entry: DatasetEntry, files: readonly DataFile[]): Promise<RawDataset> {
  const found = new Map<string, Uint8Array>();
  for (const file of files) found.set(baseName(file.name), await file.read(0, file.size));
  const name = files.map((file) => baseName(file.name)).join(", ");
  const raw = readCifar(entry, name, (file) => found.get(file));
  const { counts } = layouts[entry.name]!;
  const expected = { train: counts[0] * layouts[entry.name]!.train.length, test: counts[1] };
  for (const part of ["train", "test"] as const) {
    const each = expected[part] / entry.classes.length;
    const labels = byClass(
      Uint8Array.from(raw[part], (image) => raw.labels[image]!),
      entry.classes.length,
    );
    if (raw[part].length !== expected[part] || labels.some((images) => images.length !== each))
      throw badFile(
        name,
        `holds ${raw[part].length} ${part === "train" ? "training" : "test"} images; ${entry.title} has ${expected[part]}, ${each} of each class`,
      );
  }
  return raw;
}

function readCifar(
  entry: DatasetEntry,
  name: string,
  fileOf: (file: string) => Uint8Array | undefined,
): RawDataset {
  const layout = layouts[entry.name]!;
  const record = layout.labelBytes + 3 * plane;
  const parts = { train: layout.train.map(bytesOf), test: layout.test.map(bytesOf) };
  function bytesOf(file: string): Uint8Array {
    const bytes = fileOf(file);
    if (bytes === undefined)
      throw badFile(name, `lacks ${file}; ${entry.title} consists of ${cifarFiles(entry.name).join(", ")}`);
    if (bytes.length === 0 || bytes.length % record !== 0)
      throw badFile(name, `${file} has ${bytes.length} bytes; whole records of ${record} bytes are allowed`);
    return bytes;
  }
  const all = [...parts.train, ...parts.test];
  const count = all.reduce((sum, bytes) => sum + bytes.length / record, 0);
  const images = new Uint8Array(count * 3 * plane);
  const labels = new Uint8Array(count);
  let image = 0;
  for (const bytes of all) {
    for (let at = 0; at < bytes.length; at += record) {
      const label = bytes[at + layout.labelBytes - 1]!;
      if (label >= entry.classes.length)
        throw badFile(
          name,
          `image ${image + 1} has label ${label}; 0 to ${entry.classes.length - 1} are allowed`,
        );
      labels[image] = label;
      interleavePlanes(bytes.subarray(at + layout.labelBytes, at + record), images, image * 3 * plane);
      image += 1;
    }
  }
  const training = parts.train.reduce((sum, bytes) => sum + bytes.length / record, 0);
  const rng = createRng(orderSeed, entry.name, "order");
  const ordered = (from: number, to: number) =>
    interleave(byClass(labels.subarray(from, to), entry.classes.length), rng).map((one) => one + from);
  return { images, labels, train: ordered(0, training), test: ordered(training, count) };
}

/** Three planes of a colour each → pixels of three colours. */
function interleavePlanes(planes: Uint8Array, pixels: Uint8Array, at: number): void {
  for (let i = 0; i < plane; i++) for (let c = 0; c < 3; c++) pixels[at + 3 * i + c] = planes[c * plane + i]!;
}

async function* counted(
  source: AsyncIterable<Uint8Array<ArrayBuffer>>,
  onBytes: ((read: number) => void) | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let read = 0;
  for await (const piece of source) {
    read += piece.length;
    onBytes?.(read);
    yield piece;
  }
}
