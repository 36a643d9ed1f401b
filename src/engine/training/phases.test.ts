import fc from "fast-check";
import { expect, test } from "vitest";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { totalStride } from "../network/input-size.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { phaseAt, trainingPhases } from "./phases.ts";
import { regimeSchema } from "./regime.ts";

const stages = (count: number) =>
  Array.from({ length: count }, () => ({ block: "vanilla", depth: 1, width: 8, stride: 2 }) as const);

const spec = networkOf(smallImageFrame, stages(2));

const large: NetworkSpec = {
  ...networkOf({ ...smallImageFrame, stem: { type: "simple", width: 8 } }, stages(4)),
  input: { height: 300, width: 300, channels: 1 },
};

const sides = (network: NetworkSpec, fields: object) =>
  trainingPhases(network, regimeSchema.parse(fields)).map((phase) => phase.spec.input.height);

test("without progressive learning and fine-tuning a run is one phase of the network as it is", () => {
  const regime = regimeSchema.parse({ epochs: 7, dropout: 0.2, mixup: 0.1 });
  expect(trainingPhases(spec, regime)).toEqual([
    {
      firstEpoch: 1,
      lastEpoch: 7,
      spec,
      strengths: { dropout: 0.2, mixup: 0.1, randAugment: 0, stochasticDepth: 0 },
      part: { schedule: regime, firstEpoch: 1, epochs: 7 },
    },
  ]);
});

test("EfficientNetV2-S in four phases (2104.00298, table 6): 128, 185⅓, 242⅔ and 300 pixels, to multiples of 32 between the ends", () => {
  const progressive = { phases: 4, resolution: 128, dropout: 0.1, randAugment: 2.5 };
  const regime = regimeSchema.parse({ epochs: 350, dropout: 0.3, randAugment: 7.5, progressive });
  const phases = trainingPhases(large, regime);
  expect(phases.map((phase) => phase.spec.input.height)).toEqual([128, 192, 256, 300]);
  expect(phases.map((phase) => phase.spec.input.width)).toEqual([128, 192, 256, 300]);
  expect(phases.map(({ firstEpoch, lastEpoch }) => [firstEpoch, lastEpoch])).toEqual([
    [1, 88],
    [89, 175],
    [176, 263],
    [264, 350],
  ]);
  // Dropout 0.1 to 0.3 and half of RandAugment's 5 to 15; what has no beginning keeps its strength.
  for (const [key, wanted] of [
    ["dropout", [0.1, 0.1 + 0.2 / 3, 0.1 + 0.4 / 3, 0.3]],
    ["randAugment", [2.5, 2.5 + 5 / 3, 2.5 + 10 / 3, 7.5]],
    ["mixup", [0, 0, 0, 0]],
  ] as const)
    phases.forEach(({ strengths }, i) => {
      expect(strengths[key]).toBeCloseTo(wanted[i]!, 12);
    });
});

test("a fine-tuning is the last epochs, at its own size, with a schedule of its own that has no warm-up", () => {
  const fineTune = { resolution: 36, epochs: 2, learningRate: 0.005 };
  const regime = regimeSchema.parse({
    epochs: 6,
    warmup: 0.1,
    fineTune,
    progressive: { phases: 2, resolution: 14 },
  });
  const phases = trainingPhases(spec, regime);
  expect(
    phases.map(({ firstEpoch, lastEpoch, spec: { input } }) => [firstEpoch, lastEpoch, input.height]),
  ).toEqual([
    [1, 2, 14],
    [3, 4, 28],
    [5, 6, 36],
  ]);
  expect(phases.map(({ part: { firstEpoch, epochs } }) => ({ firstEpoch, epochs }))).toEqual([
    { firstEpoch: 1, epochs: 4 },
    { firstEpoch: 1, epochs: 4 },
    { firstEpoch: 5, epochs: 2 },
  ]);
  expect(phases[2]!.part.schedule).toMatchObject({ learningRate: 0.005, warmup: 0, schedule: "cosine" });
});

test("phases cover every epoch once; sides grow from S₀ to S_e, between them in multiples of the total stride", () => {
  fc.assert(
    fc.property(
      fc.record({
        epochs: fc.integer({ min: 2, max: 60 }),
        tuned: fc.integer({ min: 0, max: 10 }),
        phases: fc.integer({ min: 2, max: 20 }),
        resolution: fc.integer({ min: 32, max: 300 }),
      }),
      ({ epochs, tuned, phases: wanted, resolution }) => {
        const main = epochs - Math.min(tuned, epochs - 2);
        const fineTune = main < epochs && { epochs: epochs - main, resolution: 64, learningRate: 0.01 };
        const progressive = { phases: Math.min(wanted, main), resolution };
        const regime = regimeSchema.parse({ epochs, progressive, ...(fineTune ? { fineTune } : {}) });
        const phases = trainingPhases(large, regime);
        let next = 1;
        for (const { firstEpoch, lastEpoch } of phases) {
          expect(firstEpoch).toBe(next);
          expect(lastEpoch).toBeGreaterThanOrEqual(firstEpoch);
          next = lastEpoch + 1;
        }
        expect(next).toBe(epochs + 1);
        for (let epoch = 1; epoch <= epochs; epoch++) {
          const { firstEpoch, lastEpoch } = phaseAt(phases, epoch);
          expect(firstEpoch <= epoch && epoch <= lastEpoch).toBe(true);
        }
        const heights = phases.slice(0, progressive.phases).map((phase) => phase.spec.input.height);
        expect(heights[0]).toBe(resolution);
        expect(heights.at(-1)).toBe(300);
        heights.slice(1).forEach((height, i) => {
          expect(height).toBeGreaterThanOrEqual(heights[i]!);
        });
        for (const height of heights.slice(1, -1))
          expect(height % totalStride(large) === 0 || height === resolution || height === 300).toBe(true);
      },
    ),
  );
});

test("images that are not square keep their proportion", () => {
  const wide = { ...spec, input: { height: 20, width: 30, channels: 1 } };
  const [first] = trainingPhases(wide, regimeSchema.parse({ progressive: { phases: 2, resolution: 10 } }));
  expect(first!.spec.input).toEqual({ height: 10, width: 15, channels: 1 });
});

test.each([
  [
    { progressive: { phases: 2, resolution: 3 } },
    "regime.progressive.resolution: 3 is not allowed; this network's strides multiply to 4",
  ],
  [
    { progressive: { phases: 2, resolution: 29 } },
    "regime.progressive.resolution: 29 is not allowed; at most the side of the network's own images (28), where it ends",
  ],
  [
    { fineTune: { resolution: 3, epochs: 1, learningRate: 0.1 } },
    "regime.fineTune.resolution: 3 is not allowed; this network's strides multiply to 4",
  ],
])("%o is refused for a network of stride 4 and images of 28 pixels", (fields, message) => {
  expect(() => sides(spec, fields)).toThrow(message);
});
