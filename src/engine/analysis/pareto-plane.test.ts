import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import type { Finding } from "./finding.ts";
import { paretoFront, paretoRanks } from "./pareto.ts";
import { type ParetoPlane, paretoPlane } from "./pareto-plane.ts";

const { pareto } = readReference<{
  pareto: { points: { flops: number; accuracy: number }[]; front_indices: number[]; front_rank: number[] };
}>("analysis.json");

function planeOf(finding: Finding<ParetoPlane>): ParetoPlane {
  if (!finding.found) throw new Error(finding.message);
  return finding.value;
}

/** Small grids, so that ties and copies are common. */
const grid = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), {
  minLength: 1,
  maxLength: 30,
});

describe("Pareto front of two metrics", () => {
  test("front and ranks equal the reference, accuracy being better where it is more", () => {
    const { front, ranks } = planeOf(
      paretoPlane(
        pareto.points.map(({ flops }) => flops),
        pareto.points.map(({ accuracy }) => accuracy),
        { y: "more" },
      ),
    );
    expect([...front].sort((a, b) => a - b)).toEqual(pareto.front_indices);
    expect(ranks).toEqual(pareto.front_rank);
  });

  test("front and ranks equal the plain definition, with ties and copies", () => {
    fc.assert(
      fc.property(grid, fc.constantFrom("less" as const, "more" as const), (points, better) => {
        const sign = better === "less" ? 1 : -1;
        const { front, ranks } = planeOf(
          paretoPlane(
            points.map(([x]) => x),
            points.map(([, y]) => y),
            { y: better },
          ),
        );
        const minimised = points.map(([x, y]) => [x, sign * y]);
        expect([...front].sort((a, b) => a - b)).toEqual(paretoFront(minimised));
        expect(ranks).toEqual(paretoRanks(minimised));
      }),
    );
  });

  test("hypervolume equals the cells of the grid that the front dominates", () => {
    fc.assert(
      fc.property(grid, (points) => {
        const { hypervolume } = planeOf(
          paretoPlane(
            points.map(([x]) => x),
            points.map(([, y]) => y),
            { reference: [7, 7] },
          ),
        );
        let cells = 0;
        for (let x = 0; x < 7; x++)
          for (let y = 0; y < 7; y++) if (points.some(([px, py]) => px <= x && py <= y)) cells += 1;
        expect(hypervolume).toBe(cells);
      }),
    );
  });

  test("another point never makes the hypervolume smaller; points beyond the reference add nothing", () => {
    const plane = (xs: number[], ys: number[]) => planeOf(paretoPlane(xs, ys, { reference: [3, 3] }));
    expect(plane([1], [1]).hypervolume).toBe(4);
    expect(plane([1, 0], [1, 2]).hypervolume).toBe(5);
    expect(plane([1, 9], [1, 0]).hypervolume).toBe(4);
  });

  test("from the best x to the best y; trials with a missing value have no rank", () => {
    const { front, ranks, n } = planeOf(paretoPlane([3, 1, 2, undefined, 2], [1, 3, 2, 0, Number.NaN]));
    expect(front).toEqual([1, 2, 0]);
    expect(ranks).toEqual([0, 0, 0, -1, -1]);
    expect(n).toBe(3);
  });

  test("one point, and points all equal, are their own front of no area", () => {
    expect(planeOf(paretoPlane([2], [5]))).toMatchObject({ front: [0], hypervolume: 0, reference: [2, 5] });
    expect(planeOf(paretoPlane([2, 2], [5, 5])).front).toEqual([0, 1]);
  });

  test("nothing to order: a reason", () => {
    expect(paretoPlane([], [])).toMatchObject({ found: false, reason: "no-trials" });
    expect(paretoPlane([1, null], [undefined, 2])).toMatchObject({ found: false, reason: "no-values" });
  });
});
