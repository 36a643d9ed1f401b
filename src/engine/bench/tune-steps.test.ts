import { describe, expect, test } from "vitest";
import type { WebGpuExecutor } from "../runtime/webgpu/executor.ts";
import { softwareTiles } from "../runtime/webgpu/tiles.ts";
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

  test("is not even tried where tiles are those of an adapter that computes on the processor", async () => {
    const executor = { gpu: { software: true }, tiles: softwareTiles } as WebGpuExecutor;
    const shares: number[] = [];
    const found = await tuneSteps(executor, { onProgress: (share) => shares.push(share) });
    expect(found).toEqual({ tiles: softwareTiles, steps: [] });
    expect(shares).toEqual([1]);
  });
});
