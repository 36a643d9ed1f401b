import type { Graph, NodeId } from "../graph/graph.ts";
import type { TensorId } from "./call.ts";
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

/** The factors of a residual branch under stochastic depth: one an image, in the host buffer. */
export function dropFactors({ table, batch }: LoweringContext, residual: number): TensorId {
  return table.kept("host", `keep:${residual}`, batch);
}
