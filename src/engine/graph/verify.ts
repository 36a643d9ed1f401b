import type { LayerCost, MapShape } from "../network/layers.ts";
import type { Graph, GraphNode } from "./graph.ts";
import { costOf, sameShape, shapeOf, show } from "./rules.ts";

/** Broken rules of a graph, one line each ("node 14 add: [8,8,32] ≠ [8,8,64]"); empty when it is sound. */
export function verifyGraph(graph: Graph): readonly string[] {
  const faults: string[] = [];
  const names = new Set<string>();
  graph.nodes.forEach((node, index) => {
    const where = `node ${index} ${node.op}`;
    if (node.id !== index) faults.push(`${where}: has id ${node.id}`);
    if (names.has(node.name)) faults.push(`${where}: a second node is named ${node.name}`);
    names.add(node.name);
    const late = node.inputs.find((input) => !(input >= 0 && input < index));
    if (late !== undefined) {
      faults.push(`${where}: reads node ${late}, which does not come before it`);
      return;
    }
    if ((node.op === "input") !== (index === 0)) faults.push(`${where}: the input is node 0 and only that`);
    try {
      const shape = shapeOf(node, inputShapes(graph, node));
      if (!sameShape(shape, node.shape)) faults.push(`${where}: says ${show(node.shape)}, is ${show(shape)}`);
    } catch (error) {
      faults.push(`${where}: ${error instanceof Error ? error.message : error}`);
    }
  });
  const logits = graph.nodes[graph.logits];
  if (logits === undefined || logits.id !== graph.nodes.length - 1)
    faults.push(`logits: node ${graph.logits} is not the last one`);
  else if (logits.shape.channels !== graph.spec.classes)
    faults.push(`logits: ${show(logits.shape)} for ${graph.spec.classes} classes`);
  return faults;
}

/** flops, params and acts of a graph per image: the fold over its nodes. */
export function graphComplexity(graph: Graph): LayerCost {
  let flops = 0;
  let params = 0;
  let acts = 0;
  for (const node of graph.nodes) {
    const cost = costOf(node, inputShapes(graph, node));
    flops += cost.flops;
    params += cost.params;
    acts += cost.acts;
  }
  return { flops, params, acts };
}

function inputShapes(graph: Graph, node: GraphNode): MapShape[] {
  return node.inputs.flatMap((id) => graph.nodes[id]?.shape ?? []);
}
