import { describe, expect, test } from "vitest";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { ExecutorError } from "../runtime/executor.ts";
import { createReferenceExecutor } from "../runtime/reference/executor.ts";
import type { WebGpuExecutor } from "../runtime/webgpu/executor.ts";
import { defaultTiles, softwareTiles, type Tiles } from "../runtime/webgpu/tiles.ts";
import { isFaster, tuneSteps } from "./tune-steps.ts";

describe("what whole steps gain from", () => {
  test.each([
    ["faster in every round, by 3 %", [10, 11, 12, 10, 14], [10.3, 12, 13, 14, 15], true],
    ["slower in one round", [9, 9, 9, 9, 20], [10, 10, 10, 10, 10], false],
    ["as fast in one round", [9, 9, 9, 9, 10], [10, 10, 10, 10, 10], false],
    ["faster in every round, by less", [9.8, 10, 11, 12, 13], [10, 10.5, 12, 13, 14], false],
  ] as const)("%s", (_name, tried, beside, faster) => {
    expect(isFaster(tried, beside)).toBe(faster);
  });

  test.each([
    ["the tiles are those of an adapter that computes on the processor", softwareTiles, true],
    ["they have it, and the adapter no subgroups", { ...defaultTiles, storage: "f16" } as const, false],
  ])("is not even tried where %s", async (_name, tiles, subgroups) => {
    const gpu = { software: true, quads: subgroups, subgroups };
    const executor = { gpu, tiles } as WebGpuExecutor;
    const shares: number[] = [];
    const found = await tuneSteps(executor, { onProgress: (share) => shares.push(share) });
    expect(found).toEqual({ tiles, steps: [] });
    expect(shares).toEqual([1]);
  });
});

/** The reference as an adapter that stores maps as float16 for all that tuning knows; one of its loads or its steps fails. */
function failingAdapter(fails: "load" | "step", session: number) {
  const open = new Set<object>();
  const opened = <Held extends { dispose(): void }>(held: Held): Held => {
    open.add(held);
    const dispose = held.dispose.bind(held);
    held.dispose = () => {
      open.delete(held);
      dispose();
    };
    return held;
  };
  const failure = new ExecutorError("out-of-memory", "no memory is left");
  const reference = createReferenceExecutor();
  let loads = 0;
  const own = (tiles: Tiles): unknown => ({
    ...{ tiles, using: own, gpu: { software: false, quads: false, subgroups: false } },
    attach: async (...images: Parameters<typeof reference.attach>) =>
      opened(await reference.attach(...images)),
    load: async (...state: Parameters<typeof reference.load>) => {
      const failing = ++loads === session;
      if (failing && fails === "load") throw failure;
      const loaded = opened(await reference.load(...state));
      if (failing) loaded.step = async () => Promise.reject(failure);
      return loaded;
    },
  });
  return { executor: own(defaultTiles) as WebGpuExecutor, open };
}

/** Before them the self-test's, one a family. */
const sides = { first: 4, second: 5 };
test.each([
  ["load", "first"],
  ["load", "second"],
  ["step", "first"],
  ["step", "second"],
] as const)("a %s that fails on the %s side leaves no session and no images", async (fails, side) => {
  const { executor, open } = failingAdapter(fails, sides[side]);
  const input = { height: 4, width: 4, channels: 1 };
  const network = networkOf({ ...smallImageFrame, input }, [
    { block: "vanilla", depth: 1, width: 4, stride: 2 },
  ]);
  await expect(tuneSteps(executor, { batch: 2 }, network)).rejects.toThrow("no memory is left");
  expect(open.size).toBe(0);
});
