import { describe, expect, test } from "vitest";
import { type ClassifiedImage, isMistake, shownImages } from "./inspection.ts";
import { measureLatency } from "./worker/latency.ts";

function image(index: number, label: number, given: number, probability: number): ClassifiedImage {
  const guesses = [
    { label: given, probability },
    { label: (given + 1) % 3, probability: 1 - probability },
  ];
  return { index, label, pixels: new Uint8Array(1), guesses };
}

const images = [image(0, 0, 0, 0.9), image(1, 1, 2, 0.6), image(2, 1, 2, 0.8), image(3, 2, 0, 0.6)];
const indices = (filter: Parameters<typeof shownImages>[1]) =>
  shownImages(images, filter).map(({ index }) => index);

describe("shown images", () => {
  test("stand in the order of the test set; mistakes the surest first", () => {
    expect(indices({ mistakesOnly: false, cell: undefined })).toEqual([0, 1, 2, 3]);
    expect(indices({ mistakesOnly: true, cell: undefined })).toEqual([2, 1, 3]);
    expect(images.map(isMistake)).toEqual([false, true, true, true]);
  });

  test("of a cell of the confusion matrix are those of its two classes", () => {
    expect(indices({ mistakesOnly: false, cell: { actual: 1, given: 2 } })).toEqual([1, 2]);
    expect(indices({ mistakesOnly: false, cell: { actual: 0, given: 2 } })).toEqual([]);
  });
});

describe("latency", () => {
  /** A clock that a run moves on by the next of these times. */
  function clocked(times: readonly number[]) {
    let now = 0;
    let runs = 0;
    const run = async () => {
      now += times[Math.min(runs, times.length - 1)]!;
      runs += 1;
    };
    return { run, now: () => now, runs: () => runs };
  }

  test("is the median of the runs behind the warm-up, with the distance of the quartiles", async () => {
    const { run, now, runs } = clocked([1000, 500, 10, 30, 20, 50, 40]);
    expect(await measureLatency(run, { warmUp: 2, minRuns: 5, budgetMs: 0, now })).toEqual({
      median: 30,
      spread: 20,
      runs: 5,
    });
    expect(runs()).toBe(7);
  });

  test("ends at its budget of time, or of runs", async () => {
    const slow = clocked([100]);
    expect((await measureLatency(slow.run, { budgetMs: 750, now: slow.now })).runs).toBe(8);
    const fast = clocked([1]);
    expect((await measureLatency(fast.run, { maxRuns: 20, now: fast.now })).runs).toBe(20);
    const verySlow = clocked([9000]);
    expect(await measureLatency(verySlow.run, { now: verySlow.now })).toEqual({
      median: 9000,
      spread: 0,
      runs: 1,
    });
  });
});
