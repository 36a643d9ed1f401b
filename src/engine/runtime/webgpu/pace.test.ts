import { expect, test } from "vitest";
import { guessedMs, mostAtOnce, Pace } from "./pace.ts";

/** Runs groups of as many steps as the pace asks for, of `stepMs` and `readBackMs` for each group. */
function paced(stepMs: number, readBackMs: number, groups: number): { pace: Pace; longest: number } {
  const pace = new Pace();
  let longest = 0;
  for (let i = 0; i < groups; i++) {
    const steps = pace.atOnce;
    longest = Math.max(longest, stepMs * Math.min(steps, pace.stepsPerSubmit));
    pace.measured(steps, steps * stepMs + readBackMs);
  }
  return { pace, longest };
}

test("begins with one step in one submit", () => {
  const pace = new Pace();
  expect([pace.atOnce, pace.stepsPerSubmit, pace.submitsPerStep]).toEqual([1, 1, 1]);
});

test("the first step is cut by a guess where it may be too long for one submit, and goes alone all the same", () => {
  const emulated = new Pace(guessedMs(2e9, { software: true }));
  expect([emulated.atOnce, emulated.submitsPerStep]).toEqual([1, 20]);
  const gpu = new Pace(guessedMs(2e9, { software: false }));
  expect([gpu.atOnce, gpu.submitsPerStep]).toEqual([1, 1]);
  emulated.measured(1, 50);
  expect(emulated.submitsPerStep).toBe(1);
});

test.each([
  [0.1, 1],
  [4, 1],
  [4, 103],
  [20, 5],
])(
  "steps of %d ms, read back in %d: submits stay below 50 ms, read-backs are a small share",
  (stepMs, readBack) => {
    const { pace, longest } = paced(stepMs, readBack, 12);
    expect(longest).toBeLessThan(50);
    const work = pace.atOnce * stepMs;
    expect(work + readBack).toBeLessThan(400);
    expect(readBack / (work + readBack)).toBeLessThan(pace.atOnce === mostAtOnce ? 0.2 : 0.5);
  },
);

test("a step that takes half a second goes in pieces of a tenth, and is read back alone", () => {
  const { pace } = paced(500, 3, 2);
  expect(pace.submitsPerStep).toBe(6);
  expect([pace.atOnce, pace.stepsPerSubmit]).toEqual([1, 1]);
});

test("a group that was measured too short makes the next one four times longer at most", () => {
  const pace = new Pace();
  pace.measured(1, 0.01);
  expect(pace.atOnce).toBe(4);
  pace.measured(4, 1000);
  expect(pace.atOnce).toBe(1);
});
