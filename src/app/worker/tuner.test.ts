import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { type Executor, ExecutorError } from "../../engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../engine/runtime/reference/executor.ts";
import type { WebGpuExecutor } from "../../engine/runtime/webgpu/executor.ts";
import { adapterKey } from "../../engine/runtime/webgpu/tile-table.ts";
import { defaultTiles, type Tiles } from "../../engine/runtime/webgpu/tiles.ts";
import { TileStore } from "./tile-store.ts";
import { createTuner } from "./tuner.ts";

const info = { vendor: "intel", architecture: "gen-12lp", device: "", description: "" };
const key = adapterKey(info);
const found: Tiles = { ...defaultTiles, conv: { ...defaultTiles.conv, spatial: { pixels: 8, blocks: 2 } } };
const times = [
  { shape: "3×3", variant: "4×1", ms: 2, gflops: 1 },
  { shape: "3×3", variant: "8×2", ms: 1, gflops: 2 },
];

/** Tiles and adapter are all that a tuner sees of an executor. */
function executor(tiles: Tiles = defaultTiles): WebGpuExecutor {
  return { kind: "webgpu", gpu: { info }, tiles, using: executor } as unknown as WebGpuExecutor;
}

let stores = 0;
function tuner(selfTest: (tested: Executor) => Promise<void> = async () => {}) {
  const store = new TileStore(`tiles ${++stores}`);
  return {
    store,
    tuner: createTuner({ store, selfTest, tune: async () => ({ tiles: found, times, steps: [] }) }),
  };
}

test("what was tuned is kept for this adapter until it is undone", async () => {
  const { store, tuner: own } = tuner();
  const { signal } = new AbortController();
  expect(await own.state(executor())).toMatchObject({ tuned: false });
  const state = await own.tune(executor(), () => {}, signal);
  expect(state.tiles).toContain("spatial 8×2");
  expect(state.fastest).toEqual([{ shape: "3×3", variant: "8×2", gflops: 2 }]);
  expect(await store.load(key)).toEqual(found);
  expect(await store.load("another GPU | Chrome/1")).toBeUndefined();
  expect(await own.state(executor(found))).toMatchObject({ tuned: true, tiles: state.tiles });
  await own.untune(executor(found));
  expect(await store.load(key)).toBeUndefined();
});

test("tiles with which the adapter computes wrong are not kept", async () => {
  const { store, tuner: own } = tuner(async (tested) => {
    expect((tested as WebGpuExecutor).tiles).toEqual(found);
    throw new ExecutorError("unsupported", "computes wrong");
  });
  await expect(own.tune(executor(), () => {}, new AbortController().signal)).rejects.toThrow("wrong");
  expect(await store.load(key)).toBeUndefined();
});

test("other executors have nothing to tune; a record that is no table counts as none", async () => {
  const { store, tuner: own } = tuner();
  expect(await own.state(createReferenceExecutor())).toBeUndefined();
  await store.save(key, { join: "no" } as unknown as Tiles);
  expect(await store.load(key)).toBeUndefined();
});
