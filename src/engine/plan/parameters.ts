import type { Graph, GraphNode } from "../graph/graph.ts";
import type { TensorId } from "./call.ts";
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
  /** Elements at the start of the parameters buffer that hold the weights of convolutions and linear layers. */
  readonly weightsEnd: number;
}

/**
 * Lays out parameters, gradients and running statistics. All are listed in the order of the graph (pycls' order); in
 * memory the weights of convolutions and linear layers come first, so that weight decay can end where they do. A
 * gradient stands where its parameter does, and so do a momentum and an average.
 */
export function planParameters(graph: Graph, table: TensorTable, averaged: boolean): PlannedParameters {
  const shaped = graph.nodes.flatMap((node) => parametersOf(node, graph));
  const weights = shaped.filter(isWeight);
  const others = shaped.filter((parameter) => !isWeight(parameter));
  const places = new Map(
    [...weights, ...others].map(({ name, shape }) => {
      const length = shape.reduce((product, side) => product * side, 1);
      const tensor = table.kept("parameters", name, length);
      const gradient = table.kept("gradients", `grad:${name}`, length);
      const momentum = table.kept("velocity", `momentum:${name}`, length);
      return [name, { tensor, gradient, momentum, ...averageOf(table, averaged, name, length) }] as const;
    }),
  );
  const firstOther = places.get(others[0]?.name ?? "");
  const weightsEnd =
    firstOther === undefined ? table.filled("parameters") : table.offsetOf(firstOther.tensor);
  const placed = (name: string) => {
    const place = places.get(name);
    if (place === undefined) throw new RangeError(`parameter ${name} has no place`);
    return place;
  };
  const parameters = shaped.map(({ name, kind, shape }): PlannedParameter => {
    const { gradient: _, ...tensors } = placed(name);
    return { name, kind, shape, ...tensors };
  });

  const statistics: PlannedStatistic[] = [];
  const statistic = (name: string, kind: PlannedStatistic["kind"], channels: number) => {
    const tensor = table.kept("state", name, channels);
    statistics.push({ name, kind, tensor, ...averageOf(table, averaged, name, channels) });
    return tensor;
  };
  const layers = new Map<string, LayerParameters>();
  for (const node of graph.nodes) {
    const [weight, bias] = parametersOf(node, graph).map(({ name }) => placed(name));
    if (weight === undefined) continue;
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
  return { parameters, statistics, layers, weightsEnd };
}

function averageOf(
  table: TensorTable,
  averaged: boolean,
  name: string,
  length: number,
): { readonly average?: TensorId } {
  return averaged ? { average: table.kept("averages", `ema:${name}`, length) } : {};
}

/** The others are vectors: biases, scales and shifts of norms. */
function isWeight({ kind }: Pick<PlannedParameter, "kind">): boolean {
  return kind === "conv" || kind === "linear";
}

function parametersOf(
  node: GraphNode,
  graph: Graph,
): Omit<PlannedParameter, "tensor" | "momentum" | "average">[] {
  const shapes = shapesOf(node, graph);
  if (shapes === undefined) return [];
  const { weight, bias } = shapes;
  return [
    { name: `${node.name}.weight`, ...weight },
    ...(bias ? [{ name: `${node.name}.bias`, ...bias }] : []),
  ];
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
