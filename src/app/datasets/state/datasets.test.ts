import { describe, expect, test } from "vitest";
import type { KeptDataset } from "../../../engine/data/kept/dataset-store.ts";
import { defaultRegime } from "../../../engine/training/regime.ts";
import { createDatasetsStore, factsOf, presenceOf, titleOf } from "./datasets-store.ts";
import { fittedTo } from "./fitted.ts";

const flowers = {
  manifest: {
    ...{ name: "own:flowers", title: "Flowers", shape: [32, 32, 3], classes: ["rose", "tulip"] },
    ...{ train: { count: 80 }, test: { count: 20 } },
  },
  bytes: 1,
  addedAt: 1,
} as unknown as KeptDataset;

function newStore(isServed = async () => false) {
  const removed: string[] = [];
  const store = createDatasetsStore({
    list: async () => (removed.length > 0 ? [] : [flowers]),
    remove: async (name) => void removed.push(name),
    isServed,
  });
  return { store, state: () => store.getState() };
}

describe("where a data set is", () => {
  test("what set-up prepares is always here; own images once they are listed", async () => {
    const { state } = newStore();
    expect(presenceOf(state(), "mnist")).toBe("here");
    expect(presenceOf(state(), "own:flowers")).toBe("unknown");
    await state().list();
    expect([presenceOf(state(), "own:flowers"), presenceOf(state(), "own:other")]).toEqual([
      "here",
      "absent",
    ]);
    expect([titleOf(state(), "own:flowers"), titleOf(state(), "own:other")]).toEqual([
      "Flowers",
      "own:other",
    ]);
    expect(factsOf(state(), "own:other")).toBeUndefined();
    await state().remove("own:flowers");
    expect(presenceOf(state(), "own:flowers")).toBe("absent");
  });

  test.each([true, false])("whether CIFAR is served beside the page (%s) is asked once", async (served) => {
    let asked = 0;
    const { state } = newStore(async () => {
      asked += 1;
      return served;
    });
    await state().list();
    expect(presenceOf(state(), "cifar10")).toBe("unknown");
    await state().ask("cifar10");
    await state().ask("cifar10");
    await state().ask("own:flowers");
    expect([presenceOf(state(), "cifar10"), asked]).toEqual([served ? "here" : "absent", 1]);
  });
});

test("a regime takes all that a small data set has", async () => {
  const { state } = newStore();
  await state().list();
  expect(fittedTo(state(), "own:flowers", { ...defaultRegime, batch: 128 })).toEqual({
    dataset: "own:flowers",
    images: 80,
    testImages: 20,
    batch: 80,
  });
  expect(fittedTo(state(), "own:flowers", { ...defaultRegime, validation: 20, images: 64 })).toMatchObject({
    images: 60,
  });
  expect(fittedTo(state(), "mnist", defaultRegime)).toEqual({ dataset: "mnist" });
});
