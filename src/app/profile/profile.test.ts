import { expect, test } from "vitest";
import type { Roofline, RooflineCall } from "../../engine/bench/roofline.ts";
import { rooflineGroups, rooflineRows, summarize } from "./roofline-rows.ts";

const call = (op: RooflineCall["op"], ms: number, macs: number, bytes: number): RooflineCall => ({
  layer: "s1",
  op,
  ms,
  share: ms / 10,
  macs,
  bytes,
});
const roofline: Roofline = {
  device: "webgpu test",
  batch: 4,
  ms: 10,
  calls: [
    // At 2 multiply-adds a byte the memory's 10 GB/s allow 40 GFLOP/s, and it reaches 20.
    call("conv2dInputGrad", 4, 40e6, 20e6),
    // At 100 a byte the peak of 100 GFLOP/s bounds it, and it reaches 100.
    call("conv2d", 2, 100e6, 1e6),
    call("batchNormStats", 4, 0, 20e6),
  ],
  roof: { gflops: 100, gbPerSecond: 10 },
};

test("rows are calls with what they reach; those without multiply-adds have no intensity", () => {
  expect(
    rooflineRows(roofline).map(({ intensity, gflops, gbPerSecond }) => [intensity, gflops, gbPerSecond]),
  ).toEqual([
    [2, 20, 5],
    [100, 100, 0.5],
    [0, 0, 5],
  ]);
  expect(rooflineGroups(roofline).map(({ label }) => label)).toEqual([
    "convolution",
    "gradient of its input",
    "gradient of its filters",
    "batch norm stats",
  ]);
});

test("the summary weighs calls by their time: what they would take at the roof over what they take", () => {
  const { multiplying, moving } = summarize(roofline);
  // 2 ms of 4, and 2 of 2.
  expect(multiplying?.ofRoof).toBeCloseTo(4 / 6, 12);
  expect(multiplying?.share).toBeCloseTo(0.6, 12);
  expect(multiplying?.gflops).toBeCloseTo(280 / 6, 12);
  expect(moving).toEqual({ share: 0.4, gbPerSecond: 5, ofRoof: 0.5 });
  expect(summarize({ ...roofline, calls: roofline.calls.slice(0, 2) }).moving).toBeUndefined();
});
