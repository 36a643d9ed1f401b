import { describe, expect, test } from "vitest";
import { complexity } from "../network/complexity.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { buildGraph } from "./build.ts";
import type { Graph } from "./graph.ts";
import { graphComplexity, verifyGraph } from "./verify.ts";

const spec: NetworkSpec = {
  version: 1,
  input: { height: 28, width: 28, channels: 1 },
  classes: 10,
  stem: { type: "small", width: 16 },
  stages: [
    {
      block: "res_bottleneck",
      depth: 2,
      width: 24,
      stride: 2,
      bottleneckRatio: 1,
      groupWidth: 8,
      seRatio: 0.25,
    },
    { block: "mbconv", depth: 2, width: 32, stride: 2, expansion: 4, kernel: 5, seRatio: 0.25 },
    { block: "fused_mbconv", depth: 1, width: 40, stride: 1, expansion: 4, kernel: 3 },
    { block: "vanilla", depth: 1, width: 48, stride: 2 },
  ],
  head: { width: 64 },
  activation: "relu",
  norm: { type: "batch", epsilon: 1e-5, momentum: 0.1 },
};

describe("a graph", () => {
  const graph = buildGraph(spec);

  test("is sound", () => {
    expect(verifyGraph(graph)).toEqual([]);
  });

  test("costs what the fast complexity of its spec says", () => {
    expect(graphComplexity(graph)).toEqual(complexity(spec));
  });

  test("names the maps behind stem and stages, which halve with every stride 2", () => {
    const side = (name: string) => graph.nodes[graph.outputs.get(name) ?? -1]?.shape.height;
    expect(["stem", "s1", "s2", "s3", "s4"].map(side)).toEqual([28, 14, 7, 7, 4]);
  });
});

describe("the verifier names the node and both sides", () => {
  const broken = (id: number, change: object): Graph => {
    const graph = buildGraph(spec);
    const nodes = graph.nodes.map((node) =>
      node.id === id ? ({ ...node, ...change } as typeof node) : node,
    );
    return { ...graph, nodes };
  };
  const sum = buildGraph(spec).nodes.find((node) => node.op === "add");

  test("of a sum of unequal maps", () => {
    const faults = verifyGraph(broken(sum?.id ?? -1, { inputs: [1, sum?.inputs[1] ?? 0] }));
    expect(faults).toEqual([`node ${sum?.id} add: [28,28,16] ≠ [14,14,24]`]);
  });

  test("of a node that reads ahead", () => {
    expect(verifyGraph(broken(2, { inputs: [7] }))).toContain(
      "node 2 norm: reads node 7, which does not come before it",
    );
  });

  test("of groups that do not divide", () => {
    const attrs = { filters: 16, kernel: 3, stride: 1, groups: 3, bias: false };
    expect(verifyGraph(broken(1, { attrs }))[0]).toContain(
      "3 groups do not divide 1 channels and 16 filters",
    );
  });
});
