import type { Graph, GraphNode, NodeId } from "../graph/graph.ts";
import type { MapShape } from "../network/layers.ts";
import type { ConvGeometry, MapsShape, MatrixShape, PoolGeometry } from "./call.ts";

export function shapeAt(graph: Graph, id: NodeId | undefined): MapShape {
  const node = graph.nodes[id ?? -1];
  if (node === undefined) throw new RangeError(`no node ${id}`);
  return node.shape;
}

/** Elements of a batch of maps. */
export function mapLength(batch: number, { height, width, channels }: MapShape): number {
  return batch * height * width * channels;
}

export function matrixShape(batch: number, { height, width, channels }: MapShape): MatrixShape {
  return { rows: batch * height * width, channels };
}

export function mapsShape(batch: number, { height, width, channels }: MapShape): MapsShape {
  return { batch, pixels: height * width, channels };
}

/** A linear layer is a 1×1 convolution on a 1×1 map. */
export function convGeometry(
  graph: Graph,
  batch: number,
  node: Extract<GraphNode, { op: "conv" | "linear" }>,
): ConvGeometry {
  const attrs =
    node.op === "conv" ? node.attrs : { filters: node.units, kernel: 1, stride: 1, groups: 1, bias: true };
  return {
    ...windows(shapeAt(graph, node.inputs[0]), node.shape, batch, attrs),
    filters: attrs.filters,
    groups: attrs.groups,
  };
}

export function poolGeometry(
  graph: Graph,
  batch: number,
  node: Extract<GraphNode, { op: "maxPool" }>,
): PoolGeometry {
  return windows(shapeAt(graph, node.inputs[0]), node.shape, batch, node.attrs);
}

function windows(
  x: MapShape,
  y: MapShape,
  batch: number,
  { kernel, stride }: { kernel: number; stride: number },
): PoolGeometry {
  return {
    batch,
    height: x.height,
    width: x.width,
    channels: x.channels,
    kernel,
    stride,
    padding: (kernel - 1) / 2,
    outHeight: y.height,
    outWidth: y.width,
  };
}
