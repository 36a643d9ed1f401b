import { createHash } from "node:crypto";
import "fake-indexeddb/auto";
import { afterEach, describe, expect, test } from "vitest";
import { cifarEntries, tarGzOf, zipOf } from "../../../../test/fixtures/archives.ts";
import { badImages } from "../../../../test/fixtures/bad-images.ts";
import { pictureFolders } from "../../../../test/fixtures/pictures.ts";
import { nodeDecode } from "../../../engine/data/images/node-decode.ts";
import { DatasetStore } from "../../../engine/data/kept/dataset-store.ts";
import { loadDataset } from "../../../engine/data/loader.ts";
import { nodeSource } from "../../../engine/data/node-source.ts";
import type { GivenFile, WorkshopEvents } from "./protocol.ts";
import { Workshop } from "./workshop.ts";

let stores = 0;
const opened: DatasetStore[] = [];
afterEach(() => {
  for (const store of opened.splice(0)) store.close();
});

function newWorkshop(archive?: Uint8Array) {
  const store = new DatasetStore({ name: `workshop ${++stores}` });
  opened.push(store);
  const phases: string[] = [];
  const md5 = archive && createHash("md5").update(archive).digest("hex");
  const parts = {
    ...{ store, decode: nodeDecode, sourceAt: () => nodeSource() },
    ...(md5 ? { md5Of: ({ name }: { name: string }) => (name === "cifar10" ? md5 : undefined) } : {}),
  };
  const workshop = new Workshop(parts, (_, { phase }: WorkshopEvents["progress"]) => {
    if (phases.at(-1) !== phase) phases.push(phase);
  });
  return { store, phases, ...workshop.handlers };
}

const given = (bytes: Uint8Array<ArrayBuffer>, path: string): GivenFile => ({
  path,
  blob: new Blob([bytes]),
});
const clothes = async () => given(await zipOf(await pictureFolders(["Bag", "Coat"], 10)), "My Clothes.zip");

describe("own images", () => {
  test("are read, shown, and kept under a name", async () => {
    const { store, phases, prepare, keep } = newWorkshop();
    const { details, examples, options } = await prepare([await clothes()], { channels: 1 });
    expect(details).toMatchObject({
      name: "own:my-clothes",
      title: "My Clothes",
      shape: [32, 32, 1],
      classes: ["bag", "coat"],
      perClass: { train: [8, 8], test: [2, 2] },
    });
    expect(options).toMatchObject({ side: 32, channels: 1, fit: "crop", testFraction: 0.2 });
    expect(examples.images.map((list) => list.length)).toEqual([8, 8]);
    expect(await store.list()).toEqual([]);
    await keep("own:clothes", "Clothes");
    expect(phases).toEqual(["read", "keep"]);
    const [kept] = await store.list();
    expect(kept?.manifest).toMatchObject({
      name: "own:clothes",
      title: "Clothes",
      source: "My Clothes.zip (zip of class folders)",
    });
    const { train } = await loadDataset("own:clothes", { source: store.source(nodeSource()) });
    expect(train.count).toBe(16);
    await expect(Promise.resolve().then(() => keep("own:clothes", "x"))).rejects.toThrow(
      "there is nothing to keep",
    );
  });

  test("a name that is none is refused, and what was read can still be kept", async () => {
    const { prepare, keep } = newWorkshop();
    await prepare([await clothes()], {});
    await expect(keep("own:My Clothes", "x")).rejects.toThrow(
      '"own:My Clothes" is not allowed; own: with small letters',
    );
    await expect(keep("mnist", "x")).rejects.toThrow('"mnist" is not allowed');
    expect((await keep("own:clothes", " ")).title).toBe("My Clothes");
  });

  test("an import that fails or is cancelled leaves nothing to keep", async () => {
    const { store, prepare, keep, cancel } = newWorkshop();
    await prepare([await clothes()], {});
    await expect(prepare([given(Uint8Array.of(1, 2), "x.txt")], {})).rejects.toThrow(
      "x.txt: is of no kind that is known",
    );
    await expect(keep("own:clothes", "x")).rejects.toThrow("there is nothing to keep");
    const reading = prepare([await clothes()], {});
    cancel();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(await store.list()).toEqual([]);
  });
});

test.each(badImages)("$fault is refused with its reason, and what is kept stays", async (bad) => {
  const { store, prepare, keep } = newWorkshop();
  await prepare([await clothes()], {});
  await keep("own:clothes", "Clothes");
  await expect(prepare([given(await bad.make(), bad.file)], {})).rejects.toThrow(bad.says);
  expect((await store.list()).map(({ manifest }) => manifest.name)).toEqual(["own:clothes"]);
});

describe("CIFAR by dropping its archive", () => {
  const archive = tarGzOf(cifarEntries("cifar10", { train: 20, test: 10 }));

  test("is known by its checksum, whatever the file is called, and kept under its own name", async () => {
    const { store, phases, prepare, keep } = newWorkshop(archive);
    const { details, options } = await prepare([given(archive, "download (1).tgz")], {});
    expect([details.name, details.train, options]).toEqual(["cifar10", 100, undefined]);
    await keep("anything", "anything");
    expect(phases).toEqual(["check", "unpack", "keep"]);
    const { train, manifest } = await loadDataset("cifar10", { source: store.source(nodeSource()) });
    expect([manifest.title, train.count, train.shape]).toEqual(["CIFAR-10", 100, [32, 32, 3]]);
  });

  test("one that is cut off, or another archive, is refused with what is allowed", async () => {
    const { prepare } = newWorkshop(archive);
    await expect(prepare([given(archive.slice(0, -1), "cifar-10-binary.tar.gz")], {})).rejects.toThrow(
      /cifar-10-binary\.tar\.gz: is no archive that is known, or cut off: its MD5 is \w+ \(\d+ bytes\); allowed are cifar-10-binary\.tar\.gz \(c32a1d4a/,
    );
  });
});

test("details and pictures of a data set that set-up prepared", async () => {
  const { details } = newWorkshop();
  const shown = await details("mnist", "");
  expect(shown.details).toMatchObject({ title: "MNIST", train: 60_000, bytes: 54_950_000 });
  expect(shown.examples.images).toHaveLength(10);
  expect(shown.examples.images[3]![0]).toHaveLength(784);
});
