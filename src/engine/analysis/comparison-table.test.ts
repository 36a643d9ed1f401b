import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { type ComparisonTable, comparisonTable } from "./comparison-table.ts";
import type { Finding } from "./finding.ts";
import { type Observation, observe } from "./trials/observation.ts";

const base = observe(fakeTrial("RegNetX", 0, 0.3));

/** `n` trials with errors from `start` in steps of a thousandth. */
function group(name: string, start: number, n: number, change: Partial<Observation> = {}) {
  const observations = Array.from({ length: n }, (_, i): Observation => {
    return { ...base, id: `${name}/${i}`, population: name, error: start + i / 1000, ...change };
  });
  return { name, observations };
}

function tableOf(finding: Finding<ComparisonTable>): ComparisonTable {
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

const diverged = group("Diverged", 1, 5, { status: "diverged", error: 1 });
const failed = group("Failed", 0, 2, { status: "failed", error: null });
const empty = { name: "Empty", observations: [] };

describe("comparison of several groups", () => {
  const three = [group("A", 0.3, 30), group("B", 0.25, 30), group("C", 0.301, 30)];

  test("rows hold n, min, mean, median and the expected best of ten", () => {
    const { rows, baseline } = tableOf(comparisonTable(three));
    expect(baseline).toBe("A");
    const [a] = rows;
    expect(a).toMatchObject({ name: "A", counts: { trials: 30, counted: 30 } });
    expect(a!.summary).toMatchObject({ value: { n: 30, min: 0.3 } });
    // Expected smallest of 10 ranks of 30, without replacement: (30 − 10)/11 from 0.
    expect(a!.bestOf10).toMatchObject({ found: true });
    if (a!.bestOf10.found) expect(a!.bestOf10.value).toBeCloseTo(0.3 + 20 / 11 / 1000, 12);
    expect(a!.against).toBeUndefined();
  });

  test("every pair is tested and corrected, the clear one is named, the other is noise", () => {
    const { pairs } = tableOf(comparisonTable(three));
    expect(pairs.map(({ names }) => names.join(" "))).toEqual(["A B", "A C", "B C"]);
    const [ab, ac] = pairs.map(({ comparison }) => comparison);
    if (!ab?.found || !ac?.found) throw new Error("expected comparisons");
    expect(ab.value).toMatchObject({ verdict: "b", delta: 1, magnitude: "large" });
    expect(ab.value.sentence).toMatch(
      /^B is better: medians 5\.0 points apart, .* after Holm for 3 pairs, n = 30/,
    );
    expect(ab.value.adjusted!.pValue).toBeGreaterThan(ab.value.test.pValue);
    expect(ab.value.permutation.pValue).toBeLessThan(0.01);
    expect(ac.value.verdict).toBe("noise");
    expect(ac.value.sentence).toMatch(/do not differ by more than chance would/);
  });

  test("a chosen baseline: only its pairs, corrected for those alone", () => {
    const { pairs, rows } = tableOf(comparisonTable(three, { baseline: "C" }));
    expect(pairs.map(({ names }) => names.join(" "))).toEqual(["C A", "C B"]);
    expect(rows.map(({ against }) => against === undefined)).toEqual([false, false, true]);
    const against = rows[1]!.against!;
    if (!against.found) throw new Error(against.message);
    expect(against.value.adjusted!.pairs).toBe(2);
  });

  test("a pair corrected to noise is called noise", () => {
    const close = [group("A", 0.3, 12), group("B", 0.307, 12)];
    const alone = tableOf(comparisonTable(close)).pairs[0]!.comparison;
    if (!alone.found) throw new Error(alone.message);
    expect(alone.value.verdict).toBe("a");
    const many = ["C", "D", "E", "F", "G", "H"].map((name) => group(name, 0.3, 12));
    const one = tableOf(comparisonTable([...close, ...many])).pairs[0]!.comparison;
    if (!one.found) throw new Error(one.message);
    expect(one.value.test.pValue).toBe(alone.value.test.pValue);
    expect(one.value.verdict).toBe("noise");
  });

  test("groups too small to show anything are told so", () => {
    const [pair] = tableOf(comparisonTable([group("A", 0.1, 3), group("B", 0.9, 3)])).pairs;
    if (!pair!.comparison.found) throw new Error(pair!.comparison.message);
    expect(pair!.comparison.value.sentence).toMatch(/^A and B are too small to tell apart/);
  });

  test("a group without errors has a reason in its row and in each of its pairs; the others are compared", () => {
    const { rows, pairs } = tableOf(comparisonTable([three[0]!, diverged, failed, empty, three[1]!]));
    expect(rows.map(({ summary }) => (summary.found ? "found" : summary.reason))).toEqual([
      "found",
      "only-diverged",
      "none-finished",
      "no-trials",
      "found",
    ]);
    expect(rows[1]!.summary).toMatchObject({ message: "All 5 trials of Diverged diverged." });
    expect(rows[2]!.summary).toMatchObject({ message: "Failed has no trial that counts: 2 failed." });
    const compared = pairs.filter(({ comparison }) => comparison.found);
    expect(compared.map(({ names }) => names.join(" "))).toEqual(["A B"]);
    if (compared[0]!.comparison.found) expect(compared[0]!.comparison.value.adjusted!.pairs).toBe(1);
  });

  test("one trial, and trials all equal, are compared without a NaN", () => {
    const one = group("One", 0.3, 1);
    const equal = {
      name: "Equal",
      observations: group("Equal", 0.3, 9).observations.map((each) => ({ ...each, error: 0.3 })),
    };
    const { rows, pairs } = tableOf(comparisonTable([one, equal]));
    expect(JSON.stringify({ rows, pairs })).not.toContain("null,null");
    expect(rows[0]!.bestOf10).toMatchObject({ found: false, reason: "too-few" });
    if (!pairs[0]!.comparison.found) throw new Error("expected a comparison");
    expect(pairs[0]!.comparison.value).toMatchObject({ superiority: 0.5, delta: 0, verdict: "noise" });
  });

  test("data sets and regimes that differ are allowed, with a warning", () => {
    const other = group("MNIST", 0.1, 5, {
      dataset: "mnist",
      regime: { ...base.regime, dataset: "mnist", epochs: 9 },
    });
    const { warnings } = tableOf(comparisonTable([three[0]!, other]));
    expect(warnings.map(({ kind }) => kind)).toEqual(["dataset", "regime"]);
  });

  test("groups that share trials are compared with a warning that says how many", () => {
    const [all] = three;
    const part = { name: "part", observations: all!.observations.slice(0, 10) };
    const { warnings } = tableOf(comparisonTable([all!, part]));
    expect(warnings).toMatchObject([{ kind: "overlap", differences: [{ values: ["A and part 10"] }] }]);
  });

  test("nothing chosen, an unknown baseline, too many", () => {
    expect(comparisonTable([])).toMatchObject({ found: false, reason: "no-trials" });
    expect(() => comparisonTable(three, { baseline: "Z" })).toThrow(/baseline "Z": expected one of A, B, C/);
    const nine = Array.from({ length: 9 }, (_, i) => group(String(i), 0.3, 2));
    expect(() => comparisonTable(nine)).toThrow(/at most 8/);
  });
});
