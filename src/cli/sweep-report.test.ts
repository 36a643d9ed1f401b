import { expect, test } from "vitest";
import { fakeTrial } from "../../test/fixtures/fake-trial.ts";
import { parseStudy } from "../engine/sweep/study.ts";
import { studyId } from "../engine/sweep/study-id.ts";
import { trialId } from "../engine/sweep/trial.ts";
import { summaryText } from "./sweep-report.ts";

const names = ["a", "b", "c", "d"] as const;
const study = parseStudy({
  version: 1,
  populations: names.map((name) => ({ name, space: "regnetx", count: 16 })),
});
const network = fakeTrial("RegNetX", 0, 0.2);

/** 16 errors, the first so many of them low. */
function trialsOf(population: string, low: number) {
  return Array.from({ length: 16 }, (_, index) => {
    const error = (index < low ? 0.1 : 0.3) + index / 1000;
    const id = trialId(studyId(study), population, index);
    return { ...network, id, study: studyId(study), population, index, error };
  });
}

function sentences(populations: readonly string[]): string[] {
  // D = 8/16: p = 0.03 by itself.
  const trials = populations.flatMap((name) => trialsOf(name, name === "b" ? 12 : 4));
  const ran = { ...study, populations: study.populations.filter(({ name }) => populations.includes(name)) };
  const summary = {
    studyId: studyId(study),
    outcome: "complete",
    trials: trials.length,
    acceptance: [],
  } as const;
  return summaryText(ran, trials, summary)
    .split("\n")
    .filter((line) => line.includes("D = "));
}

test("a difference that two populations show by themselves is no finding among several pairs", () => {
  expect(sentences(["a", "b"])).toEqual([
    expect.stringMatching(/^b is better: .*p = 0\.03, n = 16 and 16\)/),
  ]);
  const [first, ...others] = sentences(names);
  expect(first).toBe(
    "a and b do not differ by more than chance would (D = 0.50, p = 0.10 after Holm for 3 pairs, n = 16 and 16).",
  );
  expect(others).toHaveLength(2);
});
