import { describe, expect, test } from "vitest";
import { type ArchiveEntry, cifarEntries, tarGzOf } from "../../../test/fixtures/archives.ts";
import { findDataset } from "./catalogue.ts";
import { readCifarArchive, readCifarFiles } from "./cifar.ts";
import { memoryFile } from "./files/data-file.ts";

const cifar10 = findDataset("cifar10")!;
const cifar100 = findDataset("cifar100")!;

const read = (entry: typeof cifar10, entries: readonly ArchiveEntry[]) =>
  readCifarArchive(entry, memoryFile(tarGzOf(entries), "cifar.tar.gz"));

test("CIFAR-100 has 100 classes, as fine_label_names.txt lists them", () => {
  expect(cifar100.classes).toHaveLength(100);
  expect([0, 39, 53, 99].map((label) => cifar100.classes[label])).toEqual([
    "apple",
    "keyboard",
    "orange",
    "worm",
  ]);
});

describe("a made archive", () => {
  test("CIFAR-10: five training files and a test file; planes become pixels", async () => {
    const entries = cifarEntries("cifar10", { train: 20, test: 10 });
    const raw = await read(cifar10, entries);
    expect([raw.train.length, raw.test.length]).toEqual([100, 10]);
    const batch2 = entries.find(({ path }) => path.endsWith("data_batch_2.bin"))!.bytes!;
    // Image 3 of the second file is image 23 of all.
    const record = batch2.subarray(3 * 3073, 4 * 3073);
    expect(raw.labels[23]).toBe(record[0]);
    const pixel = 40;
    expect([...raw.images.subarray(23 * 3072 + 3 * pixel, 23 * 3072 + 3 * pixel + 3)]).toEqual(
      [0, 1, 2].map((plane) => record[1 + plane * 1024 + pixel]),
    );
    // The first ten images hold every class once.
    expect(new Set(raw.train.slice(0, 10).map((image) => raw.labels[image])).size).toBe(10);
  });

  test("CIFAR-100: the fine label counts, not the coarse one", async () => {
    const raw = await read(cifar100, cifarEntries("cifar100", { train: 200, test: 100 }));
    expect([...raw.labels.subarray(0, 100)]).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});

describe("refused", () => {
  const entries = cifarEntries("cifar10", { train: 10, test: 10 });

  test("an archive without one of its files", async () => {
    const without = entries.filter(({ path }) => !path.endsWith("data_batch_3.bin"));
    await expect(read(cifar10, without)).rejects.toThrow(
      "cifar.tar.gz: lacks data_batch_3.bin; CIFAR-10 consists of data_batch_1.bin, ",
    );
  });

  test("the archive of the other data set", async () => {
    await expect(read(cifar100, entries)).rejects.toThrow(
      "lacks train.bin; CIFAR-100 consists of train.bin, test.bin",
    );
  });

  test("half a record, and a label that is none", async () => {
    const changed = (change: (bytes: Uint8Array) => Uint8Array) =>
      entries.map((entry) =>
        entry.path.endsWith("test_batch.bin") ? { ...entry, bytes: change(entry.bytes!) } : entry,
      );
    await expect(
      read(
        cifar10,
        changed((bytes) => bytes.subarray(0, -1)),
      ),
    ).rejects.toThrow("test_batch.bin has 30729 bytes; whole records of 3073 bytes are allowed");
    await expect(
      read(
        cifar10,
        changed((bytes) => bytes.slice().fill(10, 0, 1)),
      ),
    ).rejects.toThrow("image 51 has label 10; 0 to 9 are allowed");
  });

  test(".bin files that are not the official ones, by their number of images", async () => {
    const files = entries.flatMap(({ path, bytes }) =>
      path.endsWith(".bin") ? [memoryFile(Uint8Array.from(bytes!), path)] : [],
    );
    await expect(readCifarFiles(cifar10, files)).rejects.toThrow(
      "holds 50 training images; CIFAR-10 has 50000, 5000 of each class",
    );
  });
});
