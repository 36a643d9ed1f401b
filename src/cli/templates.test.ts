import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeSource } from "../engine/data/node-source.ts";
import type { Executor } from "../engine/runtime/executor.ts";
import { createControl } from "../engine/runtime/worker/control.ts";
import { drawTrial } from "../engine/sweep/population.ts";
import { templates } from "../engine/sweep/templates/templates.ts";
import { type LoadedData, loadTrainingData } from "../engine/training/load-data.ts";
import type { Regime } from "../engine/training/regime.ts";
import { trainNetwork } from "../engine/training/trainer.ts";
import { openExecutor } from "./executor.ts";
import { readStudy } from "./study-file.ts";

let executor: Executor;
let data: LoadedData;
const few = { images: 32, testImages: 16 };

beforeAll(async () => {
  executor = await openExecutor("wasm", { threads: 1 });
  data = await loadTrainingData(executor, { ...few, dataset: "fashion-mnist" } as Regime, nodeSource());
});

afterAll(async () => {
  data.dispose();
  await executor.dispose();
});

test.each(templates.map(({ id }) => id))(
  "examples/%s.yaml: the first network of its first and of its last population trains",
  async (id) => {
    const file = fileURLToPath(new URL(`../../examples/${id}.yaml`, import.meta.url));
    const { populations, seed, regime: whole } = await readStudy(file);
    const epochs = whole.fineTune ? 2 : 1;
    const regime = { ...whole, ...few, epochs, batch: Math.min(8, whole.batch) };
    for (const population of [populations[0]!, populations.at(-1)!]) {
      const { network } = drawTrial({ studyId: "s", seed, regime }, population, 0);
      const { status, epochs: trained } = await trainNetwork({
        spec: network.spec,
        regime,
        seed,
        executor,
        data,
        control: createControl(),
      });
      expect(status).toBe("done");
      expect(trained).toHaveLength(epochs);
      for (const { trainLoss } of trained) expect(trainLoss).toSatisfy(Number.isFinite);
    }
  },
);
