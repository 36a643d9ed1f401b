import type { Graph, GraphNode } from "../graph/graph.ts";
import type { TensorId } from "./calls.ts";
import type { PlannedParameter, PlannedStatistic } from "./plan.ts";
import type { TensorTable } from "./tensors.ts";

/** Trained tensors of one layer, by role, each with its gradient. */
export interface LayerParameters {
  readonly weight: TensorId;
  readonly dWeight: TensorId;
  readonly bias?: TensorId;
  readonly dBias?: TensorId;
  readonly runningMean?: TensorId;
  readonly runningVar?: TensorId;
}

export interface PlannedParameters {
  readonly parameters: readonly PlannedParameter[];
  readonly statistics: readonly PlannedStatistic[];
  /** By layer name. */
  readonly layers: ReadonlyMap<string, LayerParameters>;
}

/**
 * Lays out parameters, gradients and running statistics in the order of the graph (pycls' order). A gradient stands
 * where its parameter does.
 */
export function planParameters(graph: Graph, table: TensorTable): PlannedParameters {
  const parameters: PlannedParameter[] = [];
  const statistics: PlannedStatistic[] = [];
  const layers = new Map<string, LayerParameters>();

  const trained = (name: string, kind: PlannedParameter["kind"], shape: readonly number[]) => {
    const length = shape.reduce((product, side) => product * side, 1);
    const tensor = table.kept("parameters", name, length);
    parameters.push({ name, kind, tensor, shape });
    return { tensor, gradient: table.kept("gradients", `grad:${name}`, length) };
  };

  const statistic = (name: string, kind: PlannedStatistic["kind"], channels: number) => {
    const tensor = table.kept("state", name, channels);
    statistics.push({ name, kind, tensor });
    return tensor;
  };

  for (const node of graph.nodes) {
    const shapes = shapesOf(node, graph);
    if (shapes === undefined) continue;
    const weight = trained(`${node.name}.weight`, shapes.weight.kind, shapes.weight.shape);
    const bias = shapes.bias && trained(`${node.name}.bias`, shapes.bias.kind, shapes.bias.shape);
    layers.set(node.name, {
      weight: weight.tensor,
      dWeight: weight.gradient,
      ...(bias ? { bias: bias.tensor, dBias: bias.gradient } : {}),
      ...(node.op === "norm" && graph.spec.norm.type === "batch"
        ? {
            runningMean: statistic(`${node.name}.running_mean`, "mean", node.shape.channels),
            runningVar: statistic(`${node.name}.running_var`, "variance", node.shape.channels),
          }
        : {}),
    });
  }
  return { parameters, statistics, layers };
}

type Shaped = Pick<PlannedParameter, "kind" | "shape">;

/** Kinds and PyTorch shapes of a node's trained tensors; undefined where it has none. */
function shapesOf(node: GraphNode, graph: Graph): { weight: Shaped; bias?: Shaped } | undefined {
  const channels = graph.nodes[node.inputs[0] ?? 0]?.shape.channels ?? 0;
  switch (node.op) {
    case "conv": {
      const { filters, kernel, groups, bias } = node.attrs;
      const weight: Shaped = { kind: "conv", shape: [filters, channels / groups, kernel, kernel] };
      return bias ? { weight, bias: { kind: "convBias", shape: [filters] } } : { weight };
    }
    case "linear":
      return {
        weight: { kind: "linear", shape: [node.units, channels] },
        bias: { kind: "linearBias", shape: [node.units] },
      };
    case "proxy":
      return {
        weight: { kind: "proxyScale", shape: [channels] },
        bias: { kind: "proxyShift", shape: [channels] },
      };
    case "norm":
      return {
        weight: { kind: "normScale", shape: [channels] },
        bias: { kind: "normShift", shape: [channels] },
      };
    default:
      return undefined;
  }
}
