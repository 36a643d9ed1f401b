import { buildNetwork } from "../network/build.ts";
import type { ConvAttrs, LayerSink, MapShape, PoolAttrs } from "../network/layers.ts";
import { type Activation, isProxied, type NetworkSpec } from "../network/spec.ts";
import type { Graph, GraphNode, NodeId } from "./graph.ts";
import { shapeOf } from "./rules.ts";
import { verifyGraph } from "./verify.ts";

/** GraphNode without what the sink fills in. */
type Draft = GraphNode extends infer Node
  ? Node extends GraphNode
    ? Omit<Node, "id" | "shape">
    : never
  : never;

/** Collects the layers of a network as graph nodes, shapes included. */
class GraphSink implements LayerSink<NodeId> {
  readonly nodes: GraphNode[] = [];
  readonly outputs = new Map<string, NodeId>();
  readonly #options: Required<GraphOptions> & { readonly proxied: boolean };

  constructor(options: Required<GraphOptions> & { readonly proxied: boolean }) {
    this.#options = options;
  }

  input(shape: MapShape): NodeId {
    this.nodes.push({ id: 0, op: "input", name: "input", inputs: [], shape });
    return 0;
  }

  conv(x: NodeId, name: string, attrs: ConvAttrs): NodeId {
    return this.#push({ op: "conv", name, inputs: [x], attrs });
  }

  norm(x: NodeId, name: string, activation?: Activation): NodeId {
    const norm = this.#push({ op: "norm", name, inputs: [x] });
    if (activation === undefined) return norm;
    const activated = this.activation(norm, activation);
    if (!this.#options.proxied) return activated;
    return this.#push({ op: "proxy", name: `${name}_proxy`, inputs: [activated], norm, activation });
  }

  activation(x: NodeId, kind: Activation | "sigmoid"): NodeId {
    return this.#push({ op: "activation", name: this.#unnamed(kind), inputs: [x], kind });
  }

  add(skip: NodeId, branch: NodeId): NodeId {
    const inputs = [skip, this.#options.stochasticDepth ? this.#drop(branch) : branch];
    return this.#push({ op: "add", name: this.#unnamed("add"), inputs });
  }

  maxPool(x: NodeId, attrs: PoolAttrs): NodeId {
    return this.#push({ op: "maxPool", name: this.#unnamed("maxPool"), inputs: [x], attrs });
  }

  globalPool(x: NodeId): NodeId {
    return this.#push({ op: "globalPool", name: this.#unnamed("globalPool"), inputs: [x] });
  }

  scale(x: NodeId, s: NodeId): NodeId {
    return this.#push({ op: "scale", name: this.#unnamed("scale"), inputs: [x, s] });
  }

  linear(x: NodeId, name: string, units: number): NodeId {
    const kept = this.#options.dropout
      ? this.#push({ op: "dropout", name: this.#unnamed("dropout"), inputs: [x] })
      : x;
    return this.#push({ op: "linear", name, inputs: [kept], units });
  }

  channels(x: NodeId): number {
    return this.#shape(x).channels;
  }

  mark(x: NodeId, name: string): void {
    this.outputs.set(name, x);
  }

  #drop(branch: NodeId): NodeId {
    const residual = this.nodes.filter((node) => node.op === "drop").length;
    return this.#push({ op: "drop", name: this.#unnamed("drop"), inputs: [branch], residual });
  }

  #unnamed(op: string): string {
    return `${op}#${this.nodes.length}`;
  }

  #shape(id: NodeId): MapShape {
    const node = this.nodes[id];
    if (node === undefined) throw new RangeError(`no node ${id}`);
    return node.shape;
  }

  #push(draft: Draft): NodeId {
    const id = this.nodes.length;
    // The input's shape is what conv and the others start from; every other shape follows from the rules.
    const bare = { ...draft, id, shape: { height: 0, width: 0, channels: 0 } } as GraphNode;
    const shape = shapeOf(
      bare,
      draft.inputs.map((input) => this.#shape(input)),
    );
    this.nodes.push({ ...bare, shape });
    return id;
  }
}

export interface GraphOptions {
  /** Put a drop node on every residual branch, for training with stochastic depth. */
  readonly stochasticDepth?: boolean;
  /** Put dropout before the classifier, the only linear layer there is (as EfficientNets have it). */
  readonly dropout?: boolean;
}

/**
 * The graph of a network.
 * @throws Error when the spec builds an unsound graph (a block that breaks a rule); parseNetworkSpec refuses the specs
 * that could.
 */
export function buildGraph(spec: NetworkSpec, options: GraphOptions = {}): Graph {
  const { stochasticDepth = false, dropout = false } = options;
  const sink = new GraphSink({ proxied: isProxied(spec.norm), stochasticDepth, dropout });
  const logits = buildNetwork(spec, sink, sink.input(spec.input));
  const graph: Graph = { spec, nodes: sink.nodes, logits, outputs: sink.outputs };
  const faults = verifyGraph(graph);
  if (faults.length > 0)
    throw new Error(`unsound graph of ${spec.name ?? "a network"}: ${faults.join("; ")}`);
  return graph;
}
