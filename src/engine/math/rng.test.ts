import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { portableExp, portableLog, portableSinCos } from "./portable.ts";
import { createRng } from "./rng.ts";

const draws = <T>(n: number, draw: () => T) => Array.from({ length: n }, draw);

describe("random streams", () => {
  test("the numbers of a stream never change: studies are reproduced by seed", () => {
    const rng = createRng(7, "network", 12);
    expect(draws(4, rng.bits)).toEqual([2597116362, 3150644001, 1610007307, 2571028795]);
    expect(rng.float()).toBe(0.023142434486733587);
    expect(rng.normal()).toBe(0.12975510513686078);
  });

  test("streams that differ in seed, label, order or kind of label differ", () => {
    const streams = [
      createRng(1),
      createRng(2),
      createRng(-1),
      createRng(0.5),
      createRng(1, "a"),
      createRng(1, "a", "b"),
      createRng(1, "b", "a"),
      createRng(1, "ab"),
      createRng(1, 1),
      createRng(1, "1"),
      createRng(1, ""),
    ];
    const firsts = streams.map((rng) => rng.bits());
    expect(new Set(firsts).size).toBe(streams.length);
  });

  test("neighbouring streams are not correlated", () => {
    const n = 20_000;
    const firsts = Array.from({ length: n + 1 }, (_, i) => createRng(3, "image", i).float() - 0.5);
    const correlation = firsts.slice(1).reduce((sum, x, i) => sum + x * firsts[i]!, 0) / (n / 12);
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(n));
  });

  test("integers stay in their range and reach both ends", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 20 }), fc.integer(), (lo, span, seed) => {
        const rng = createRng(seed);
        const seen = new Set(draws(40 * (span + 1), () => rng.int(lo, lo + span)));
        expect(Math.min(...seen)).toBe(lo);
        expect(Math.max(...seen)).toBe(lo + span);
        expect([...seen].every(Number.isInteger)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test("floats are uniform and normals are normal (moments within 4 standard errors)", () => {
    const n = 100_000;
    const rng = createRng(11, "moments");
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const floats = draws(n, rng.float);
    expect(mean(floats)).toBeCloseTo(0.5, 2);
    expect(Math.min(...floats)).toBeGreaterThanOrEqual(0);
    expect(floats.reduce((a, b) => Math.max(a, b))).toBeLessThan(1);
    const normals = draws(n, rng.normal);
    expect(Math.abs(mean(normals))).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(mean(normals.map((z) => z * z)) - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    expect(Math.abs(mean(normals.map((z) => z ** 4)) - 3)).toBeLessThan(4 * Math.sqrt(96 / n));
  });

  test("log-uniform: half of the draws lie below the geometric mean", () => {
    const rng = createRng(5);
    const below = draws(20_000, () => rng.logUniform(1, 256)).filter((x) => x < 16).length;
    expect(Math.abs(below / 20_000 - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / 20_000));
  });

  test("a shuffle keeps the items; every position is as likely", () => {
    const counts = new Array<number>(5).fill(0);
    const rng = createRng(9);
    for (let i = 0; i < 10_000; i++) {
      const shuffled = rng.shuffle([0, 1, 2, 3, 4]);
      expect([...shuffled].sort()).toEqual([0, 1, 2, 3, 4]);
      counts[shuffled.indexOf(0)]! += 1;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(4 * Math.sqrt(1600));
  });

  test("an empty range is an error, not an endless loop", () => {
    expect(() => createRng(1).int(3, 2)).toThrow("empty");
    expect(() => createRng(1).choice([])).toThrow("no items");
  });
});

describe("portable logarithm and exponential", () => {
  test("agree with Math's within an ulp or two", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(portableLog(x) - Math.log(x))).toBeLessThanOrEqual(4.5e-16 * Math.abs(Math.log(x)));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: -690, max: 690, noNaN: true }), (x) => {
        expect(Math.abs(portableExp(x) / Math.exp(x) - 1)).toBeLessThan(1e-15);
      }),
    );
  });

  test("sine and cosine agree with Math's within two units in the last place of 1", () => {
    fc.assert(
      fc.property(fc.double({ min: -Math.PI / 2, max: Math.PI / 2, noNaN: true }), (x) => {
        const { sin, cos } = portableSinCos(x);
        expect(Math.abs(sin - Math.sin(x))).toBeLessThanOrEqual(4.5e-16);
        expect(Math.abs(cos - Math.cos(x))).toBeLessThanOrEqual(4.5e-16);
      }),
    );
  });

  test("quotients of logarithms land on the ties that numpy finds", () => {
    expect(portableLog(1.5) / portableLog(2.25)).toBe(0.5);
    expect(portableLog(8) / portableLog(4)).toBe(1.5);
  });
});
