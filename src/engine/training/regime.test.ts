import { expect, test } from "vitest";
import { parseInput } from "../math/input-error.ts";
import { compileOptions, defaultRegime, regimeLimits, regimeSchema, stepsPerEpoch } from "./regime.ts";
import { regimeFields, regimeSwitches } from "./regime-fields.ts";

test("every limited number of the regime is described once, and its default (0, where it is absent) is within its limits", () => {
  expect(regimeFields.map(({ key }) => key).sort()).toEqual(Object.keys(regimeLimits).sort());
  for (const { key, integer } of regimeFields) {
    const { [key]: value = 0 } = defaultRegime;
    expect(value).toBeGreaterThanOrEqual(regimeLimits[key].min);
    expect(value).toBeLessThanOrEqual(regimeLimits[key].max);
    if (integer) expect(Number.isInteger(value)).toBe(true);
  }
});

test("every switch of the regime is described once", () => {
  const switches = Object.entries(regimeSchema.shape).filter(([, schema]) => schema.safeParse(true).success);
  expect(regimeSwitches.map(({ key }) => key).sort()).toEqual(switches.map(([key]) => key).sort());
});

test("the plan gets averages and spared norms only where the regime asks for them", () => {
  const { optimizer } = compileOptions({ ...defaultRegime, ema: 0.99, spareNorms: true });
  expect(optimizer).toMatchObject({ ema: 0.99, spareNorms: true });
  const off = compileOptions({ ...defaultRegime, ema: 0, spareNorms: false });
  expect(off).toEqual(compileOptions(defaultRegime));
  expect(off.optimizer).not.toHaveProperty("ema");
});

/** What else a number needs to be allowed at both of its ends. */
const roomFor: Readonly<Record<string, object>> = {
  batch: { images: 1_000_000 },
  images: { batch: 2 },
  randAugmentOperations: { randAugment: 5 },
};

test("the limits are allowed and what is past them is not", () => {
  for (const key of Object.keys(regimeLimits) as (keyof typeof regimeLimits)[]) {
    const { min, max } = regimeLimits[key];
    const room = roomFor[key] ?? {};
    for (const value of [min, max])
      expect(regimeSchema.safeParse({ ...room, [key]: value }).success).toBe(true);
    for (const value of [min - 1, max + 1])
      expect(regimeSchema.safeParse({ ...room, [key]: value }).success).toBe(false);
  }
});

test("the partial batch at the end of an epoch is no step", () => {
  expect(stepsPerEpoch({ images: 100, batch: 32 })).toBe(3);
});

test("the plan gets batch, smoothing and optimizer of the regime", () => {
  expect(compileOptions({ ...defaultRegime, batch: 8, momentum: 0.5, nesterov: false })).toEqual({
    batch: 8,
    labelSmoothing: 0.1,
    optimizer: { type: "sgd", momentum: 0.5, nesterov: false, weightDecay: 5e-4 },
  });
});

test.each([
  [{ images: 64, batch: 65 }, "batch: 65 is not allowed; at most the images per epoch (64)"],
  [
    { schedule: "step", milestones: [0.5, 0.5] },
    "milestones[1]: 0.5 is not allowed; milestones ascend, so above 0.5",
  ],
  [{ schedule: "step", milestones: [] }, "milestones: [] is not allowed; at least 1 item"],
  [
    { schedule: "step", milestones: [0] },
    "milestones[0]: 0 is not allowed; expected a number from 0.001 to 0.999",
  ],
  [
    { randAugmentOperations: 2 },
    "randAugmentOperations: not without randAugment; only where that is above 0",
  ],
  [{ milestones: [0.5] }, 'milestones: not with schedule "cosine"; only with "step"'],
  [{ schedule: "linear", stepFactor: 0.5 }, 'stepFactor: not with schedule "linear"; only with "step"'],
  [
    { schedule: "exponential", finalRate: 0 },
    'finalRate: 0 is not allowed; above 0 with schedule "exponential"',
  ],
  [
    { schedule: "constant", finalRate: 0.1 },
    'finalRate: not with schedule "constant"; only with "cosine", "linear" or "exponential"',
  ],
  [
    { epochs: 4, fineTune: { resolution: 32, epochs: 4, learningRate: 0.01 } },
    "fineTune.epochs: 4 is not allowed; fewer than the regime's epochs (4), of which they are the last",
  ],
  [
    { epochs: 4, progressive: { phases: 5, resolution: 14 } },
    "progressive.phases: 5 is not allowed; at most one for each epoch (4)",
  ],
  [
    {
      epochs: 4,
      progressive: { phases: 3, resolution: 14 },
      fineTune: { resolution: 32, epochs: 2, learningRate: 0.01 },
    },
    "progressive.phases: 3 is not allowed; at most one for each epoch (2, without the 2 of fineTune)",
  ],
  [{ progressive: { phases: 2 } }, "progressive: nothing changes from phase to phase"],
  [
    { dropout: 0.1, progressive: { phases: 2, dropout: 0.2 } },
    "progressive.dropout: 0.2 is not allowed; at most the regime's dropout (0.1), where it ends",
  ],
  [{ progressive: { phases: 2, mixup: 0.2 } }, "at most the regime's mixup (0), where it ends"],
  [{ progressive: { phases: 2, size: 14 } }, "progressive.size: unknown field"],
  [{ fineTune: { resolution: 0, epochs: 1, learningRate: 0.1 } }, "fineTune.resolution: 0 is not allowed"],
  [
    { schedule: "half" },
    'schedule: "half" is not allowed; expected "cosine", "linear", "exponential", "step" or "constant"',
  ],
])("%o is refused with the field and what is allowed", (fields, message) => {
  expect(() => parseInput(regimeSchema, fields)).toThrow(message);
});
