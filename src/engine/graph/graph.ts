import type { ConvAttrs, MapShape, PoolAttrs } from "../network/layers.ts";
import type { Activation, NetworkSpec } from "../network/spec.ts";

/** Index into Graph.nodes. */
export type NodeId = number;

interface NodeBase<Op extends string> {
  readonly id: NodeId;
  readonly op: Op;
  /** pycls' module name for layers with parameters ("s1.b1.f.a"), else the op and its id. */
  readonly name: string;
  readonly inputs: readonly NodeId[];
  /** Of one image. */
  readonly shape: MapShape;
}

export type GraphNode =
  | NodeBase<"input">
  | (NodeBase<"conv"> & { readonly attrs: ConvAttrs })
  | NodeBase<"norm">
  /** Normalizes the activation behind a norm by its proxy; `norm` is that norm. inputs: the activation. */
  | (NodeBase<"proxy"> & { readonly norm: NodeId; readonly activation: Activation })
  | (NodeBase<"activation"> & { readonly kind: Activation | "sigmoid" })
  | NodeBase<"add">
  /** Stochastic depth: leaves a residual branch out at random in training. */
  | (NodeBase<"drop"> & { readonly residual: number })
  /** Leaves units of a 1×1 map out at random in training. */
  | NodeBase<"dropout">
  | (NodeBase<"maxPool"> & { readonly attrs: PoolAttrs })
  | NodeBase<"globalPool">
  /** inputs: the map, then the 1×1 map of factors. */
  | NodeBase<"scale">
  | (NodeBase<"linear"> & { readonly units: number });

export type GraphOp = GraphNode["op"];

/** A network as typed operations in topological order; node 0 is the input, the last one the logits. */
export interface Graph {
  readonly spec: NetworkSpec;
  readonly nodes: readonly GraphNode[];
  readonly logits: NodeId;
  /** Named feature maps: "stem", "s1", "s2" … */
  readonly outputs: ReadonlyMap<string, NodeId>;
}

/** Nodes that read each node. */
export function consumersOf(graph: Graph): readonly (readonly NodeId[])[] {
  const consumers: NodeId[][] = graph.nodes.map(() => []);
  for (const node of graph.nodes) for (const input of node.inputs) consumers[input]?.push(node.id);
  return consumers;
}
