import { describe, expect, test } from "vitest";
import type { KernelCall } from "../plan/calls.ts";
import type { Plan } from "../plan/plan.ts";
import type { Session } from "../runtime/executor.ts";
import type { WebGpuExecutor } from "../runtime/webgpu/executor.ts";
import { defaultTiles, softwareTiles, type Tiles } from "../runtime/webgpu/tiles.ts";
import { tuneTiles } from "./tune-tiles.ts";

/** An adapter whose kernels take the time that is told of their tiles: what a clock says is no law. */
function adapter(tiles: Tiles, msOf: (call: KernelCall, tiles: Tiles) => number): WebGpuExecutor {
  const executor = {
    kind: "webgpu",
    gpu: { software: tiles === softwareTiles },
    tiles,
    using: (others: Tiles) => adapter(others, msOf),
    load: async ({ train }: Plan) => ({
      profile: async () => train.map((call) => ({ call, kernel: call.op, ms: msOf(call, tiles) })),
      dispose: () => {},
    }),
  };
  return executor as unknown as WebGpuExecutor & { load: () => Promise<Session> };
}

const small = { batch: 1 };

/** 1 ms where the shape's tile is this one, 2 where not. */
function favouring(call: KernelCall, { conv, filterGrad }: Tiles): number {
  if (call.op === "conv2dFilterGrad") return filterGrad.channels === 2 && filterGrad.filters === 2 ? 1 : 2;
  if (call.op !== "conv2d") return 0;
  const { kernel, groups, channels } = call.attrs;
  const kind =
    kernel === 1
      ? "pointwise"
      : groups === channels && channels > 1
        ? "depthwise"
        : channels === 1
          ? "narrow"
          : "spatial";
  const best = { pointwise: [8, 4], depthwise: [8, 1], narrow: [4, 4], spatial: [4, 2] }[kind];
  return conv[kind].pixels === best[0] && conv[kind].blocks === best[1] ? 1 : 2;
}

describe("tuning", () => {
  test.each([defaultTiles, softwareTiles])(
    "takes the fastest tile of every class, whatever it began with",
    async (from) => {
      const { tiles, times } = await tuneTiles(adapter(from, favouring), small);
      expect(tiles.conv).toEqual({
        pointwise: { pixels: 8, blocks: 4 },
        spatial: { pixels: 4, blocks: 2 },
        narrow: { pixels: 4, blocks: 4 },
        depthwise: { pixels: 8, blocks: 1 },
      });
      expect(tiles.filterGrad).toEqual({ channels: 2, filters: 2 });
      expect(tiles.join).toBe(from.join);
      expect(times.filter(({ ms }) => ms === 1)).toHaveLength(5);
      // 2 · multiply-adds over the time.
      for (const { ms, gflops } of times) expect(gflops * ms).toBeGreaterThan(0);
    },
  );

  test("counts the least time of the rounds: one disturbed measurement changes nothing", async () => {
    const seen = new Set<string>();
    const disturbed = (call: KernelCall, tiles: Tiles) => {
      const key = JSON.stringify([call.label, tiles]);
      const first = !seen.has(key);
      seen.add(key);
      return favouring(call, tiles) * (first ? 100 - seen.size : 1);
    };
    const { tiles } = await tuneTiles(adapter(softwareTiles, disturbed), { ...small, rounds: 2 });
    expect(tiles).toEqual((await tuneTiles(adapter(softwareTiles, favouring), small)).tiles);
  });

  test("tells how far it is, up to 1, and ends when it is told to", async () => {
    const shares: number[] = [];
    const stop = new AbortController();
    await tuneTiles(adapter(softwareTiles, favouring), {
      ...small,
      onProgress: (share) => shares.push(share),
    });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const stopped = tuneTiles(adapter(softwareTiles, favouring), {
      ...small,
      signal: stop.signal,
      onProgress: (share) => share > 0.5 && stop.abort(),
    });
    await expect(stopped).rejects.toThrow();
  });
});
