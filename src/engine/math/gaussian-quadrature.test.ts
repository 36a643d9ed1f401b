import { describe, expect, test } from "vitest";
import { gaussianQuadrature } from "./gaussian-quadrature.ts";

describe.each([1, 2, 3, 8, 16, 32, 64])("Gauss–Hermite with %d points", (points) => {
  const { nodes, weights } = gaussianQuadrature(points);
  const expectation = (f: (t: number) => number) =>
    nodes.reduce((sum, node, i) => sum + (weights[i] ?? 0) * f(node), 0);

  test("gives the moments 1, 0, 1, 0, 3, 0, 15 … of a standard normal up to degree 2·points − 1", () => {
    let even = 1;
    for (let degree = 0; degree <= Math.min(2 * points - 1, 12); degree++) {
      if (degree > 0 && degree % 2 === 0) even *= degree - 1;
      const moment = degree % 2 === 0 ? even : 0;
      expect(expectation((t) => t ** degree)).toBeCloseTo(moment, degree < 8 ? 9 : 6);
    }
  });

  test("has distinct nodes in rising order, symmetric about 0, and positive weights", () => {
    for (let i = 0; i < points; i++) {
      if (i > 0) expect(nodes[i]).toBeGreaterThan((nodes[i - 1] ?? 0) + 1e-3);
      expect((nodes[i] ?? 0) + (nodes[points - 1 - i] ?? 0)).toBeCloseTo(0, 10);
      expect(weights[i]).toBeGreaterThan(0);
    }
  });
});

test("numpy's hermegauss(5): nodes 0, ±1.3556, ±2.8570", () => {
  const { nodes, weights } = gaussianQuadrature(5);
  expect(nodes[3]).toBeCloseTo(1.355626179974266, 12);
  expect(nodes[4]).toBeCloseTo(2.856970013872806, 12);
  expect(weights[2]).toBeCloseTo(8 / 15, 12);
});
