import type { NodeId } from "../graph/graph.ts";
import type { TensorId } from "./call.ts";
import type { CallOf, KernelCall } from "./calls.ts";
import { type Forward, normedAttrs, normedOperands } from "./forward.ts";
import { convGeometry, mapLength, mapsShape, matrixShape, poolGeometry, shapeAt } from "./geometry.ts";
import { dropFactors, dropShape, type LoweringContext, layerOf, required } from "./lowering.ts";
import { groupsOf } from "./norms.ts";
import { lowerProxyGrad } from "./proxy.ts";
import { lowerSqueezeGrad } from "./squeeze.ts";
import type { NormUnit, SqueezeUnit, Unit } from "./units.ts";

type SingleUnit = Extract<Unit, { type: "single" }>;

/** The backward pass as calls: units in reverse, each turning its output's gradient into its inputs'. */
export function lowerBackward(
  context: LoweringContext,
  forward: Forward,
  dLogits: TensorId,
): readonly KernelCall[] {
  const lowering = new Backward(context, forward);
  lowering.give(context.graph.logits, dLogits);
  for (const unit of [...context.units].reverse()) lowering.unit(unit);
  return lowering.calls;
}

type NormGradSource = Pick<
  CallOf<"conv2dFilterGrad">["in"],
  "y" | "yScale" | "yMean" | "yInvStd" | "yDGamma" | "yDBeta"
>;

class Backward {
  readonly calls: KernelCall[] = [];
  /** Sum of the gradients that a node's consumers have handed back so far. */
  readonly #gradients = new Map<NodeId, TensorId>();
  /** By norm: the shares of γ's and β's gradients that come through a proxy. */
  readonly #proxyShares = new Map<NodeId, { dGammaProxy: TensorId; dBetaProxy: TensorId }>();
  /** By convolution: the gradient of the norm behind it, which its own gradients take in. */
  readonly #sources = new Map<NodeId, NormGradSource>();
  /** Norm units whose gradient is at the norm already, and whose sums are made. */
  readonly #summed = new Set<NodeId>();
  readonly #context: LoweringContext;
  readonly #forward: Forward;

  constructor(context: LoweringContext, forward: Forward) {
    this.#context = context;
    this.#forward = forward;
  }

  unit(unit: Unit): void {
    const dy = this.#gradients.get(unit.output);
    if (dy === undefined) return;
    if (unit.type === "norm") this.#norm(unit, dy);
    else if (unit.type === "squeeze") this.#squeeze(unit, dy);
    else this.#single(unit, dy);
  }

  /** Hands a finished tensor to a node as a gradient. */
  give(id: NodeId, gradient: TensorId): void {
    if (!this.#needsGradient(id)) return;
    const other = this.#gradients.get(id);
    if (other === undefined) {
      this.#gradients.set(id, gradient);
      return;
    }
    const y = this.#temporary(id);
    this.calls.push({
      op: "add",
      label: this.#name(id),
      in: { a: other, b: gradient },
      out: { y },
      update: {},
      attrs: matrixShape(this.#context.batch, shapeAt(this.#context.graph, id)),
    });
    this.#gradients.set(id, y);
  }

  /** For a call that writes a node's gradient and can add what is there already. */
  #receive(id: NodeId): { dx: TensorId; addend: { addend?: TensorId } } {
    const other = this.#gradients.get(id);
    const dx = this.#temporary(id);
    this.#gradients.set(id, dx);
    return { dx, addend: other === undefined ? {} : { addend: other } };
  }

  #norm(unit: NormUnit, dOut: TensorId): void {
    const { graph, fusions } = this.#context;
    const { node, residual, activation } = unit;
    const summed = this.#summed.has(unit.output);
    if (graph.spec.norm.type === "batch") {
      const behind = fusions.gradients && this.#context.fused.behind.get(inputOf(node.inputs)) === unit;
      const source = this.#normSource(unit);
      if (!summed && activation !== "none" && (fusions.slopes || behind)) {
        // The sums and the slope in one pass; who reads on finds the slope applied.
        const dz = this.#temporary(unit.output);
        const saved = residual === undefined ? {} : { saved: this.#value(unit.output) };
        this.#sumGradients(unit, { ...source, dy: dOut, ...saved }, activation, dz);
        if (residual !== undefined) this.give(residual, dz);
        this.#batchNormInputGrad(unit, { ...source, dy: dz }, "none", behind);
        return;
      }
      const { dy, slope } = summed ? { dy: dOut, slope: "none" as const } : this.#beforeSum(unit, dOut);
      if (!summed) this.#sumGradients(unit, { ...source, dy }, slope);
      this.#batchNormInputGrad(unit, { ...source, dy }, slope, behind);
      return;
    }
    const { dy, slope } = this.#beforeSum(unit, dOut);
    this.#groupNorm(unit, dy, slope);
  }

  /** The gradient before a unit's residual sum, which both branches get, and the activation that is still to be applied. */
  #beforeSum(unit: NormUnit, dOut: TensorId): { dy: TensorId; slope: NormUnit["activation"] } {
    const { residual, activation, output } = unit;
    if (residual === undefined) return { dy: dOut, slope: activation };
    const dy =
      activation === "none" ? dOut : this.#activationGrad(output, activation, dOut, this.#value(output));
    this.give(residual, dy);
    return { dy, slope: "none" };
  }

  /** What the gradients of a norm read besides the gradient at its output. */
  #normSource({ node }: NormUnit) {
    const vectors = this.#forward.norms.get(node.id);
    if (vectors === undefined) throw new RangeError(`norm ${node.name} has no statistics`);
    return { x: this.#value(inputOf(node.inputs)), ...vectors };
  }

  #normSums({ node }: NormUnit) {
    const layer = layerOf(this.#context.layers, node.name);
    return { dGamma: layer.dWeight, dBeta: required(layer.dBias, node.name) };
  }

  #sumGradients(
    unit: NormUnit,
    operands: CallOf<"batchNormReduceGrad">["in"],
    activation: NormUnit["activation"],
    dz?: TensorId,
  ): void {
    const { node } = unit;
    this.calls.push({
      op: "batchNormReduceGrad",
      label: node.name,
      in: operands,
      out: { ...this.#normSums(unit), ...(dz === undefined ? {} : { dz }) },
      update: {},
      attrs: { ...matrixShape(this.#context.batch, node.shape), activation },
    });
  }

  /** @param behind leaves the work to the gradients of the convolution before the norm. */
  #batchNormInputGrad(
    unit: NormUnit,
    operands: Omit<CallOf<"batchNormInputGrad">["in"], "dGamma" | "dBeta" | "addend">,
    activation: NormUnit["activation"],
    behind: boolean,
  ): void {
    const { node } = unit;
    const input = inputOf(node.inputs);
    if (!this.#needsGradient(input)) return;
    const sums = this.#normSums(unit);
    if (behind) {
      const { dy, x: y, mean: yMean, invStd: yInvStd, scale: yScale } = operands;
      this.#sources.set(input, { y, yScale, yMean, yInvStd, yDGamma: sums.dGamma, yDBeta: sums.dBeta });
      this.#gradients.set(input, dy);
      return;
    }
    const { dx, addend } = this.#receive(input);
    this.calls.push({
      op: "batchNormInputGrad",
      label: node.name,
      in: { ...operands, ...sums, ...addend },
      out: { dx },
      update: {},
      attrs: { ...matrixShape(this.#context.batch, node.shape), activation },
    });
  }

  #groupNorm(unit: NormUnit, dy: TensorId, activation: NormUnit["activation"]): void {
    const { graph, batch, table } = this.#context;
    const { node } = unit;
    const { norm } = graph.spec;
    if (norm.type === "batch") return;
    const input = inputOf(node.inputs);
    const operands = { dy, ...this.#normSource(unit) };
    const groups = groupsOf(norm, node.shape.channels);
    const attrs = { ...mapsShape(batch, node.shape), groups, activation };
    const means = table.temporary(`d ${node.name}.sums`, 2 * batch * groups);
    this.calls.push({
      op: "groupNormReduceGrad",
      label: node.name,
      in: {
        ...operands,
        gamma: layerOf(this.#context.layers, node.name).weight,
        ...this.#proxyShares.get(node.id),
      },
      out: { ...this.#normSums(unit), sums: means },
      update: {},
      attrs,
    });
    if (!this.#needsGradient(input)) return;
    const { dx, addend } = this.#receive(input);
    this.calls.push({
      op: "groupNormInputGrad",
      label: node.name,
      in: { ...operands, sums: means, ...addend },
      out: { dx },
      update: {},
      attrs,
    });
  }

  #squeeze(unit: SqueezeUnit, dy: TensorId): void {
    const input = inputOf(unit.node.inputs);
    const kept = this.#forward.squeezes.get(unit.output);
    if (kept === undefined) throw new RangeError(`${unit.node.name} kept nothing for its gradient`);
    const { call, dx } = lowerSqueezeGrad(this.#context, unit, dy, this.#value(input), kept);
    this.calls.push(call);
    this.give(input, dx);
  }

  #single({ node }: SingleUnit, dy: TensorId): void {
    const { graph, batch } = this.#context;
    const label = node.name;
    if (node.op === "input") return;
    const input = inputOf(node.inputs);
    switch (node.op) {
      case "conv":
      case "linear": {
        const layer = layerOf(this.#context.layers, label);
        const normed = this.#forward.normed.get(input);
        const attrs = { ...convGeometry(graph, batch, node), ...normedAttrs(normed) };
        const source = this.#sources.get(node.id) ?? {};
        this.calls.push({
          op: "conv2dFilterGrad",
          label,
          in: { ...(normed ? normedOperands(normed) : { x: this.#value(input) }), dy, ...source },
          out: { dFilters: layer.dWeight, ...(layer.dBias === undefined ? {} : { dBias: layer.dBias }) },
          update: {},
          attrs,
        });
        if (!this.#needsGradient(input)) return;
        const { dx, addend } = this.#receive(input);
        const before = this.#normBefore(input);
        this.calls.push({
          op: "conv2dInputGrad",
          label,
          in: { dy, filters: layer.weight, ...addend, ...source, ...before.in },
          out: { dx, ...before.out },
          update: {},
          attrs,
        });
        return;
      }
      case "activation": {
        const saved = this.#value(node.kind === "silu" ? input : node.id);
        this.give(input, this.#activationGrad(input, node.kind, dy, saved));
        return;
      }
      case "proxy": {
        const vectors = this.#forward.proxies.get(node.id);
        if (vectors === undefined) throw new RangeError(`${label} has no moments`);
        const { calls, dx, ...shares } = lowerProxyGrad(this.#context, node, dy, this.#value(input), vectors);
        this.calls.push(...calls);
        this.#proxyShares.set(node.norm, shares);
        this.give(input, dx);
        return;
      }
      case "drop":
      case "dropout": {
        const dx = this.#temporary(input);
        this.calls.push({
          op: "channelScale",
          label,
          in: { x: dy, s: dropFactors(this.#context, node) },
          out: { y: dx },
          update: {},
          attrs: dropShape(this.#context, node),
        });
        this.give(input, dx);
        return;
      }
      case "add":
        for (const id of node.inputs) this.give(id, dy);
        return;
      case "maxPool": {
        const dx = this.#temporary(input);
        const attrs = poolGeometry(graph, batch, node);
        this.calls.push({
          op: "maxPoolGrad",
          label,
          in: { x: this.#value(input), dy },
          out: { dx },
          update: {},
          attrs,
        });
        this.give(input, dx);
        return;
      }
      case "globalPool": {
        const { dx, addend } = this.#receive(input);
        this.calls.push({
          op: "globalPoolGrad",
          label,
          in: { dy, ...addend },
          out: { dx },
          update: {},
          attrs: mapsShape(batch, shapeAt(graph, input)),
        });
        return;
      }
      case "scale": {
        const factors = inputOf(node.inputs.slice(1));
        const dx = this.#temporary(input);
        const ds = this.#temporary(factors);
        this.calls.push({
          op: "channelScaleGrad",
          label,
          in: { dy, x: this.#value(input), s: this.#value(factors) },
          out: { dx, ds },
          update: {},
          attrs: mapsShape(batch, node.shape),
        });
        this.give(input, dx);
        this.give(factors, ds);
        return;
      }
      default:
        node satisfies never;
    }
  }

  /** Operands by which a convolution's input gradient goes on to the norm before it and sums for it. */
  #normBefore(input: NodeId): {
    in: Partial<CallOf<"conv2dInputGrad">["in"]>;
    out: Partial<CallOf<"conv2dInputGrad">["out"]>;
  } {
    const unit = this.#context.fused.lazy.get(input);
    const normed = this.#forward.normed.get(input);
    const vectors = this.#forward.norms.get(unit?.node.id ?? -1);
    if (!this.#context.fusions.sums || !unit || !normed || !vectors) return { in: {}, out: {} };
    const layer = layerOf(this.#context.layers, unit.node.name);
    this.#summed.add(input);
    return {
      in: { ...normedOperands(normed), xMean: vectors.mean, xInvStd: vectors.invStd },
      out: { xDGamma: layer.dWeight, xDBeta: required(layer.dBias, unit.node.name) },
    };
  }

  /** Gradient at an activation's input. */
  #activationGrad(
    id: NodeId,
    activation: "relu" | "silu" | "sigmoid",
    dy: TensorId,
    saved: TensorId,
  ): TensorId {
    const dx = this.#temporary(id);
    this.calls.push({
      op: "activationGrad",
      label: this.#name(id),
      in: { dy, saved },
      out: { dx },
      update: {},
      attrs: { ...matrixShape(this.#context.batch, shapeAt(this.#context.graph, id)), activation },
    });
    return dx;
  }

  /** Nothing is trained before the input image. */
  #needsGradient(id: NodeId): boolean {
    return this.#context.graph.nodes[id]?.op !== "input";
  }

  #value(id: NodeId): TensorId {
    return required(this.#forward.values.get(id), this.#name(id));
  }

  #name(id: NodeId): string {
    return this.#context.graph.nodes[id]?.name ?? `${id}`;
  }

  #temporary(id: NodeId): TensorId {
    const { graph, batch, table } = this.#context;
    return table.temporary(`d ${this.#name(id)}`, mapLength(batch, shapeAt(graph, id)));
  }
}

function inputOf(inputs: readonly NodeId[]): NodeId {
  const [first] = inputs;
  if (first === undefined) throw new RangeError("a node has no input");
  return first;
}
