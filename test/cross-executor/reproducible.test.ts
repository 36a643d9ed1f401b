import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createWasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../../src/engine/runtime/wasm/node-threads.ts";
import { trainBriefly } from "../fixtures/small-training.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));

// Written by `npx vitest run reproducible -u`, to be done where kernels sum in another order on purpose.
// test/e2e/reproducible.spec.ts has a browser end with the same.
test.each([1, 2, 3])(
  "reproducible, threads %i: the recorded losses and weights, bit for bit",
  async (threads) => {
    const executor = await createWasmExecutor({
      loadKernels,
      reproducible: true,
      threads,
      host: nodeThreads(),
    });
    expect(executor.device).toBe(`wasm simd, ${threads} thread${threads > 1 ? "s" : ""}, reproducible`);
    const result = JSON.stringify(JSON.parse(await trainBriefly(executor)), undefined, 2);
    await expect(`${result}\n`).toMatchFileSnapshot("../fixtures/reproducible-result.json");
    await executor.dispose();
  },
);
