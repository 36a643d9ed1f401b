import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { findDataset } from "./catalogue.ts";
import { DatasetError } from "./errors.ts";
import { loadDataset } from "./loader.ts";
import type { DatasetManifest, ShardEntry } from "./manifest.ts";
import type { ShardSource } from "./shard-source.ts";

/** A small "mnist" of three training shards of 20 images and one test shard: 2×2 pixels, image i is filled with i. */
function smallDataset() {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const reads: string[] = [];
  const shard = (file: string, first: number, count: number): ShardEntry => {
    const bytes = new Uint8Array(count * 5);
    for (let i = 0; i < count; i++) {
      bytes.fill(first + i, i * 4, i * 4 + 4);
      bytes[count * 4 + i] = (first + i) % 10;
    }
    files.set(`mnist/${file}`, bytes);
    return { file, count, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  const entry = findDataset("mnist");
  const manifest: DatasetManifest = {
    format: "designscape-dataset",
    version: 1,
    name: "mnist",
    title: "MNIST",
    shape: [2, 2, 1],
    classes: [...(entry?.classes ?? [])],
    mean: [0.25],
    std: [0.5],
    licence: "none",
    source: "none",
    split: "none",
    train: {
      count: 60,
      shards: [shard("train-000.bin", 0, 20), shard("train-001.bin", 20, 20), shard("train-002.bin", 40, 20)],
    },
    test: { count: 10, shards: [shard("test-000.bin", 60, 10)] },
  };
  const writeManifest = (value: unknown) =>
    files.set("mnist/manifest.json", new TextEncoder().encode(JSON.stringify(value)));
  writeManifest(manifest);
  const source: ShardSource = async (path) => {
    reads.push(path);
    const bytes = files.get(path);
    if (bytes === undefined) throw new Error("no such file");
    return bytes.slice();
  };
  return { files, manifest, reads, source, writeManifest };
}

async function failure(promise: Promise<unknown>): Promise<DatasetError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatasetError)) throw new Error(`expected a DatasetError, got ${error}`);
  return error;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("loadDataset", () => {
  test("reads only the shards that hold the images asked for", async () => {
    const { reads, source } = smallDataset();
    const { train, test } = await loadDataset("mnist", { source, trainImages: 21, testImages: 0 });
    expect(reads).toEqual(["mnist/manifest.json", "mnist/train-000.bin", "mnist/train-001.bin"]);
    expect([train.count, test.count]).toEqual([21, 0]);
  });

  test("images and labels follow each other over the shards' borders", async () => {
    const { source } = smallDataset();
    const { train, test } = await loadDataset("mnist", { source, trainImages: 50 });
    expect(train.images).toEqual(Uint8Array.from({ length: 200 }, (_, i) => Math.floor(i / 4)));
    expect(train.labels).toEqual(Uint8Array.from({ length: 50 }, (_, i) => i % 10));
    expect(test.labels).toEqual(Uint8Array.from({ length: 10 }, (_, i) => i));
  });

  test("the test set carries the training pixels' statistics", async () => {
    const { source } = smallDataset();
    const { test } = await loadDataset("mnist", { source });
    expect([test.mean, test.std]).toEqual([[0.25], [0.5]]);
  });

  test("an unknown name lists those known", async () => {
    const { source } = smallDataset();
    const error = await failure(loadDataset("minst", { source }));
    expect(error.problem).toBe("unknown");
    expect(error.message).toContain('data set "minst" is unknown; known are "fashion-mnist", "mnist"');
    expect(error.message).toContain("such as own:flowers");
  });

  test("a user's own images that are not on this machine: how to add them", async () => {
    const { source } = smallDataset();
    const error = await failure(loadDataset("own:flowers", { source }));
    expect(error.problem).toBe("absent");
    expect(error.message).toContain("data set own:flowers is not on this machine");
    expect(error.message).toContain("npm run designscape -- data own:flowers --from");
  });

  test.each([-1, 1.5, Number.NaN, 61])("%s training images are refused with the allowed range", async (n) => {
    const { source } = smallDataset();
    const error = await failure(loadDataset("mnist", { source, trainImages: n }));
    expect(error.problem).toBe("range");
    expect(error.message).toBe(`${n} training images of mnist: a whole number from 0 to 60 is allowed`);
  });

  test("a flipped bit is caught, in an image or in a label", async () => {
    for (const at of [0, 99]) {
      const { files, manifest, source } = smallDataset();
      const bytes = files.get("mnist/train-001.bin") as Uint8Array;
      bytes[at] = (bytes[at] as number) ^ 1;
      const error = await failure(loadDataset("mnist", { source }));
      expect(error.problem).toBe("damaged");
      expect(error.file).toBe("mnist/train-001.bin");
      expect(error.message).toContain(`where ${manifest.train.shards[1]?.sha256} belongs`);
      expect(error.message).toContain("npm run data -- mnist --force");
    }
  });

  test("a truncated shard is caught, with both lengths", async () => {
    const { files, source } = smallDataset();
    files.set("mnist/test-000.bin", new Uint8Array(49));
    const error = await failure(loadDataset("mnist", { source }));
    expect(error.problem).toBe("damaged");
    expect(error.message).toBe(
      "mnist/test-000.bin: 49 bytes where 50 belong. To write it anew: npm run data -- mnist --force",
    );
  });

  test("a missing shard is named, with the reason and the command that writes it", async () => {
    const { files, source } = smallDataset();
    files.delete("mnist/train-000.bin");
    const error = await failure(loadDataset("mnist", { source }));
    expect(error.problem).toBe("missing");
    expect(error.message).toBe(
      "mnist/train-000.bin: cannot be read (no such file). To write it anew: npm run data -- mnist --force",
    );
  });

  test("damage in a shard that is not needed does not matter", async () => {
    const { files, source } = smallDataset();
    files.delete("mnist/train-002.bin");
    expect((await loadDataset("mnist", { source, trainImages: 40 })).train.count).toBe(40);
  });

  test("where checksums cannot be computed, the error says how to open the page", async () => {
    const { source } = smallDataset();
    vi.stubGlobal("crypto", undefined);
    const error = await failure(loadDataset("mnist", { source }));
    expect(error.problem).toBe("unverifiable");
    expect(error.message).toContain("https:// or at http://localhost");
  });
});

describe("a damaged manifest is refused, with the place", () => {
  test("not JSON", async () => {
    const { files, source } = smallDataset();
    files.set("mnist/manifest.json", new TextEncoder().encode("<!doctype html>"));
    const error = await failure(loadDataset("mnist", { source }));
    expect(error.problem).toBe("damaged");
    expect(error.message).toContain("mnist/manifest.json: not JSON");
  });

  test.each<[string, (manifest: DatasetManifest) => unknown, string]>([
    [
      "another data set's",
      (m) => ({ ...m, name: "fashion-mnist" }),
      'describes "fashion-mnist", not "mnist"',
    ],
    ["a newer version", (m) => ({ ...m, version: 2 }), "version: "],
    ["too many means", (m) => ({ ...m, mean: [0.1, 0.2] }), "mean: 1 numbers, one per channel"],
    [
      "counts that disagree",
      (m) => ({ ...m, train: { ...m.train, count: 61 } }),
      "train.count: the shards hold 60",
    ],
    [
      "bytes that disagree",
      (m) => ({ ...m, shape: [2, 3, 1] }),
      "train.shards.0.bytes: 20 images take 140 bytes",
    ],
    [
      "a file elsewhere",
      (m) => ({ ...m, test: { count: 10, shards: [{ ...m.test.shards[0], file: "../x.bin" }] } }),
      "test.shards.0.file: ",
    ],
  ])("%s", async (_, change, message) => {
    const { manifest, source, writeManifest } = smallDataset();
    writeManifest(change(manifest));
    const error = await failure(loadDataset("mnist", { source }));
    expect(error.problem).toBe("damaged");
    expect(error.message).toContain(message);
  });
});
