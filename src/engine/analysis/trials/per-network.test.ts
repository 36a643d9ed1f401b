import { expect, test } from "vitest";
import { fakeTrial } from "../../../../test/fixtures/fake-trial.ts";
import type { Trial } from "../../sweep/trial.ts";
import { countedErrors, countTrials } from "./counted.ts";
import { groupWarnings } from "./mixture.ts";
import { observe, observeAll } from "./observation.ts";
import { countingNotes, perNetwork } from "./per-network.ts";

const seeded = (index: number, repeat: number, outcome: number | "diverged" | "failed"): Trial => {
  const trial = fakeTrial("RegNetX", index, outcome);
  return repeat === 1 ? trial : { ...trial, id: `${trial.id}#${repeat}`, repeat, seed: 100 + repeat };
};
const cut = (index: number, reason: string): Trial => ({
  ...fakeTrial("RegNetX", index, "failed"),
  status: "cut",
  reason,
});

test("a network with several seeds is one row, with the median of the errors that count", () => {
  const trials = [
    ...[0.3, 0.1, 0.2].map((error, i) => seeded(0, i + 1, error)),
    ...[seeded(1, 1, 0.4), seeded(1, 2, "diverged")],
    ...[seeded(2, 1, "failed"), seeded(2, 2, 0.5)],
    seeded(3, 1, 0.6),
  ];
  const rows = perNetwork(observeAll(trials));
  expect(rows.map(({ index, error, seeds, status }) => [index, error, seeds, status])).toEqual([
    [0, 0.2, 3, "done"],
    [1, 0.7, 2, "done"],
    [2, 0.5, 1, "done"],
    [3, 0.6, 1, "done"],
  ]);
  expect(countTrials(rows)).toMatchObject({ trials: 4, counted: 4 });
  // The same records give the same rows, so that what is computed of them is computed once.
  expect(perNetwork(observeAll(trials)).every((row, i) => row === rows[i])).toBe(true);
});

test("single trials are left as they are", () => {
  const trials = [0, 1, 2].map((index) => fakeTrial("RegNetX", index, 0.1 * (index + 1)));
  const rows = perNetwork(observeAll(trials));
  expect(rows.every((row, i) => row === observe(trials[i]!))).toBe(true);
});

test("trials that rules cut count in no statistic, and it is said how many there are", () => {
  const trials = [
    fakeTrial("RegNetX", 0, 0.2),
    cut(1, "halving: error 40.0% after 2 epochs; the best 2 went on, with at most 30.0%"),
    cut(2, "error 90.0% after 1 epoch, not below 50%"),
  ];
  const rows = observeAll(trials);
  expect(countTrials(rows)).toMatchObject({ trials: 3, counted: 1, cut: 2, failed: 0, unfinished: 0 });
  const errors = countedErrors(rows);
  expect(errors.found && errors.value).toEqual([0.2]);
  const warnings = groupWarnings([{ name: "R", observations: rows }]);
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(
      /^R: 2 of 3 networks were cut before the last epoch \(1 by halving\) and are left out\. .* of the one that was /,
    ),
  ]);
});

test("networks on their way or cut are no fault: it is said where they are", () => {
  const at = (index: number, status: Trial["status"]): Trial => ({
    ...fakeTrial("RegNetX", index, "failed"),
    ...{ status, reason: "halving: error 40.0% after 2 epochs; the best 2 went on, with at most 30.0%" },
  });
  const rows = observeAll([at(0, "waits"), at(1, "waits"), at(2, "cut"), at(3, "stopped")]);
  expect(countedErrors(rows, "R")).toMatchObject({
    reason: "none-finished",
    message: "R: no network is trained to the end yet (1 cut, 2 at a rung of halving, 1 stopped).",
  });
  expect(countedErrors([...rows, observe(at(4, "failed"))], "R")).toMatchObject({
    message: "R has no trial that counts: 1 failed, 1 cut, 2 at a rung of halving, 1 stopped.",
  });
  expect(countingNotes("R", rows)).toEqual([]);
});
