import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import type { TensorId } from "../../src/engine/plan/calls.ts";
import { createWasmExecutor, type WasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { callCases, inputsOf } from "./cases.ts";
import { runSingleCall } from "./single-call.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));

/** A hash of all outputs: comparing arrays element by element takes the test runner seconds. */
function bitsOf(outputs: ReadonlyMap<TensorId, Float32Array | Float64Array>): string {
  const bytes = [...outputs.values()].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return createHash("sha256").update(Buffer.concat(bytes)).digest("hex");
}

// Shares of work are cut by shapes; a sum that followed the threads would differ in its last bits.
describe("results do not depend on the number of threads", () => {
  let executors: readonly WasmExecutor[];
  beforeAll(async () => {
    const make = (threads: number) =>
      createWasmExecutor({ loadKernels, build: "simd", tileRows: 4, threads });
    executors = await Promise.all([1, 2, 3].map(make));
  });
  afterAll(() => Promise.all(executors.map((executor) => executor.dispose())));

  test.each(Object.entries(callCases))("%s: 1, 2 and 3 threads give the same bits", async (_op, cases) => {
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 0, max: 1e9 }), async (callCase, seed) => {
        const rng = createRng(seed, "inputs");
        const inputs = inputsOf(callCase, () => rng.float());
        const results = await Promise.all(
          executors.map((executor) => runSingleCall(executor, callCase, inputs)),
        );
        const [alone, ...shared] = results.map(bitsOf);
        for (const bits of shared) expect(bits).toBe(alone);
      }),
      { numRuns: 20, seed: 20_261 },
    );
  });
});
