import { expect, test } from "vitest";
import { reportedEpoch } from "./reported-epoch.ts";

test("without validation it is the epoch with the lowest test error, the first of equals", () => {
  const epochs = [0.5, 0.2, 0.2, 0.3].map((testError, i) => ({ epoch: i + 1, testError }));
  expect(reportedEpoch(epochs)).toEqual({ epoch: 2, testError: 0.2 });
  expect(reportedEpoch([])).toBeUndefined();
});

test("with validation the test errors have no say in it", () => {
  const epochs = [
    { testError: 0.1, validationError: 0.4 },
    { testError: 0.3, validationError: 0.2 },
    { testError: 0.2, validationError: 0.3 },
  ];
  expect(reportedEpoch(epochs)).toBe(epochs[1]);
  const others = epochs.map((epoch) => ({ ...epoch, testError: 1 - epoch.testError }));
  expect(reportedEpoch(others)).toBe(others[1]);
});

test("epochs at another image size than the last do not count", () => {
  const epochs = [
    { testError: 0.1, resolution: 14 },
    { testError: 0.3, resolution: 28 },
    { testError: 0.4, resolution: 28 },
  ];
  expect(reportedEpoch(epochs)).toBe(epochs[1]);
});
