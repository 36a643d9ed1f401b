import type { GraphNode } from "../graph/graph.ts";
import type { TensorId } from "./call.ts";
import type { KernelCall } from "./calls.ts";
import { mapLength, matrixShape, shapeAt } from "./geometry.ts";
import { type LoweringContext, layerOf, required } from "./lowering.ts";
import type { ProxyShape } from "./norm-calls.ts";

type ProxyNode = Extract<GraphNode, { op: "proxy" }>;

/** Nodes of the Gauss–Hermite quadrature: enough that a kink (ReLU) costs under 1% of the proxy's σ. */
export const quadraturePoints = 32;

export interface ProxyVectors {
  readonly scale: TensorId;
  readonly shift: TensorId;
}

/** y = (a − E)/√(V + ε), with E and V of the activated proxy. */
export function lowerProxy(
  context: LoweringContext,
  node: ProxyNode,
  activated: TensorId,
  y: TensorId,
): { calls: KernelCall[]; vectors: ProxyVectors } {
  const { batch, table } = context;
  const { channels } = node.shape;
  const vectors = {
    scale: table.temporary(`${node.name}.scale`, channels),
    shift: table.temporary(`${node.name}.shift`, channels),
  };
  const calls: KernelCall[] = [
    {
      op: "proxyMoments",
      label: node.name,
      in: proxyParameters(context, node),
      out: vectors,
      update: {},
      attrs: proxyShape(context, node),
    },
    {
      op: "affine",
      label: node.name,
      in: { x: activated, ...vectors },
      out: { y },
      update: {},
      attrs: { ...matrixShape(batch, node.shape), activation: "none" },
    },
  ];
  return { calls, vectors };
}

/** Gradients of the activation and, through the moments, of γ, β, γ̃ and β̃. */
export function lowerProxyGrad(
  context: LoweringContext,
  node: ProxyNode,
  dy: TensorId,
  activated: TensorId,
  vectors: ProxyVectors,
): { calls: KernelCall[]; dx: TensorId; dGammaProxy: TensorId; dBetaProxy: TensorId } {
  const { graph, batch, table, layers } = context;
  const { channels } = node.shape;
  const label = node.name;
  const matrix = matrixShape(batch, node.shape);
  const vector = (name: string) => table.temporary(`d ${label}.${name}`, channels);
  const sums = { dScale: vector("scale"), dShift: vector("shift") };
  const shares = { dGamma: vector("gamma"), dBeta: vector("beta") };
  const own = layerOf(layers, label);
  const dx = table.temporary(`d ${label}`, mapLength(batch, shapeAt(graph, node.inputs[0])));
  const calls: KernelCall[] = [
    { op: "affineReduceGrad", label, in: { dy, x: activated }, out: sums, update: {}, attrs: matrix },
    {
      op: "proxyMomentsGrad",
      label,
      in: { ...proxyParameters(context, node), ...sums },
      out: { ...shares, dProxyScale: own.dWeight, dProxyShift: required(own.dBias, label) },
      update: {},
      attrs: proxyShape(context, node),
    },
    {
      op: "affine",
      label,
      in: { x: dy, scale: vectors.scale },
      out: { y: dx },
      update: {},
      attrs: { ...matrix, activation: "none" },
    },
  ];
  return { calls, dx, dGammaProxy: shares.dGamma, dBetaProxy: shares.dBeta };
}

function proxyParameters({ graph, layers }: LoweringContext, node: ProxyNode) {
  const norm = layerOf(layers, graph.nodes[node.norm]?.name ?? "");
  const own = layerOf(layers, node.name);
  return {
    gamma: norm.weight,
    beta: required(norm.bias, node.name),
    proxyScale: own.weight,
    proxyShift: required(own.bias, node.name),
  };
}

function proxyShape({ graph }: LoweringContext, node: ProxyNode): ProxyShape {
  const { norm } = graph.spec;
  if (norm.type === "batch" || norm.proxyEpsilon === null)
    throw new RangeError(`${node.name}: this norm has no proxy`);
  return {
    channels: node.shape.channels,
    activation: node.activation,
    epsilon: norm.proxyEpsilon,
    points: quadraturePoints,
  };
}
