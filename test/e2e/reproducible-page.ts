import { createWasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import { fetchKernels } from "../../src/engine/runtime/wasm/fetch-kernels.ts";
import { trainBriefly } from "../fixtures/small-training.ts";

declare global {
  var trainReproducibly: (kernels: string) => Promise<string>;
}

/** What reproducible.spec.ts calls in its page. */
globalThis.trainReproducibly = async (kernels) =>
  trainBriefly(await createWasmExecutor({ loadKernels: fetchKernels(new URL(kernels)), reproducible: true }));
