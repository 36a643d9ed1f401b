import { expect, test } from "vitest";
import { planFor } from "../../../../test/fixtures/trained.ts";
import { createRng } from "../../math/rng.ts";
import { defaultNorm, type NetworkSpec } from "../../network/spec.ts";
import type { ResidentImages } from "../../runtime/executor.ts";
import { createReferenceExecutor } from "../../runtime/reference/executor.ts";
import { initialState } from "../../training/initialize.ts";
import { networkInput } from "./network-input.ts";

const rng = createRng(1, "images");
const set: ResidentImages = {
  shape: [6, 8, 2],
  count: 5,
  images: Uint8Array.from({ length: 5 * 96 }, () => rng.int(0, 255)),
  labels: Uint8Array.of(0, 1, 2, 0, 1),
  mean: [0.25, 0.5],
  std: [0.5, 0.125],
};

const spec = (height: number, width: number): NetworkSpec => ({
  version: 1,
  input: { height, width, channels: 2 },
  classes: 3,
  stem: { type: "small", width: 4 },
  stages: [{ block: "vanilla", depth: 1, width: 4, stride: 1 }],
  head: { width: 0 },
  activation: "relu",
  norm: defaultNorm,
});

test("images of the network's size are only normalized", () => {
  const images = networkInput(set, spec(6, 8), Uint32Array.of(3));
  const wanted = Array.from({ length: 96 }, (_, i) => {
    const c = i % 2;
    return (set.images[3 * 96 + i]! / 255 - set.mean[c]!) / set.std[c]!;
  });
  images.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 6);
  });
});

test.each([
  [6, 8],
  [9, 12],
  [3, 4],
])("a network of %i×%i gets what an executor's evaluation gathers for it", async (height, width) => {
  const indices = Uint32Array.of(4, 0);
  const executor = await createReferenceExecutor();
  const plan = planFor(spec(height, width), 2);
  const session = await executor.load(plan, initialState(plan, 1));
  const images = await executor.attach(set);
  await session.evaluate({ from: "resident", images, indices });
  const wanted = await session.read("images");
  expect(networkInput(set, spec(height, width), indices)).toEqual(Float32Array.from(wanted));
  session.dispose();
  await executor.dispose();
});
