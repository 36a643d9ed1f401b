import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { rankCells, usualBins } from "./rank-cells.ts";
import { type Observation, observe } from "./trials/observation.ts";

const base = observe(fakeTrial("RegNetX", 0, 0.3));

function network(i: number, depth: number, groupWidth: number, error: number | null): Observation {
  return { ...base, id: `t${i}`, error, values: { depth, groupWidth } };
}

const [x, y] = [{ key: "depth" }, { key: "groupWidth", scale: "log" }] as const;
const cellsOf = (observations: readonly Observation[]) => {
  const cells = rankCells(observations, x, y);
  if (!cells.found) throw new Error(cells.message);
  return cells.value;
};

describe("two parameters in cells", () => {
  test("few values have a cell each, edges half way; ranks go from 0 to 1, equal errors share theirs", () => {
    const cells = cellsOf([
      network(0, 10, 8, 0.1),
      network(1, 10, 8, 0.3),
      network(2, 12, 8, 0.3),
      network(3, 16, 32, 0.4),
      network(4, 16, 32, 1),
      network(5, 16, 32, null),
    ]);
    // Errors 0.1 < 0.3 = 0.3 < 0.4 < 1 stand at places 0, 1½, 1½, 3, 4 of 4.
    expect(cells.map(({ ids, rank }) => [ids, rank])).toEqual([
      [["t0", "t1"], (0 + 1.5 / 4) / 2],
      [["t2"], 1.5 / 4],
      [["t3", "t4"], 3.5 / 4],
    ]);
    expect(cells.map(({ x0, x1 }) => [x0, x1])).toEqual([
      [9, 11],
      [11, 14],
      [14, 18],
    ]);
    // On a log axis half way between 8 and 32 is 16.
    expect(cells.map(({ y0, y1 }) => [y0, y1].map((edge) => Math.round(1e6 * edge) / 1e6))).toEqual([
      [4, 16],
      [4, 16],
      [16, 64],
    ]);
  });

  test("every network that counts is in one cell, which encloses it; ranks average to ½", () => {
    const parts = fc.record({
      depth: fc.integer({ min: 1, max: 60 }),
      groupWidth: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      error: fc.integer({ min: 0, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(parts, { minLength: 2, maxLength: 80 }), (drawn) => {
        const all = drawn.map(({ depth, groupWidth, error }, i) => network(i, depth, groupWidth, error / 41));
        const cells = rankCells(all, x, y);
        if (!cells.found) {
          const varies = (key: keyof (typeof drawn)[number]) =>
            new Set(drawn.map((one) => one[key])).size > 1;
          expect((["depth", "groupWidth", "error"] as const).every(varies)).toBe(false);
          return;
        }
        expect(cells.value.length).toBeLessThanOrEqual(usualBins ** 2);
        expect(cells.value.flatMap(({ ids }) => ids).sort()).toEqual(all.map(({ id }) => id).sort());
        const total = cells.value.reduce((sum, { rank, ids }) => sum + rank * ids.length, 0);
        expect(total / all.length).toBeCloseTo(0.5, 9);
        for (const { x0, x1, y0, y1, ids } of cells.value)
          for (const { values } of all.filter(({ id }) => ids.includes(id))) {
            expect(values.depth! >= x0 && values.depth! <= x1).toBe(true);
            expect(values.groupWidth! >= y0 && values.groupWidth! <= y1).toBe(true);
          }
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ["no-trials", "has no trials", []],
    ["none-finished", "no trial that counts", [network(0, 1, 8, null)]],
    ["no-values", "both Depth and Group width", [{ ...network(0, 1, 8, 0.2), values: { depth: 3 } }]],
    ["no-values", "both Depth and Group width", [network(0, 1, 0, 0.2), network(1, 2, -8, 0.3)]],
    ["too-few", "two are needed", [network(0, 1, 8, 0.2)]],
    ["all-equal", "the same error", [network(0, 1, 8, 0.2), network(1, 2, 16, 0.2)]],
    ["all-equal", "the same Depth", [network(0, 1, 8, 0.2), network(1, 1, 16, 0.3)]],
    ["all-equal", "the same Group width", [network(0, 1, 8, 0.2), network(1, 2, 8, 0.3)]],
  ] as const)("%s: the reason says %s", (reason, message, observations) => {
    const cells = rankCells(observations, x, y);
    expect(cells).toMatchObject({ found: false, reason, message: expect.stringContaining(message) });
  });

  test("only diverged networks have no order", () => {
    const cells = rankCells(
      [0, 1].map((i) => observe(fakeTrial("RegNetX", i, "diverged"))),
      x,
      y,
    );
    expect(cells).toMatchObject({ found: false, reason: "only-diverged" });
  });
});
