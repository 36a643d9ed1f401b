import fc from "fast-check";
import { expect, test } from "vitest";
import { regimeSchema } from "./regime.ts";
import { learningRateAt, type ScheduleName } from "./schedule.ts";
import { learningRateCurve } from "./schedule-parts.ts";

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

/**
 * η at the beginning of each of ten epochs, by pycls' formulas (get_epoch_lr of pycls/core/optimizer.py, run with numpy):
 * BASE_LR 0.5, MAX_EPOCH 10, WARMUP_EPOCHS 2, WARMUP_FACTOR 0.1.
 */
const pyclsRates = [
  {
    policy: "cos",
    regime: { schedule: "cosine" },
    rates: [
      0.05, 0.26827027099058365, 0.45225424859373686, 0.3969463130731183, 0.32725424859373686, 0.25,
      0.17274575140626316, 0.10305368692688174, 0.047745751406263165, 0.012235870926211617,
    ],
  },
  {
    policy: "cos, MIN_LR 0.1",
    regime: { schedule: "cosine", finalRate: 0.1 },
    rates: [
      0.05, 0.2689432438915253, 0.45702882373436315, 0.40725168176580645, 0.34452882373436317, 0.275,
      0.20547117626563688, 0.1427483182341936, 0.09297117626563686, 0.06101228383359046,
    ],
  },
  {
    policy: "lin",
    regime: { schedule: "linear" },
    rates: [0.05, 0.2475, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05],
  },
  {
    policy: "lin, MIN_LR 0.1",
    regime: { schedule: "linear", finalRate: 0.1 },
    rates: [0.05, 0.25025, 0.41, 0.365, 0.32, 0.275, 0.23, 0.185, 0.14, 0.095],
  },
  {
    policy: "exp, MIN_LR 0.01",
    regime: { schedule: "exponential", finalRate: 0.01 },
    rates: [
      0.05, 0.17351326973205317, 0.19905358527674863, 0.125594321575479, 0.07924465962305567, 0.05,
      0.031547867224009665, 0.019905358527674867, 0.012559432157547899, 0.007924465962305567,
    ],
  },
  {
    policy: "steps, STEPS [0, 5, 8], LR_MULT 0.2",
    regime: { schedule: "step", milestones: [0.5, 0.8], stepFactor: 0.2 },
    rates: [0.05, 0.275, 0.5, 0.5, 0.5, 0.1, 0.1, 0.1, 0.02, 0.02],
  },
] as const;

test.each(pyclsRates)("$policy: every epoch's rate, warm-up included, is pycls'", ({ regime, rates }) => {
  const whole = { learningRate: 0.5, warmup: 0.2, ...regime };
  rates.forEach((rate, epoch) => {
    // Whatever the number of steps of an epoch.
    for (const steps of [1, 7, 64])
      expect(learningRateAt(whole, epoch * steps, 10 * steps)).toBeCloseTo(rate, 15);
  });
});

test("a milestone takes effect at the first step of its fraction, and every milestone multiplies once more", () => {
  const step = {
    learningRate: 1,
    warmup: 0,
    schedule: "step",
    milestones: [0.3, 0.7],
    stepFactor: 0.5,
  } as const;
  const rates = Array.from({ length: 10 }, (_, at) => learningRateAt(step, at, 10));
  expect(rates).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
});

test("what is left out: cosine and linear end at 0, exponential at a hundredth, step divides by ten at ½ and ¾", () => {
  const at = (schedule: ScheduleName, t: number) =>
    learningRateAt({ learningRate: 1, warmup: 0, schedule }, 1_000 * t, 1_000);
  expect(at("cosine", 1)).toBeCloseTo(0, 15);
  expect(at("linear", 1)).toBe(0);
  expect(at("exponential", 1)).toBeCloseTo(0.01, 15);
  expect([0.499, 0.5, 0.749, 0.75].map((t) => at("step", t))).toEqual([1, 0.1, 0.1, 0.1 * 0.1]);
});

test("the curve of a run has its first and last steps, and the rates that its steps are taken with", () => {
  const fineTune = { resolution: 32, epochs: 2, learningRate: 0.01 };
  const regime = regimeSchema.parse({ images: 320, batch: 32, epochs: 12, fineTune });
  const curve = learningRateCurve(regime, 30);
  expect(curve.length).toBeLessThan(40);
  expect([curve[0]!.step, curve.at(-1)!.step]).toEqual([0, 119]);
  for (const { step, rate } of curve)
    expect(rate).toBe(
      step < 100
        ? learningRateAt(regime, step, 100)
        : learningRateAt({ ...regime, learningRate: 0.01, warmup: 0 }, step - 100, 20),
    );
});
