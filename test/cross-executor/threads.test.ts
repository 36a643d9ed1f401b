import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { checkRoom } from "../../src/engine/runtime/room.ts";
import { goldenTolerances, verifyGolden } from "../../src/engine/runtime/verify/golden.ts";
import {
  createWasmExecutor,
  type WasmExecutor,
  type WasmExecutorOptions,
} from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../../src/engine/runtime/wasm/node-threads.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { goldenNames, readGolden } from "../fixtures/golden-files.ts";
import { smallGraph, smallPlan, trainBriefly } from "../fixtures/small-training.ts";
import { callCases, inputsOf } from "./cases.ts";
import { wideConvCases } from "./conv-cases.ts";
import { runSingleCall } from "./single-call.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));

/** A hash of all outputs: comparing arrays element by element takes the test runner seconds. */
function bitsOf(outputs: Iterable<Float32Array | Float64Array>): string {
  const bytes = [...outputs].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return createHash("sha256").update(Buffer.concat(bytes)).digest("hex");
}

const common = { loadKernels, tileRows: 4 } as const;
const host = nodeThreads();

// Shares of work are cut by shapes; a sum that followed the threads would differ in its last bits.
describe("results do not depend on the number of threads", () => {
  let executors: readonly WasmExecutor[];
  beforeAll(async () => {
    const make = (options: Partial<WasmExecutorOptions>) =>
      createWasmExecutor({ ...common, build: "simd", ...options });
    const settings = [{}, { shares: 2 }, { shares: 3 }, { threads: 2, host }, { threads: 3, host }];
    executors = await Promise.all(settings.map(make));
  });
  afterAll(() => Promise.all(executors.map((executor) => executor.dispose())));

  test.each([...Object.entries(callCases), ...wideConvCases])(
    "%s: 1, 2 and 3 threads give the same bits, and so do shares done by turns",
    async (_op, cases) => {
      await fc.assert(
        fc.asyncProperty(cases, fc.integer({ min: 0, max: 1e9 }), async (callCase, seed) => {
          const rng = createRng(seed, "inputs");
          const inputs = inputsOf(callCase, () => rng.float());
          const results = await Promise.all(
            executors.map((executor) => runSingleCall(executor, callCase, inputs)),
          );
          const [alone, ...shared] = results.map((outputs) => bitsOf(outputs.values()));
          for (const bits of shared) expect(bits).toBe(alone);
        }),
        { numRuns: 20, seed: 20_261 },
      );
    },
  );
});

describe("training with threads", () => {
  test.each(["relaxed", "simd"] as const)(
    "%s: 1, 2, 3 and 4 threads end with the same bits, and again when run twice",
    async (build) => {
      const alone = await createWasmExecutor({ ...common, build });
      const wanted = await trainBriefly(alone);
      for (const threads of [2, 3, 4]) {
        const executor = await createWasmExecutor({ ...common, build, threads, host });
        expect(executor.device).toBe(`wasm ${build === "simd" ? build : "relaxed-simd"}, ${threads} threads`);
        expect(executor.note).toBeUndefined();
        expect(await trainBriefly(executor), `${threads} threads`).toBe(wanted);
        expect(await trainBriefly(executor), `${threads} threads, again`).toBe(wanted);
        await executor.dispose();
      }
    },
  );

  test.each(goldenNames)("%s on 2 threads trains as PyTorch does", async (name) => {
    const executor = await createWasmExecutor({ ...common, threads: 2, host });
    const { sidecar, tensors } = readGolden(name);
    const errors = await verifyGolden(sidecar, tensors, executor);
    for (const part of Object.keys(goldenTolerances) as (keyof typeof goldenTolerances)[])
      expect(errors[part], part).toBeLessThanOrEqual(goldenTolerances[part]);
    await executor.dispose();
  });

  test("shared memory has its limit too: what it has no room for is refused before it grows, what is named instead fits", async () => {
    const executor = await createWasmExecutor({ ...common, threads: 2, host, memoryLimit: 2 ** 21 });
    const before = executor.memoryBytes;
    const planAt = (batch: number) => compilePlan(smallGraph, { batch, optimizer: defaultOptimizer });
    let refusal = "";
    try {
      checkRoom(executor, planAt(4096), planAt);
    } catch (error) {
      refusal = String(error);
    }
    const [, fitting = "0"] =
      refusal.match(/at batch 4096 needs .* MB are available: a batch of (\d+) would fit/) ?? [];
    const tooLarge = planAt(Number(fitting) + 1);
    await expect(executor.load(tooLarge, initialState(tooLarge, 1))).rejects.toHaveProperty(
      "code",
      "out-of-memory",
    );
    expect(executor.memoryBytes).toBe(before);
    const fits = planAt(Number(fitting));
    (await executor.load(fits, initialState(fits, 1))).dispose();
    await executor.dispose();
  });

  test("500 networks leave the shared memory as large as the first did", async () => {
    const executor = await createWasmExecutor({ ...common, threads: 2, host });
    const state = initialState(smallPlan, 1);
    const sizes = new Set<number>();
    for (let i = 0; i < 500; i++) {
      const session = await executor.load(smallPlan, state);
      sizes.add(executor.memoryBytes);
      session.dispose();
    }
    expect(sizes.size).toBe(1);
    await executor.dispose();
  });
});
