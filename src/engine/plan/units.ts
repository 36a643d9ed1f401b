import { consumersOf, type Graph, type GraphNode, type NodeId } from "../graph/graph.ts";
import type { Activation } from "../network/spec.ts";

type NodeOf<Op extends GraphNode["op"]> = Extract<GraphNode, { op: Op }>;

/**
 * Nodes that one step of the lowering serves. A norm takes in the residual sum and the activation behind it, so that a
 * normalized map is read and written once.
 */
export type Unit =
  | {
      readonly type: "norm";
      readonly node: NodeOf<"norm">;
      /** Output of the sum's other branch. */
      readonly residual?: NodeId;
      readonly activation: Activation | "sigmoid" | "none";
      /** The last node of the unit: its value is the unit's. */
      readonly output: NodeId;
    }
  | { readonly type: "single"; readonly node: Exclude<GraphNode, NodeOf<"norm">>; readonly output: NodeId };

export type NormUnit = Extract<Unit, { type: "norm" }>;

/**
 * Units in execution order. Nodes inside a unit other than its output have no value of their own. Without `fuse` every
 * node is a unit: the results are the same within rounding, the memory traffic is larger.
 */
export function unitsOf(graph: Graph, fuse = true): readonly Unit[] {
  const consumers = consumersOf(graph);
  const marked = new Set(graph.outputs.values());
  const taken = new Set<NodeId>();
  const units: Unit[] = [];

  /** The one node that reads `id`, if that is all that becomes of it. */
  const onlyConsumer = (id: NodeId): GraphNode | undefined => {
    const [first, second] = fuse ? (consumers[id] ?? []) : [];
    return first === undefined || second !== undefined || marked.has(id) ? undefined : graph.nodes[first];
  };

  for (const node of graph.nodes) {
    if (taken.has(node.id)) continue;
    if (node.op !== "norm") {
      units.push({ type: "single", node, output: node.id });
      continue;
    }
    let output: NodeId = node.id;
    let residual: NodeId | undefined;
    let activation: NormUnit["activation"] = "none";
    let next = onlyConsumer(output);
    if (next?.op === "add") {
      const other = next.inputs.find((input) => input !== output);
      // The other branch must have been computed by now.
      if (other !== undefined && other < node.id) {
        residual = other;
        output = next.id;
        taken.add(output);
        next = onlyConsumer(output);
      }
    }
    // Behind a sum only ReLU folds in: its gradient needs the output alone, the others' need the sum itself.
    if (next?.op === "activation" && (residual === undefined || next.kind === "relu")) {
      activation = next.kind;
      output = next.id;
      taken.add(output);
    }
    units.push({ type: "norm", node, ...(residual === undefined ? {} : { residual }), activation, output });
  }
  return units;
}
