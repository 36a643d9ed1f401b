import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import type { Trial } from "../../engine/sweep/trial.ts";
import { formatTrialLine, parseTrialLines } from "../../engine/sweep/trial-lines.ts";
import { compareHash, readCompareHash } from "./compare-address.ts";
import { choicesOf, createGroups, sourceOf, sourcesOfFile } from "./compare-source.ts";
import { createCompareStore } from "./compare-store.ts";

const trials: readonly Trial[] = [
  fakeTrial("AnyNetXA", 0, 0.3),
  fakeTrial("AnyNetXA", 1, "diverged"),
  fakeTrial("RegNetX", 0, 0.2),
];

describe("the address of a comparison", () => {
  test("comes back as it was", () => {
    const address = { chosen: ["abc/RegNetX", "abc/Any Net, wide?", "def"], baseline: "def" };
    expect(readCompareHash(compareHash(address))).toEqual({ address, problems: [] });
    expect(compareHash({ chosen: [], baseline: undefined })).toBe("#/compare");
  });

  test("what cannot be used is named, and the rest counts", () => {
    const { address, problems } = readCompareHash("#/compare?g=a/b/c&g=abc&base=xyz");
    expect(address).toEqual({ chosen: ["abc"], baseline: undefined });
    expect(problems.map(({ path }) => path)).toEqual(["g", "base"]);
  });

  test("a ninth group is left out, and said to be", () => {
    const query = Array.from({ length: 10 }, (_, i) => `g=study${i}`).join("&");
    const { address, problems } = readCompareHash(`#/compare?${query}`);
    expect(address.chosen.length).toBe(8);
    expect(problems.map(({ message }) => message)).toEqual(["at most 8 groups are compared at once"]);
  });
});

describe("sources", () => {
  test("a results file gives its studies with their populations", () => {
    const text = [...trials, { ...trials[0]!, study: "other", id: "other/AnyNetXA/0" }]
      .map(formatTrialLine)
      .join("");
    const sources = sourcesOfFile("sweep.jsonl", parseTrialLines(new TextEncoder().encode(text)).trials);
    expect(sources.map(({ name, studyId }) => [name, studyId])).toEqual([
      ["sweep 1", "fake"],
      ["sweep 2", "other"],
    ]);
    expect(choicesOf(sources[0]!).map(({ key }) => key)).toEqual(["fake/AnyNetXA", "fake/RegNetX", "fake"]);
    expect(choicesOf(sources[1]!).map(({ key }) => key)).toEqual(["other/AnyNetXA"]);
  });

  test("groups of one name are told apart by their study; the same trials stay the same array", () => {
    const [a, b] = ["first", "second"].map((name) => sourceOf({ studyId: name, name }, trials)) as [
      ReturnType<typeof sourceOf>,
      ReturnType<typeof sourceOf>,
    ];
    const sources = new Map([a, b].map((source) => [source.studyId, source]));
    const groupsOf = createGroups();
    const chosen = ["first/RegNetX", "second/RegNetX", "second", "lost/RegNetZ"];
    const groups = groupsOf(chosen, sources);
    expect(groups.map(({ name, group }) => [name, group?.observations.length])).toEqual([
      ["RegNetX, first", 1],
      ["RegNetX, second", 1],
      ["second", 3],
      ["RegNetZ", undefined],
    ]);
    expect(groupsOf(chosen, sources)[0]!.group!.observations).toBe(groups[0]!.group!.observations);
  });
});

describe("choosing", () => {
  test("at most eight; taking the baseline out gives its place to the first", () => {
    const store = createCompareStore({ chosen: [], baseline: undefined });
    for (let i = 0; i < 10; i++) store.getState().toggle(`study${i}`);
    expect(store.getState().chosen.length).toBe(8);
    store.getState().setBaseline("study3");
    store.getState().toggle("study3");
    expect([store.getState().chosen.length, store.getState().baseline]).toEqual([7, undefined]);
  });
});
