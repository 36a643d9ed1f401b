import type { Graph, NodeId } from "../graph/graph.ts";
import type { KernelCall, TensorId } from "./calls.ts";
import { convGeometry, mapLength, mapsShape, matrixShape, poolGeometry, shapeAt } from "./geometry.ts";
import type { LayerParameters } from "./parameters.ts";
import type { TensorTable } from "./tensors.ts";
import type { Unit } from "./units.ts";

/** What forward and backward lowering share. */
export interface LoweringContext {
  readonly graph: Graph;
  readonly units: readonly Unit[];
  readonly batch: number;
  readonly table: TensorTable;
  readonly layers: ReadonlyMap<string, LayerParameters>;
  /** Nodes whose values stay readable after a step, by node. */
  readonly keptNodes: ReadonlyMap<NodeId, string>;
}

/** Per-channel vectors of one batch norm that the backward pass reads. */
export interface NormVectors {
  readonly mean: TensorId;
  readonly invStd: TensorId;
  readonly scale: TensorId;
  readonly shift: TensorId;
}

export interface Forward {
  readonly calls: readonly KernelCall[];
  /** Values of the units' outputs. */
  readonly values: ReadonlyMap<NodeId, TensorId>;
  readonly norms: ReadonlyMap<NodeId, NormVectors>;
}

export type Mode = "train" | "evaluate";

/** The forward pass as calls, unit by unit. */
export function lowerForward(context: LoweringContext, mode: Mode): Forward {
  const { graph, batch, table } = context;
  const calls: KernelCall[] = [];
  const values = new Map<NodeId, TensorId>();
  const norms = new Map<NodeId, NormVectors>();

  const valueAt = (id: NodeId | undefined): TensorId => {
    const tensor = values.get(id ?? -1);
    if (tensor === undefined) throw new RangeError(`node ${id} has no value yet`);
    return tensor;
  };
  const output = (id: NodeId): TensorId => {
    const name = graph.nodes[id]?.name ?? `${id}`;
    const length = mapLength(batch, shapeAt(graph, id));
    const kept = context.keptNodes.get(id);
    const tensor =
      kept === undefined ? table.temporary(name, length) : table.kept("activations", kept, length);
    values.set(id, tensor);
    return tensor;
  };

  for (const unit of context.units) {
    const label = unit.node.name;
    const [first, second] = unit.node.inputs;
    if (unit.type === "norm") {
      const layer = layerOf(context, label);
      const { scale, shift } =
        mode === "train"
          ? statistics(context, unit, layer, valueAt(first), calls, norms)
          : foldedNorm(context, unit, layer, calls);
      const residual = unit.residual === undefined ? {} : { residual: valueAt(unit.residual) };
      calls.push({
        op: "affine",
        label,
        in: { x: valueAt(first), scale, shift, ...residual },
        out: { y: output(unit.output) },
        update: {},
        attrs: { ...matrixShape(batch, unit.node.shape), activation: unit.activation },
      });
      continue;
    }
    const { node } = unit;
    switch (node.op) {
      case "input":
        output(node.id);
        break;
      case "conv":
      case "linear": {
        const { weight, bias } = layerOf(context, label);
        calls.push({
          op: "conv2d",
          label,
          in: { x: valueAt(first), filters: weight, ...(bias === undefined ? {} : { bias }) },
          out: { y: output(node.id) },
          update: {},
          attrs: convGeometry(graph, batch, node),
        });
        break;
      }
      case "activation":
        calls.push({
          op: "affine",
          label,
          in: { x: valueAt(first) },
          out: { y: output(node.id) },
          update: {},
          attrs: { ...matrixShape(batch, node.shape), activation: node.kind },
        });
        break;
      case "add":
        calls.push({
          op: "add",
          label,
          in: { a: valueAt(first), b: valueAt(second) },
          out: { y: output(node.id) },
          update: {},
          attrs: matrixShape(batch, node.shape),
        });
        break;
      case "maxPool":
        calls.push({
          op: "maxPool",
          label,
          in: { x: valueAt(first) },
          out: { y: output(node.id) },
          update: {},
          attrs: poolGeometry(graph, batch, node),
        });
        break;
      case "globalPool":
        calls.push({
          op: "globalPool",
          label,
          in: { x: valueAt(first) },
          out: { y: output(node.id) },
          update: {},
          attrs: mapsShape(batch, shapeAt(graph, first)),
        });
        break;
      case "scale":
        calls.push({
          op: "channelScale",
          label,
          in: { x: valueAt(first), s: valueAt(second) },
          out: { y: output(node.id) },
          update: {},
          attrs: mapsShape(batch, node.shape),
        });
        break;
      default:
        node satisfies never;
    }
  }
  return { calls, values, norms };
}

export function layerOf(context: LoweringContext, name: string): LayerParameters {
  const layer = context.layers.get(name);
  if (layer === undefined) throw new RangeError(`layer ${name} has no parameters`);
  return layer;
}

type NormUnit = Extract<Unit, { type: "norm" }>;

/** Statistics of this batch; the running ones move. */
function statistics(
  { graph, batch, table }: LoweringContext,
  { node }: NormUnit,
  layer: LayerParameters,
  x: TensorId,
  calls: KernelCall[],
  norms: Map<NodeId, NormVectors>,
): NormVectors {
  const shape = matrixShape(batch, node.shape);
  const vector = (name: string) => table.temporary(`${node.name}.${name}`, shape.channels);
  const vectors = {
    mean: vector("mean"),
    invStd: vector("invStd"),
    scale: vector("scale"),
    shift: vector("shift"),
  };
  const { epsilon, momentum } = graph.spec.norm;
  calls.push({
    op: "batchNormStats",
    label: node.name,
    in: { x, gamma: layer.weight, beta: required(layer.bias, node.name) },
    out: vectors,
    update: {
      runningMean: required(layer.runningMean, node.name),
      runningVar: required(layer.runningVar, node.name),
    },
    attrs: { ...shape, epsilon, momentum },
  });
  norms.set(node.id, vectors);
  return vectors;
}

/** Scale and shift from the running statistics. */
function foldedNorm(
  { graph, table }: LoweringContext,
  { node }: NormUnit,
  layer: LayerParameters,
  calls: KernelCall[],
): Pick<NormVectors, "scale" | "shift"> {
  const { channels } = node.shape;
  const scale = table.temporary(`${node.name}.scale`, channels);
  const shift = table.temporary(`${node.name}.shift`, channels);
  calls.push({
    op: "batchNormFold",
    label: node.name,
    in: {
      gamma: layer.weight,
      beta: required(layer.bias, node.name),
      runningMean: required(layer.runningMean, node.name),
      runningVar: required(layer.runningVar, node.name),
    },
    out: { scale, shift },
    update: {},
    attrs: { channels, epsilon: graph.spec.norm.epsilon },
  });
  return { scale, shift };
}

export function required(tensor: TensorId | undefined, layer: string): TensorId {
  if (tensor === undefined) throw new RangeError(`layer ${layer} lacks a tensor`);
  return tensor;
}
