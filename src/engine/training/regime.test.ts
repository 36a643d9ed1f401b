import { expect, test } from "vitest";
import {
  compileOptions,
  defaultRegime,
  regimeFields,
  regimeLimits,
  regimeSchema,
  stepsPerEpoch,
} from "./regime.ts";

test("every limited number of the regime is described once, and its default (0, where it is absent) is within its limits", () => {
  expect(regimeFields.map(({ key }) => key).sort()).toEqual(Object.keys(regimeLimits).sort());
  for (const { key, integer } of regimeFields) {
    const { [key]: value = 0 } = defaultRegime;
    expect(value).toBeGreaterThanOrEqual(regimeLimits[key].min);
    expect(value).toBeLessThanOrEqual(regimeLimits[key].max);
    if (integer) expect(Number.isInteger(value)).toBe(true);
  }
});

test("the limits are allowed and what is past them is not", () => {
  for (const key of Object.keys(regimeLimits) as (keyof typeof regimeLimits)[]) {
    const { min, max } = regimeLimits[key];
    const room = key === "batch" ? { images: 1_000_000 } : key === "images" ? { batch: 2 } : {};
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
