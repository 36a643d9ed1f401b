import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { afterEach, expect, test } from "vitest";
import { loadDataset, loadManifest } from "../loader.ts";
import type { ShardSource } from "../shard-source.ts";
import { packShards, type RawDataset } from "../shards.ts";
import { DatasetStore } from "./dataset-store.ts";

const nowhere: ShardSource = async () => {
  throw new Error("the server answers 404");
};

const opened: { close(): void }[] = [];
let names = 0;
function newStore(name = `data ${++names}`) {
  const store = new DatasetStore({ name, now: () => ++names });
  opened.push(store);
  return { store, name };
}
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

const describeAs = (name: string) => ({
  ...{ name, title: "Tiny", shape: [1, 2, 1] as const, classes: ["a", "b"] },
  ...{ licence: "none", source: "made", split: "made" },
});
const raw: RawDataset = {
  images: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  labels: Uint8Array.of(0, 1, 0, 1),
  train: [2, 3],
  test: [0, 1],
};
const keep = (store: DatasetStore, name: string, images = raw) =>
  store.keep((write) => packShards(describeAs(name), images, write));

test("a kept data set is listed, and read like any other; others come from elsewhere", async () => {
  const { store, name } = newStore();
  await keep(store, "own:tiny");
  const again = newStore(name).store;
  expect((await again.list()).map(({ manifest, bytes }) => [manifest.name, bytes])).toEqual([
    ["own:tiny", 12],
  ]);
  const source = again.source(nowhere);
  const { train, test: tests } = await loadDataset("own:tiny", { source });
  expect([[...train.images], [...train.labels], [...tests.images]]).toEqual([
    [5, 6, 7, 8],
    [0, 1],
    [1, 2, 3, 4],
  ]);
  await expect(loadManifest("own:other", source)).rejects.toMatchObject({ problem: "absent" });
  await expect(loadManifest("mnist", source)).rejects.toThrow(
    "mnist/manifest.json: cannot be read (the server answers 404)",
  );
});

test("one of the same name is replaced, and a deleted one leaves nothing", async () => {
  const { store, name } = newStore();
  await keep(store, "own:tiny");
  await keep(store, "own:tiny", { ...raw, images: raw.images.map((value) => value + 100) });
  const { train } = await loadDataset("own:tiny", { source: store.source(nowhere) });
  expect([...train.images]).toEqual([105, 106, 107, 108]);
  expect(await store.list()).toHaveLength(1);
  expect(await files(name)).toBe(2);
  await store.remove("own:tiny");
  expect([await store.list(), await files(name)]).toEqual([[], 0]);
});

test("an adding that fails half way keeps what was there, and nothing of its own", async () => {
  const { store, name } = newStore();
  await keep(store, "own:tiny");
  const failing = store.keep(async (write) => {
    await write("train-000.bin", Uint8Array.of(9));
    throw new Error("not an image");
  });
  await expect(failing).rejects.toThrow("not an image");
  expect(await files(name)).toBe(2);
  expect((await loadDataset("own:tiny", { source: store.source(nowhere) })).train.count).toBe(2);
});

test("what a killed adding left is removed by the next one", async () => {
  const { store, name } = newStore();
  await store.list();
  const other = new Dexie(name);
  await other.open();
  await other.table("files").put({ key: "killed", file: "train-000.bin", bytes: Uint8Array.of(1) });
  other.close();
  await keep(store, "own:tiny");
  expect(await files(name)).toBe(2);
});

test("where there is no room it says so, and nothing is kept", async () => {
  const { store, name } = newStore();
  const full = store.keep(async (write) => {
    await write("train-000.bin", Uint8Array.of(1));
    throw new DOMException("the quota has been exceeded", "QuotaExceededError");
  });
  await expect(full).rejects.toThrow(
    /storage is full: there is no room for .* nothing of it is kept\. Delete data sets/,
  );
  expect(await files(name)).toBe(0);
});

async function files(name: string): Promise<number> {
  const db = await new Dexie(name).open();
  const count = await db.table("files").count();
  db.close();
  return count;
}
