import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFilter } from "../../../engine/analysis/trials/filter-text.ts";
import { defaultStudy } from "../../../engine/sweep/study.ts";
import { studyId } from "../../../engine/sweep/study-id.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import { trialId } from "../../../engine/sweep/trial.ts";
import { readAddress, studyHash } from "./location.ts";
import { plainResultsView } from "./results-view.ts";
import { formatTrialSet, parseTrialSet } from "./trial-set-text.ts";
import { createViewActions, createViewStore } from "./view-store.ts";

const places = { studyId: "s", populations: Array.from({ length: 10 }, (_, i) => `Population ${i}`) };
const id = (place: number, index: number) => trialId("s", places.populations[place]!, index);

describe("trials in an address", () => {
  test("every set comes back", () => {
    const trial = fc.tuple(fc.nat(9), fc.nat(studyLimits.count - 1));
    fc.assert(
      fc.property(fc.array(trial, { maxLength: 400 }), (trials) => {
        const ids = new Set(trials.map(([place, index]) => id(place, index)));
        expect(parseTrialSet(formatTrialSet(ids, places), places)).toEqual(ids);
      }),
    );
  });

  test("a few are listed in runs; a thousand take a letter for six", () => {
    expect(formatTrialSet([id(0, 3), id(0, 5), id(0, 6), id(0, 7), id(2, 0)], places)).toBe("0.3.5-7_2.0");
    const odd = Array.from({ length: 500 }, (_, i) => id(1, 2 * i + 1));
    expect(formatTrialSet(odd, places).length).toBeLessThan(175);
    expect(
      formatTrialSet(
        Array.from({ length: 1000 }, (_, i) => id(1, i)),
        places,
      ),
    ).toBe("1.0-999");
  });

  test("trials of another study are left out", () => {
    expect(formatTrialSet(["other/Population 0/3"], places)).toBe("");
  });
});

describe("what is looked at, in an address", () => {
  const own = (place: number, index: number) =>
    trialId(studyId(defaultStudy), defaultStudy.populations[place]!.name, index);
  const view = {
    board: "scatter" as const,
    filter: parseFilter("population:RegNetX,status:done,flops:1M..3M"),
    axes: { x: "params", hy: "width2" },
    marked: new Set([own(0, 3), own(1, 2)]),
    selected: own(1, 2),
  };

  test("comes back with its study", () => {
    const read = readAddress(studyHash(defaultStudy, view));
    expect(read).toEqual({ study: defaultStudy, problem: undefined, view, viewProblem: undefined });
  });

  test("the usual view adds nothing", () => {
    expect(studyHash(defaultStudy, plainResultsView)).not.toContain("show=");
    expect(readAddress(studyHash(defaultStudy)).view).toEqual(plainResultsView);
  });

  test.each([
    ["show=everything", /show: "everything" is not allowed; expected one of edf, scatter/],
    ["only=colour:red", /only: .*"colour" is no metric/],
    ["x=beauty", /x: "beauty" is no metric/],
    ["marked=7.1", /marked: "7.1" is not allowed; expected a population's place from 0 to 1/],
    ["marked=0.9-3", /9-3 ends before it begins/],
    ["at=best", /at: "best" is not allowed/],
  ])("%s is refused; the study and the rest of the link count", (part, message) => {
    const read = readAddress(`${studyHash(defaultStudy)}&hx=depth&${part}`);
    expect(read.viewProblem).toMatch(message);
    expect(read.study).toEqual(defaultStudy);
    expect(read.view).toEqual({ ...plainResultsView, axes: { hx: "depth" } });
  });
});

describe("marks", () => {
  const marks = () => {
    const view = createViewStore();
    return { actions: createViewActions(view), state: () => view.getState() };
  };

  test("choosing a trial marks it alone; among several it only moves through them", () => {
    const { actions, state } = marks();
    actions.choose("a");
    expect([[...state().marked], state().selected]).toEqual([["a"], "a"]);
    actions.onSelect(new Set(["a", "b", "c"]));
    actions.choose("b");
    expect([[...state().marked], state().selected]).toEqual([["a", "b", "c"], "b"]);
    actions.choose("d");
    expect([...state().marked]).toEqual(["d"]);
  });

  test("toggling adds and takes away; clearing leaves none", () => {
    const { actions, state } = marks();
    actions.choose("a");
    actions.toggle("b");
    expect([[...state().marked], state().selected]).toEqual([["a", "b"], "b"]);
    actions.toggle("b");
    expect([[...state().marked], state().selected]).toEqual([["a"], "a"]);
    actions.clear();
    expect([state().marked.size, state().selected]).toEqual([0, undefined]);
  });
});
