import { describe, expect, test } from "vitest";
import type { WebGpuExecutor } from "../runtime/webgpu/executor.ts";
import { defaultTiles, softwareTiles } from "../runtime/webgpu/tiles.ts";
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
