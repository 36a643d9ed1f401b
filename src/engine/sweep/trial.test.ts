import { expect, test } from "vitest";
import { errorsOf, isSettled, repeatSeed, trialId, withoutTimes } from "./trial.ts";

const of = (index: number) => ({ study: "s", population: "p", index });
const trials = [
  { ...of(0), status: "done", error: 0.2 },
  { ...of(1), status: "diverged", error: 1 },
  { ...of(2), status: "failed", error: null },
  { ...of(3), status: "cut", error: null },
  { ...of(4), status: "stopped", error: null },
] as const;

test("a diverged network counts in an EDF as error 1; failed, cut and stopped ones do not count", () => {
  expect(errorsOf(trials)).toEqual([0.2, 1]);
});

test("a network counts once, with the median over its seeds", () => {
  const seeds = [0.3, 0.1, 0.5].map((error) => ({ ...of(0), status: "done", error }) as const);
  expect(errorsOf([...seeds, { ...of(1), status: "done", error: 0.4 }])).toEqual([0.3, 0.4]);
  expect(errorsOf(seeds.slice(0, 2))).toEqual([0.2]);
});

test("the first seed has the id that trials without repeats have; others are drawn from it", () => {
  expect([trialId("s", "p", 4), trialId("s", "p", 4, 1), trialId("s", "p", 4, 2)]).toEqual([
    "s/p/4",
    "s/p/4",
    "s/p/4#2",
  ]);
  const seeds = [1, 2, 3, 4].map((repeat) => repeatSeed(7, repeat));
  expect(seeds[0]).toBe(7);
  expect(new Set(seeds).size).toBe(4);
  for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff).toBe(true);
});

test("only a stopped trial is trained again", () => {
  expect(trials.map(isSettled)).toEqual([true, true, true, true, false]);
});

test("without its times a record of two runs is the same", () => {
  const epoch = { epoch: 1, trainLoss: 1, trainError: 0.5, testError: 0.5, learningRate: 0.1 };
  const record = (ms: number) => ({ ms, epochs: [{ ...epoch, ms }], predictedMs: 2 * ms }) as never;
  expect(withoutTimes(record(1))).toEqual(withoutTimes(record(2)));
  expect(withoutTimes(record(1))).not.toHaveProperty("predictedMs");
});
