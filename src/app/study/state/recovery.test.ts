import { expect, test } from "vitest";
import { type Ends, mostGivenUp, mostRestarts, noEnds, recoveryAfter, type WorkerEnd } from "./recovery.ts";

const endAt = (epochs: Readonly<Record<string, number>>, trialId?: string): WorkerEnd => ({
  ...{ at: 0, reason: "killed", trialId },
  epochs: new Map(Object.entries(epochs)),
});
const end = (epochs: number, trialId?: string): WorkerEnd => endAt({ all: epochs }, trialId);

/** The actions after ends one after the other. */
function actionsAfter(ends: readonly WorkerEnd[]): string[] {
  let before: Ends = noEnds;
  return ends.map((each) => {
    const { action, ends } = recoveryAfter(each, before);
    before = ends;
    return action;
  });
}

const times = <T>(n: number, value: T): T[] => new Array(n).fill(value);

test("a run that gets further between two ends goes on for ever", () => {
  const ends = Array.from({ length: 50 }, (_, epochs) => end(epochs, `t${Math.floor(epochs / 10)}`));
  expect(actionsAfter(ends)).toEqual(times(50, "go on"));
});

test("a trial that does not get further is given up after so many restarts, and the next one has as many", () => {
  const [first, second] = [times(mostRestarts + 1, end(7, "a")), times(mostRestarts + 1, end(7, "b"))];
  const each = [...times(mostRestarts, "go on"), "give up"];
  expect(actionsAfter([...first, ...second])).toEqual([...each, ...each]);
  let ends = noEnds;
  for (const one of first.slice(1)) ends = recoveryAfter(one, ends).ends;
  expect(recoveryAfter(end(7, "a"), ends)).toMatchObject({
    action: "give up",
    trial: {
      trialId: "a",
      reason: "the training worker ended 4 times in the same epoch, last: killed",
    },
  });
});

test("where one trial after the other ends the worker the run stops; one finished epoch between begins anew", () => {
  const trials = (count: number) =>
    Array.from({ length: count }, (_, i) => times(mostRestarts + 1, end(3, `t${i}`))).flat();
  expect(actionsAfter(trials(mostGivenUp + 1)).at(-1)).toBe("stop");
  expect(actionsAfter(trials(mostGivenUp)).filter((action) => action === "give up")).toHaveLength(
    mostGivenUp,
  );
  const later = times(mostRestarts + 1, end(4, "later"));
  expect(actionsAfter([...trials(mostGivenUp), ...later]).at(-1)).toBe("give up");
});

test("a worker that ends before any trial, or now here and now there, is no trial's fault: the run stops", () => {
  const stops = [...times(mostRestarts, "go on"), "stop"];
  expect(actionsAfter(times(mostRestarts + 1, end(0)))).toEqual(stops);
  expect(actionsAfter([...times(mostRestarts, end(0, "a")), end(0, "b")])).toEqual(stops);
  expect(actionsAfter([end(0), ...times(mostRestarts, end(0, "a"))])).toEqual(stops);
});

test("an epoch counts as finished also where another trial gave its epochs up to be trained again", () => {
  // Each is trained to the end, or fails earlier than before; then the next begins anew and ends the worker.
  const ends = [
    endAt({ a: 3, b: 5, c: 5, d: 5 }, "a"),
    endAt({ a: 4, b: 0, c: 5, d: 5 }, "b"),
    endAt({ a: 4, b: 1, c: 0, d: 5 }, "c"),
    endAt({ a: 4, b: 1, c: 2, d: 0 }, "d"),
    endAt({ a: 4, b: 1, c: 2, d: 1 }, "d"),
  ];
  expect(actionsAfter(ends)).toEqual(times(5, "go on"));
  // Begun anew, and no epoch finished: that is no progress.
  const anew = [endAt({ a: 5 }, "a"), ...times(mostRestarts, endAt({ a: 0 }, "a"))];
  expect(actionsAfter(anew)).toEqual([...times(mostRestarts, "go on"), "give up"]);
});
