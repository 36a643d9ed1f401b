import { expect, test } from "vitest";
import { createFakeExecutor } from "../../../test/fixtures/fake-executor.ts";
import { nodeSource } from "../data/node-source.ts";
import { loadTrainingData } from "./load-data.ts";
import { regimeSchema } from "./regime.ts";

test("as many images as the regime asks for become resident", async () => {
  const regime = regimeSchema.parse({ images: 100, testImages: 50 });
  const { train, test } = await loadTrainingData(createFakeExecutor(), regime, nodeSource());
  expect([train.count, test.count]).toEqual([100, 50]);
});

test("more images than the data set has are refused with the field and what there is", async () => {
  const regime = regimeSchema.parse({ images: 60_001, testImages: 10_001 });
  await expect(loadTrainingData(createFakeExecutor(), regime, nodeSource())).rejects.toThrow(
    "regime.images: 60001 is not allowed; fashion-mnist has 60000 training images; " +
      "regime.testImages: 10001 is not allowed; fashion-mnist has 10000 test images",
  );
});

test("images for validation are loaded behind those to train on, and refused where there are not so many", async () => {
  const regime = regimeSchema.parse({ images: 100, testImages: 50, validation: 30 });
  const { train } = await loadTrainingData(createFakeExecutor(), regime, nodeSource());
  expect(train.count).toBe(130);
  const greedy = regimeSchema.parse({ images: 59_000, validation: 1_001 });
  await expect(loadTrainingData(createFakeExecutor(), greedy, nodeSource())).rejects.toThrow(
    "regime.validation: 1001 is not allowed; behind 59000 images to train on fashion-mnist has 1000 training images",
  );
});
