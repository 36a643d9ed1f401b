import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import type { TensorId } from "../../src/engine/plan/call.ts";
import type { KernelCall } from "../../src/engine/plan/calls.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { callCase, filterLength, xLength, yLength } from "./case-parts.ts";
import { inputsOf } from "./cases.ts";
import { executors } from "./executors.ts";
import { windows } from "./shapes.ts";
import { runSingleCall } from "./single-call.ts";

/** Where float32 can go wrong unseen: large means, long sums, the ends of exp. */
describe.each(executors)("$name: float32 where it hurts", ({ create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test("sigmoid: relative error below 5e-7 from −80 to 80", async () => {
    const length = 16_001;
    const x = Float32Array.from({ length }, (_, i) => (i - 8000) / 100);
    const call: KernelCall = {
      op: "affine",
      label: "",
      in: { x: 0 },
      out: { y: 1 },
      update: {},
      attrs: { rows: length, channels: 1, activation: "sigmoid" },
    };
    const lengths = new Map([
      [0, length],
      [1, length],
    ]);
    const y = (await runSingleCall(executor, { call, lengths }, new Map([[0, x]]))).get(1);
    let worst = 0;
    x.forEach((value, i) => {
      const exact = 1 / (1 + Math.exp(-value));
      worst = Math.max(worst, Math.abs((y?.[i] ?? Number.NaN) - exact) / exact);
    });
    expect(worst).toBeLessThan(5e-7);
  });

  test("batch norm: the variance of 50,000 values around 1000 with σ = 1 is right to 1e-4", async () => {
    const rows = 50_000;
    const channels = 5;
    const rng = createRng(1, "numerics");
    const x = Float32Array.from({ length: rows * channels }, (_, i) => 1000 + (i % channels) + rng.normal());
    const call: KernelCall = {
      op: "batchNormStats",
      label: "",
      in: { x: 0, gamma: 1, beta: 2 },
      out: { mean: 3, invStd: 4, scale: 5, shift: 6 },
      update: { runningMean: 7, runningVar: 8 },
      attrs: { rows, channels, epsilon: 1e-5, momentum: 1 },
    };
    const lengths = new Map([
      [0, x.length],
      ...Array.from({ length: 8 }, (_, i) => [i + 1, channels] as const),
    ]);
    const outputs = await runSingleCall(executor, { call, lengths }, new Map([[0, x]]));
    for (let c = 0; c < channels; c++) {
      const column = x.filter((_, i) => i % channels === c);
      const mean = column.reduce((sum, value) => sum + value, 0) / rows;
      const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1);
      expect(Math.abs((outputs.get(3)?.[c] ?? 0) / mean - 1)).toBeLessThan(1e-6);
      expect(Math.abs((outputs.get(8)?.[c] ?? 0) / variance - 1)).toBeLessThan(1e-4);
    }
  });

  // Convolutions sum for the norm behind them as they store, each kind by kernels of its own.
  test.each([
    ["depthwise", 3, 16, 16],
    ["3×3", 3, 32, 2],
    ["1×1", 1, 32, 1],
  ])(
    "%s convolution: the variance of what it makes around 1000 is right to 1e-4",
    async (_, kernel, channels, groups) => {
      const attrs = { batch: 3, ...windows(9, 7, kernel, 1), channels, filters: channels, groups };
      const one = callCase("conv2d", (o) => ({
        in: {
          ...{ x: o.of(xLength(attrs)), filters: o.of(filterLength(attrs)), bias: o.of(channels) },
          ...{ gamma: o.of(channels), beta: o.of(channels) },
        },
        out: {
          ...{ y: o.of(yLength(attrs)), mean: o.of(channels), invStd: o.of(channels) },
          ...{ scale: o.of(channels), shift: o.of(channels) },
        },
        update: { runningMean: o.of(channels), runningVar: o.of(channels) },
        attrs: { ...attrs, statistics: { epsilon: 1e-5, momentum: 1 } },
      }));
      const rng = createRng(2, "large mean");
      const inputs = inputsOf(one, () => rng.float());
      const { bias } = one.call.in as { readonly bias: TensorId };
      inputs.set(bias, new Float32Array(channels).fill(1000));
      const [found, exact] = [
        await runSingleCall(executor, one, inputs),
        await runSingleCall(createReferenceExecutor(), one, inputs),
      ];
      const { runningVar } = one.call.update as { readonly runningVar: TensorId };
      exact.get(runningVar)!.forEach((variance, c) => {
        expect(Math.abs((found.get(runningVar)?.[c] ?? 0) / variance - 1)).toBeLessThan(1e-4);
      });
    },
  );

  // Reference values are of the same float32 inputs, so only the kernel's own rounding is left.
  test.each([
    ["layer", 1],
    ["group", 3],
  ])(
    "%s norm: mean and 1/σ of images around 1000 with σ = 1 are right to the last bits",
    async (_, groups) => {
      const [batch, pixels, channels] = [2, 784, 24];
      const rng = createRng(1, "large mean");
      const x = Float32Array.from({ length: batch * pixels * channels }, () => 1000 + rng.normal());
      const call: KernelCall = {
        op: "groupNormStats",
        label: "",
        in: { x: 0, gamma: 1, beta: 2 },
        out: { mean: 3, invStd: 4, scale: 5, shift: 6 },
        update: {},
        attrs: { batch, pixels, channels, groups, epsilon: 1e-5 },
      };
      const [statistics, vectors] = [batch * groups, batch * channels];
      const lengths = new Map(
        [x.length, channels, channels, statistics, statistics, vectors, vectors].entries(),
      );
      const inputs = new Map([
        [0, x],
        [1, new Float32Array(channels).fill(1.5)],
        [2, new Float32Array(channels).fill(-0.5)],
      ]);
      const outputs = await runSingleCall(executor, { call, lengths }, inputs);
      const exact = await runSingleCall(createReferenceExecutor(), { call, lengths }, inputs);
      for (const [id, values] of exact)
        values.forEach((value, i) => {
          expect(Math.abs((outputs.get(id)?.[i] ?? Number.NaN) / value - 1)).toBeLessThan(2e-7);
        });
    },
  );
});
