import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ComplexityWeights, complexityWeights, weightedEdfAt } from "./complexity-weights.ts";
import type { Finding } from "./finding.ts";

function weightsOf(finding: Finding<ComplexityWeights>): ComplexityWeights {
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("complexity-normalized weights", () => {
  test("each of the m_j networks in bin j of k weighs 1/(k·m_j)", () => {
    const { weights, used } = weightsOf(
      complexityWeights([[1, 1.2, 1.4, 2.5, 3]], { bins: 2, scale: "linear" }),
    );
    expect(used).toEqual([0, 1]);
    expect(weights[0]).toEqual([1 / 6, 1 / 6, 1 / 6, 1 / 4, 1 / 4]);
  });

  test("weights of every population add up to 1, bin for bin alike", () => {
    const costs = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(costs, costs, fc.constantFrom("linear" as const, "log" as const), (a, b, scale) => {
        const finding = complexityWeights([a, b], { bins: 5, scale });
        if (!finding.found) return;
        const { weights, edges, used } = finding.value;
        for (const each of weights) expect(sum(each)).toBeCloseTo(1, 12);
        for (const bin of used) {
          const inBin = (cost: number) =>
            cost >= edges[bin]! &&
            (cost < edges[bin + 1]! || (bin === edges.length - 2 && cost <= edges.at(-1)!));
          for (const [p, each] of [a, b].entries())
            expect(sum(weights[p]!.filter((_, i) => inBin(each[i]!)))).toBeCloseTo(1 / used.length, 12);
        }
      }),
    );
  });

  test("only the range that all share counts, and only bins that all occupy", () => {
    const { weights, counted } = weightsOf(
      complexityWeights(
        [
          [1, 10, 11, 100],
          [10, 12, 99, 5_000],
        ],
        { bins: 2 },
      ),
    );
    expect(weights[0]![0]).toBe(0);
    expect(weights[1]![3]).toBe(0);
    expect(counted).toEqual([3, 3]);
  });

  test("populations that differ by their sizes alone are equal after weighting", () => {
    // Error is a function of cost; one population has mostly large networks.
    const costs = [
      [10, 20, 20, 20, 20, 20],
      [10, 10, 10, 10, 20, 20],
    ];
    const errors = costs.map((each) => each.map((cost) => 1 / cost));
    const { weights } = weightsOf(complexityWeights(costs, { bins: 2 }));
    expect(weightedEdfAt(errors[0]!, weights[0]!, 0.07)).toBeCloseTo(0.5, 12);
    expect(weightedEdfAt(errors[1]!, weights[1]!, 0.07)).toBeCloseTo(0.5, 12);
    expect(weightedEdfAt(errors[1]!, weights[1]!, 0.05)).toBe(0);
  });

  test("equal costs are one bin", () => {
    const { weights, edges } = weightsOf(complexityWeights([[7, 7], [7]]));
    expect(weights).toEqual([[0.5, 0.5], [1]]);
    expect(edges).toEqual([7, 7]);
  });

  test.each([
    ["no-trials", []],
    ["no-trials", [[], []]],
    [
      "no-values",
      [
        [1, 2],
        [null, Number.NaN, -3],
      ],
    ],
    [
      "no-values",
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])("%s: a reason", (reason, costs) => {
    expect(complexityWeights(costs as number[][])).toMatchObject({ found: false, reason });
  });
});
