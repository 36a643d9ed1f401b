import type { NodeId } from "../graph/graph.ts";
import type { PointwiseActivation, TensorId } from "./call.ts";
import type { CallOf, KernelCall } from "./calls.ts";
import { convGeometry, mapLength, mapsShape, matrixShape, poolGeometry, shapeAt } from "./geometry.ts";
import { dropFactors, dropShape, type LoweringContext, layerOf } from "./lowering.ts";
import { lowerFoldedNorm, lowerStatistics, type NormVectors } from "./norms.ts";
import { lowerProxy, type ProxyVectors } from "./proxy.ts";
import { lowerSqueeze, type SqueezeValues } from "./squeeze.ts";
import type { NormUnit } from "./units.ts";

export interface Forward {
  readonly calls: readonly KernelCall[];
  /** Values of the units' outputs. */
  readonly values: ReadonlyMap<NodeId, TensorId>;
  /** Norm units' outputs that are not stored, as their readers see them. */
  readonly normed: ReadonlyMap<NodeId, NormedValue>;
  readonly norms: ReadonlyMap<NodeId, NormVectors>;
  readonly proxies: ReadonlyMap<NodeId, ProxyVectors>;
  readonly squeezes: ReadonlyMap<NodeId, SqueezeValues>;
}

/** A value that its reader makes: activation(scale·x + shift). */
export interface NormedValue {
  readonly x: TensorId;
  readonly scale: TensorId;
  readonly shift: TensorId;
  readonly activation: PointwiseActivation;
}

export type Mode = "train" | "evaluate";

/** The forward pass as calls, unit by unit. */
export function lowerForward(context: LoweringContext, mode: Mode): Forward {
  const { graph, batch, table } = context;
  const calls: KernelCall[] = [];
  const values = new Map<NodeId, TensorId>();
  const normed = new Map<NodeId, NormedValue>();
  const norms = new Map<NodeId, NormVectors>();
  const proxies = new Map<NodeId, ProxyVectors>();
  const squeezes = new Map<NodeId, SqueezeValues>();

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

  const normVectors = (unit: NormUnit, x: TensorId): Pick<NormVectors, "scale" | "shift"> => {
    const { norm } = graph.spec;
    if (mode === "evaluate" && norm.type === "batch") {
      const folded = lowerFoldedNorm(context, unit, norm.epsilon);
      calls.push(folded.call);
      return folded.vectors;
    }
    // The convolution before the norm may have made them.
    const made = norms.get(unit.node.id);
    if (made !== undefined) return made;
    const { call, vectors } = lowerStatistics(context, unit, x);
    calls.push(call);
    norms.set(unit.node.id, vectors);
    return vectors;
  };
  /** Vectors of a per-image norm are per image. */
  const perImage = ({ node }: NormUnit) =>
    graph.spec.norm.type === "batch" ? {} : { imageRows: node.shape.height * node.shape.width };

  for (const unit of context.units) {
    const label = unit.node.name;
    const [first, second] = unit.node.inputs;
    if (unit.type === "norm") {
      const { scale, shift } = normVectors(unit, valueAt(first));
      if (context.fused.lazy.has(unit.output)) {
        normed.set(unit.output, { x: valueAt(first), scale, shift, activation: unit.activation });
        continue;
      }
      const residual = unit.residual === undefined ? {} : { residual: valueAt(unit.residual) };
      calls.push({
        op: "affine",
        label,
        in: { x: valueAt(first), scale, shift, ...residual },
        out: { y: output(unit.output) },
        update: {},
        attrs: { ...matrixShape(batch, unit.node.shape), activation: unit.activation, ...perImage(unit) },
      });
      continue;
    }
    if (unit.type === "squeeze") {
      const { call, kept } = lowerSqueeze(context, unit, valueAt(first), output(unit.output));
      calls.push(call);
      squeezes.set(unit.output, kept);
      continue;
    }
    const { node } = unit;
    switch (node.op) {
      case "input":
        output(node.id);
        break;
      case "conv":
      case "linear": {
        const { weight, bias } = layerOf(context.layers, label);
        const lazy = normed.get(first ?? -1);
        const source = lazy === undefined ? { x: valueAt(first) } : normedOperands(lazy);
        const call: CallOf<"conv2d"> = {
          op: "conv2d",
          label,
          in: { ...source, filters: weight, ...(bias === undefined ? {} : { bias }) },
          out: { y: output(node.id) },
          update: {},
          attrs: { ...convGeometry(graph, batch, node), ...normedAttrs(lazy) },
        };
        const behind = context.fused.behind.get(node.id);
        if (mode === "evaluate" || behind === undefined || !context.fusions.statistics) {
          calls.push(call);
          break;
        }
        const statistics = lowerStatistics(context, behind, call.out.y);
        calls.push(withStatistics(call, statistics.call));
        norms.set(behind.node.id, statistics.vectors);
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
      case "proxy": {
        const { calls: proxied, vectors } = lowerProxy(context, node, valueAt(first), output(node.id));
        calls.push(...proxied);
        proxies.set(node.id, vectors);
        break;
      }
      case "drop":
      case "dropout":
        if (mode === "evaluate") {
          values.set(node.id, valueAt(first));
          break;
        }
        calls.push({
          op: "channelScale",
          label,
          in: { x: valueAt(first), s: dropFactors(context, node) },
          out: { y: output(node.id) },
          update: {},
          attrs: dropShape(context, node),
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
  return { calls, values, normed, norms, proxies, squeezes };
}

/** Operands of a convolution that normalizes what it reads. */
export function normedOperands({ x, scale, shift }: NormedValue) {
  return { x, xScale: scale, xShift: shift };
}

export function normedAttrs(value: NormedValue | undefined): { xActivation?: PointwiseActivation } {
  return value === undefined ? {} : { xActivation: value.activation };
}

/** A convolution and the statistics of its output as one call. */
function withStatistics(call: CallOf<"conv2d">, statistics: KernelCall): CallOf<"conv2d"> {
  if (statistics.op !== "batchNormStats")
    throw new RangeError(`${call.label}: only batch norm has statistics`);
  const { gamma, beta } = statistics.in;
  const { epsilon, momentum } = statistics.attrs;
  return {
    ...call,
    in: { ...call.in, gamma, beta },
    out: { ...call.out, ...statistics.out },
    update: statistics.update,
    attrs: { ...call.attrs, statistics: { epsilon, momentum } },
  };
}
