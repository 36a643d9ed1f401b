import fc from "fast-check";
import { expect, test } from "vitest";
import { learningRateAt } from "./schedule.ts";

const regime = { learningRate: 0.1, schedule: "cosine", warmup: 0 } as const;

test("without warm-up the cosine schedule is η/2·(1 + cos πt)", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (steps, t) => {
        const step = Math.floor(t * steps);
        const wanted = 0.05 * (1 + Math.cos((Math.PI * step) / steps));
        expect(learningRateAt(regime, step, steps)).toBeCloseTo(wanted, 15);
      },
    ),
  );
});

test("the warm-up starts at a tenth and has no effect after its fraction of the steps", () => {
  const warm = { ...regime, warmup: 0.1 };
  expect(learningRateAt(warm, 0, 100)).toBeCloseTo(0.01, 15);
  for (let step = 10; step < 100; step++)
    expect(learningRateAt(warm, step, 100)).toBe(learningRateAt(regime, step, 100));
});

test("the learning rate rises through the warm-up and never again", () => {
  const rates = Array.from({ length: 200 }, (_, step) =>
    learningRateAt({ ...regime, warmup: 0.1 }, step, 200),
  );
  const peak = rates.indexOf(Math.max(...rates));
  expect(peak).toBeLessThanOrEqual(20);
  for (let step = 1; step < 200; step++)
    expect(Math.sign(rates[step]! - rates[step - 1]!)).toBe(step <= peak ? 1 : -1);
});

test("a constant schedule stays at its peak", () => {
  expect(learningRateAt({ ...regime, schedule: "constant" }, 99, 100)).toBe(0.1);
});
