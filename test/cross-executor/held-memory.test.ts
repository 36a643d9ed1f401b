import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { nodeSource } from "../../src/engine/data/node-source.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import { createWasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { createControl } from "../../src/engine/runtime/worker/control.ts";
import { loadTrainingData } from "../../src/engine/training/load-data.ts";
import { regimeSchema } from "../../src/engine/training/regime.ts";
import { type TrainRequest, trainNetwork } from "../../src/engine/training/trainer.ts";
import { smallPlan } from "../fixtures/small-training.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));
const regime = regimeSchema.parse({ images: 32, testImages: 16, batch: 16, epochs: 2 });
const stopping = () => {
  const control = createControl();
  return { control, onStep: () => control.stop() };
};

/** Every way that a training can end, and what it then tells. */
const endings: readonly (readonly [ending: string, more: () => Partial<TrainRequest>])[] = [
  ["done", () => ({})],
  ["done", () => ({ regime: { ...regime, ema: 0.9 }, keep: "averages" })],
  ["diverged", () => ({ regime: { ...regime, warmup: 0, learningRate: 100, epochs: 20 } })],
  ["stopped", stopping],
  ["the record is refused", () => ({ onEpoch: () => Promise.reject(new Error("the record is refused")) })],
  ["out-of-memory", () => ({ regime: { ...regime, batch: 1024 } })],
];

test("however trainings of networks of many sizes end, wasm has the memory that it had before, and all without the images", async () => {
  const executor = await createWasmExecutor({ loadKernels, memoryLimit: 2 ** 24 });
  const room = () => executor.room(smallPlan).available;
  const empty = room();
  const data = await loadTrainingData(executor, regime, nodeSource());
  const withImages = room();
  expect(empty - withImages).toBeGreaterThanOrEqual((32 + 16) * 28 * 28);
  for (const width of [24, 8, 16])
    for (const [ending, more] of endings) {
      const spec = networkOf(smallImageFrame, [{ block: "vanilla", depth: 1, width, stride: 2 }]);
      const request = { spec, regime, seed: width, executor, data, control: createControl(), ...more() };
      const found = await trainNetwork(request).then(
        ({ status }) => status,
        ({ code, message }) => code ?? message,
      );
      expect(found).toBe(ending);
      expect(room(), `${ending}, width ${width}`).toBe(withImages);
    }
  data.dispose();
  expect(room()).toBe(empty);
  await executor.dispose();
});
