import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { factorText, predictedTimes, predictedTimesSentence } from "./predicted-times.ts";
import { observe } from "./trials/observation.ts";

const done = fakeTrial("RegNetX", 0, 0.2);

/** Trials that took `ms`, with what was predicted. */
const timed = (times: readonly (readonly [predictedMs: number, ms: number])[]) =>
  times.map(([predictedMs, ms], i) => observe({ ...done, id: `fake/RegNetX/${i}`, predictedMs, ms }));

function timesOf(observations: Parameters<typeof predictedTimes>[0]) {
  const times = predictedTimes(observations);
  if (!times.found) throw new Error(times.message);
  return times.value;
}

test("median relative error and factor are of trials that were trained to the end with a prediction", () => {
  const observations = [
    ...timed([
      [110, 100],
      [50, 100],
      [120, 100],
    ]),
    observe({ ...done, id: "cut", status: "cut", predictedMs: 900, ms: 100 }),
    observe(done),
  ];
  const value = timesOf(observations);
  expect(value).toMatchObject({ n: 3, median: 0.2, factor: 2 });
  expect(value.trials[1]).toEqual({
    ...{ id: "fake/RegNetX/1", population: "RegNetX", name: done.network.name },
    ...{ predictedMs: 50, ms: 100 },
  });
  expect(predictedTimesSentence(value)).toBe(
    "The time of 3 trials was predicted before they began: median relative error 20%, all within a factor of 2.",
  );
  expect(predictedTimesSentence(timesOf(timed([[95, 100]])))).toBe(
    "The time of 1 trial was predicted before it began: off by 5.0%.",
  );
});

test("nothing to tell is told with its reason", () => {
  expect(predictedTimes([])).toMatchObject({ found: false, reason: "no-trials" });
  expect(predictedTimes([observe(done)])).toMatchObject({ found: false, reason: "no-values" });
});

const time = fc.double({ min: 1, max: 1e6, noNaN: true });

test("at least nine of ten trials lie within the factor and, of a smaller one, fewer do", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(time, time), { minLength: 1, maxLength: 40 }), (times) => {
      const { factor, n } = timesOf(timed(times));
      const within = (f: number) => times.filter(([a, b]) => Math.max(a / b, b / a) <= f).length;
      expect(factor).toBeGreaterThanOrEqual(1);
      expect(within(factor)).toBeGreaterThanOrEqual(0.9 * n);
      expect(within(factor * (1 - 1e-12))).toBeLessThan(0.9 * n);
      expect(Number(factorText(factor))).toBeGreaterThanOrEqual(factor * (1 - 1e-8));
    }),
  );
});
