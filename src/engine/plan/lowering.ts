import type { Graph, GraphNode, NodeId } from "../graph/graph.ts";
import type { MapsShape, TensorId } from "./call.ts";
import type { FusedNorms } from "./fused-norms.ts";
import type { Fusions } from "./fusion.ts";
import type { LayerParameters } from "./parameters.ts";
import type { TensorTable } from "./tensors.ts";
import type { Unit } from "./units.ts";

/** What forward and backward lowering share. */
export interface LoweringContext {
  readonly graph: Graph;
  readonly units: readonly Unit[];
  readonly fusions: Fusions;
  readonly fused: FusedNorms;
  readonly batch: number;
  readonly table: TensorTable;
  readonly layers: ReadonlyMap<string, LayerParameters>;
  /** Nodes whose values stay readable after a step, by node. */
  readonly keptNodes: ReadonlyMap<NodeId, string>;
}

export function layerOf(layers: LoweringContext["layers"], name: string): LayerParameters {
  const layer = layers.get(name);
  if (layer === undefined) throw new RangeError(`layer ${name} has no parameters`);
  return layer;
}

export function required(tensor: TensorId | undefined, layer: string): TensorId {
  if (tensor === undefined) throw new RangeError(`layer ${layer} lacks a tensor`);
  return tensor;
}

type DropNode = Extract<GraphNode, { op: "drop" | "dropout" }>;

/** Stochastic depth scales whole images, dropout each channel of a 1×1 map. */
export function dropShape({ batch }: LoweringContext, { op, shape }: DropNode): MapsShape {
  const { height, width, channels } = shape;
  return op === "drop"
    ? { batch, pixels: height * width * channels, channels: 1 }
    : { batch, pixels: height * width, channels };
}

/** The factors of a node that leaves out at random: as many an image as its shape has channels, in the host buffer. */
export function dropFactors(context: LoweringContext, node: DropNode): TensorId {
  const name = node.op === "drop" ? `keep:${node.residual}` : `keep:${node.name}`;
  return context.table.kept("host", name, context.batch * dropShape(context, node).channels);
}
