import type { Graph, NodeId } from "../graph/graph.ts";
import { lowerBackward } from "./backward.ts";
import type { TensorId } from "./call.ts";
import { type KernelCall, transformRow } from "./calls.ts";
import { lowerForward } from "./forward.ts";
import { fusedNorms } from "./fused-norms.ts";
import { defaultFusions, type Fusions, noFusions } from "./fusion.ts";
import { dropFactors, dropShape, type LoweringContext } from "./lowering.ts";
import { placeTensors } from "./memory.ts";
import { type PlannedParameters, planParameters } from "./parameters.ts";
import type { OptimizerSpec, Plan, PlannedDrop } from "./plan.ts";
import { TensorTable } from "./tensors.ts";
import { unitsOf } from "./units.ts";

export interface CompileOptions {
  /** Images per step; also per evaluation. */
  readonly batch: number;
  readonly optimizer: OptimizerSpec;
  /** Weight of the uniform distribution in the targets, 0–1. */
  readonly labelSmoothing?: number;
  /** Keep the maps after the stem and the stages readable (Plan.kept.outputs), at the price of their memory. */
  readonly keepOutputs?: boolean;
  /** What the executor gains from; off only to measure what fusion gains. */
  readonly fuse?: boolean | Fusions;
}

/** Nesterov SGD as pycls' CIFAR configs have it. */
export const defaultOptimizer: OptimizerSpec = {
  type: "sgd",
  momentum: 0.9,
  nesterov: true,
  weightDecay: 5e-4,
};

/** Turns a graph into a plan: the kernel calls of a training step and of an evaluation, and their memory. */
export function compilePlan(graph: Graph, options: CompileOptions): Plan {
  const { batch, optimizer, labelSmoothing = 0, keepOutputs = false, fuse = true } = options;
  const fusions = fuse === true ? defaultFusions : fuse === false ? noFusions : fuse;
  const { spec } = graph;
  const { height, width, channels } = spec.input;
  const table = new TensorTable();
  const averaged = optimizer.ema !== undefined;
  const planned = planParameters(graph, table, averaged);
  const { parameters, statistics, layers } = planned;

  const images = table.kept("activations", "images", batch * height * width * channels);
  const targets = table.kept("activations", "targets", batch * spec.classes);
  const logits = table.kept("activations", "logits", batch * spec.classes);
  const metrics = table.kept("activations", "metrics", 2);
  const learningRate = table.kept("host", "learningRate", 1);
  const transforms = table.kept("host", "transforms", batch * transformRow.length);
  const keptNodes = new Map<NodeId, string>([
    [0, "images"],
    [graph.logits, "logits"],
  ]);
  if (keepOutputs) for (const [name, id] of graph.outputs) if (!keptNodes.has(id)) keptNodes.set(id, name);

  const units = unitsOf(graph, fusions);
  const fused = fusedNorms(graph, units, fusions, keptNodes);
  const context: LoweringContext = { graph, units, fusions, fused, batch, table, layers, keptNodes };
  const loss = (dLogits?: TensorId): KernelCall => ({
    op: "softmaxCrossEntropy",
    label: "loss",
    in: { logits, targets },
    out: { ...(dLogits === undefined ? {} : { dLogits }), metrics },
    update: {},
    attrs: { batch, classes: spec.classes },
  });

  const forward = lowerForward(context, "train");
  const dLogits = table.temporary("d logits", batch * spec.classes);
  const backward = lowerBackward(context, forward, dLogits);
  const train = [
    ...forward.calls,
    loss(dLogits),
    ...backward,
    ...update(table, optimizer, planned, learningRate),
  ];
  const evaluate = [...lowerForward(context, "evaluate").calls, loss()];

  const outputs: Record<string, TensorId> = {};
  for (const [name, id] of keepOutputs ? graph.outputs : []) {
    const value = forward.values.get(id);
    if (value !== undefined) outputs[name] = value;
  }
  return {
    batch,
    classes: spec.classes,
    input: { height, width, channels },
    ...placeTensors(table, [train, evaluate]),
    parameters,
    statistics,
    drops: dropsOf(context),
    gather: {
      op: "gather",
      label: "input",
      in: { transforms },
      out: { images, targets },
      update: {},
      attrs: { batch, height, width, channels, classes: spec.classes, labelSmoothing },
    },
    train,
    evaluate,
    ...(averaged ? { evaluateAverages: withAverages(evaluate, planned) } : {}),
    kept: { images, targets, logits, metrics, learningRate, outputs },
  };
}

function dropsOf(context: LoweringContext): PlannedDrop[] {
  const { nodes } = context.graph;
  const branches = nodes.filter((node) => node.op === "drop");
  const units = nodes.filter((node) => node.op === "dropout");
  return [...branches, ...units].map((node) => ({
    tensor: dropFactors(context, node),
    perImage: dropShape(context, node).channels,
    ...(node.op === "drop"
      ? { of: "branch" as const, depth: (node.residual + 1) / branches.length }
      : { of: "units" as const }),
  }));
}

/** Moves the parameters, and their averages where there are some, in one pass; then the averages of the statistics. */
function update(
  table: TensorTable,
  { momentum, weightDecay, nesterov, spareNorms = false, ema }: OptimizerSpec,
  { statistics, weightsEnd }: PlannedParameters,
  learningRate: TensorId,
): KernelCall[] {
  const length = table.filled("parameters");
  const sgd: KernelCall = {
    op: "sgd",
    label: "update",
    in: { gradients: table.span("gradients", "gradients", 0, length), learningRate },
    out: {},
    update: {
      parameters: table.span("parameters", "parameters", 0, length),
      velocity: table.span("velocity", "velocity", 0, length),
      ...(ema === undefined ? {} : { averages: table.span("averages", "averages", 0, length) }),
    },
    attrs: {
      length,
      momentum,
      weightDecay,
      decayed: spareNorms ? weightsEnd : length,
      nesterov,
      averageDecay: ema ?? 0,
    },
  };
  if (ema === undefined || statistics.length === 0) return [sgd];
  const state = table.filled("state");
  const average: KernelCall = {
    op: "average",
    label: "update",
    in: { x: table.span("state", "state", 0, state) },
    out: {},
    update: { average: table.span("averages", "state averages", length, state) },
    attrs: { length: state, decay: ema },
  };
  return [sgd, average];
}

/** The calls with every parameter and statistic replaced by its average. */
function withAverages(
  calls: readonly KernelCall[],
  { parameters, statistics }: PlannedParameters,
): KernelCall[] {
  const averages = new Map([...parameters, ...statistics].map(({ tensor, average }) => [tensor, average]));
  return calls.map((call) => {
    const operands = Object.entries(call.in as Record<string, TensorId>);
    return { ...call, in: Object.fromEntries(operands.map(([role, id]) => [role, averages.get(id) ?? id])) };
  }) as KernelCall[];
}
