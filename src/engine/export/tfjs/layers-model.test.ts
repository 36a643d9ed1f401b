import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { bridgeNetworks } from "../../../../test/fixtures/bridge-networks.ts";
import { goldenNames, readGolden } from "../../../../test/fixtures/golden-files.ts";
import {
  logitError,
  movedState,
  planFor,
  randomImages,
  referenceLogits,
} from "../../../../test/fixtures/trained.ts";
import type { NetworkSpec } from "../../network/spec.ts";
import type { ModelState } from "../../runtime/executor.ts";
import { specOfSidecar } from "../../runtime/verify/sidecar.ts";
import { buildLayersModel } from "./layers-model.ts";

const count = 3;

beforeAll(async () => {
  // No banner about a faster backend for Node.
  tf.env().set("IS_TEST", true);
  await tf.setBackend("cpu");
});

function modelLogits(model: tf.LayersModel, { input }: NetworkSpec, images: Float32Array): number[] {
  const x = tf.tensor4d(images, [count, input.height, input.width, input.channels]);
  const y = model.predict(x) as tf.Tensor;
  const logits = Array.from(y.dataSync());
  tf.dispose([x, y]);
  return logits;
}

async function bridgeError(spec: NetworkSpec, state: ModelState): Promise<number> {
  const images = randomImages(spec, count, 3);
  const model = buildLayersModel(tf, spec, state);
  const error = logitError(
    modelLogits(model, spec, images),
    await referenceLogits(spec, state, images, count),
  );
  model.dispose();
  return error;
}

describe("a LayersModel on TF.js' cpu backend gives the engine's evaluation logits", () => {
  test.each(bridgeNetworks)("$name", async ({ spec }) => {
    expect(await bridgeError(spec, movedState(planFor(spec, count), 7))).toBeLessThan(1e-5);
  });

  test.each(goldenNames)("golden %s", async (name) => {
    const { sidecar, tensors } = readGolden(name);
    const spec = specOfSidecar(sidecar, tensors.get("input")?.shape[1] ?? 0);
    expect(await bridgeError(spec, movedState(planFor(spec, count), 7))).toBeLessThan(1e-5);
  });
});

test("all tensors of a model are freed with it", () => {
  const { spec } = bridgeNetworks[5]!;
  const before = tf.memory().numTensors;
  const model = buildLayersModel(tf, spec, movedState(planFor(spec, count), 7));
  expect(model.countParams()).toBeGreaterThan(0);
  modelLogits(model, spec, randomImages(spec, count, 3));
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("a state without a tensor, or with another network's, is refused with the tensor's name", () => {
  const { spec } = bridgeNetworks[4]!;
  const state = new Map(movedState(planFor(spec, count), 7));
  state.set("stem.conv.weight", new Float32Array(3));
  expect(() => buildLayersModel(tf, spec, state)).toThrow(
    "weights, tensor stem.conv.weight: 3 values; the network has 144",
  );
  state.delete("stem.conv.weight");
  expect(() => buildLayersModel(tf, spec, state)).toThrow("weights, tensor stem.conv.weight: missing");
});
