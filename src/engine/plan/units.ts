import { consumersOf, type Graph, type GraphNode, type NodeId } from "../graph/graph.ts";
import type { Activation } from "../network/spec.ts";
import type { Fusions } from "./fusion.ts";

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
  | {
      readonly type: "squeeze";
      /** The last step; its inputs are the map and the factors. */
      readonly node: NodeOf<"scale">;
      readonly reduce: NodeOf<"conv">;
      readonly expand: NodeOf<"conv">;
      readonly activation: Activation;
      readonly output: NodeId;
    }
  | { readonly type: "single"; readonly node: Exclude<GraphNode, NodeOf<"norm">>; readonly output: NodeId };

export type NormUnit = Extract<Unit, { type: "norm" }>;

export type SqueezeUnit = Extract<Unit, { type: "squeeze" }>;

/**
 * Units in execution order. Nodes inside a unit other than its output have no value of their own. Without fusions every
 * node is a unit: the results are the same within rounding, the memory traffic is larger.
 */
export function unitsOf(graph: Graph, fusions: Pick<Fusions, "norms" | "squeeze">): readonly Unit[] {
  const consumers = consumersOf(graph);
  const marked = new Set(graph.outputs.values());
  const taken = new Set<NodeId>();
  const units: Unit[] = [];

  /** The one node that reads `id`, if that is all that becomes of it. */
  const onlyConsumer = (id: NodeId): GraphNode | undefined => {
    const [first, second] = consumers[id] ?? [];
    return first === undefined || second !== undefined || marked.has(id) ? undefined : graph.nodes[first];
  };

  const squeezes = new Map<NodeId, SqueezeUnit>();
  for (const node of graph.nodes) {
    if (taken.has(node.id)) continue;
    if (node.op === "globalPool" && fusions.squeeze) {
      const squeeze = squeezeFrom(node, onlyConsumer);
      if (squeeze !== undefined) {
        for (const { id } of squeeze.inner) taken.add(id);
        squeezes.set(squeeze.unit.output, squeeze.unit);
        continue;
      }
    }
    const squeeze = squeezes.get(node.id);
    if (squeeze !== undefined) {
      units.push(squeeze);
      continue;
    }
    if (node.op !== "norm") {
      units.push({ type: "single", node, output: node.id });
      continue;
    }
    if (!fusions.norms) {
      units.push({ type: "norm", node, activation: "none", output: node.id });
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

/** Squeeze-and-excitation that begins with this mean, if it is one, and the nodes that only it reads. */
function squeezeFrom(
  pool: NodeOf<"globalPool">,
  onlyConsumer: (id: NodeId) => GraphNode | undefined,
): { readonly unit: SqueezeUnit; readonly inner: readonly GraphNode[] } | undefined {
  const reduce = onlyConsumer(pool.id);
  if (reduce?.op !== "conv") return undefined;
  const activation = onlyConsumer(reduce.id);
  if (activation?.op !== "activation" || activation.kind === "sigmoid") return undefined;
  const expand = onlyConsumer(activation.id);
  if (expand?.op !== "conv") return undefined;
  const gate = onlyConsumer(expand.id);
  if (gate?.op !== "activation" || gate.kind !== "sigmoid") return undefined;
  const scale = onlyConsumer(gate.id);
  if (scale?.op !== "scale" || scale.inputs[0] !== pool.inputs[0]) return undefined;
  const unit = {
    type: "squeeze",
    node: scale,
    reduce,
    expand,
    activation: activation.kind,
    output: scale.id,
  } as const;
  return { unit, inner: [pool, reduce, activation, expand, gate] };
}
