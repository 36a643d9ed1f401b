import { expect, test } from "vitest";
import { errorsOf, isSettled, withoutTimes } from "./trial.ts";

const trials = [
  { status: "done", error: 0.2 },
  { status: "diverged", error: 1 },
  { status: "failed", error: null },
  { status: "stopped", error: null },
] as const;

test("a diverged network counts in an EDF as error 1; failed and stopped ones do not count", () => {
  expect(errorsOf(trials)).toEqual([0.2, 1]);
});

test("only a stopped trial is trained again", () => {
  expect(trials.map(isSettled)).toEqual([true, true, true, false]);
});

test("without its times a record of two runs is the same", () => {
  const epoch = { epoch: 1, trainLoss: 1, trainError: 0.5, testError: 0.5, learningRate: 0.1 };
  const record = (ms: number) => ({ ms, epochs: [{ ...epoch, ms }] }) as never;
  expect(withoutTimes(record(1))).toEqual(withoutTimes(record(2)));
});
