import { consumersOf, type Graph, type NodeId } from "../graph/graph.ts";
import type { NormUnit, Unit } from "./units.ts";

/** What a plan does in one pass over memory. Results are the same within rounding; off only to measure what it gains. */
export interface Fusions {
  /** Norm, residual sum and activation are one call. Those of convolutions build on it. */
  readonly norms: boolean;
  /**
   * Convolutions normalize and rectify what they read, so that the output of a norm between two convolutions is never
   * stored. Not with swish: its exponential at every read costs more than the memory.
   */
  readonly loads: boolean;
  /** Convolutions make the batch norm's statistics of what they write. */
  readonly statistics: boolean;
  /** The activation's slope is applied once, by the pass that sums the norm's gradients, and its result kept. */
  readonly slopes: boolean;
  /** The gradients of a convolution take in the gradient of the batch norm behind it. Takes `slopes` along. */
  readonly gradients: boolean;
  /** Input gradients apply the slope of the norm before the convolution, and sum that norm's gradients. Builds on `loads`. */
  readonly sums: boolean;
  /** Squeeze-and-excitation is one call each way. */
  readonly squeeze: boolean;
}

export const allFusions: Fusions = {
  norms: true,
  loads: true,
  statistics: true,
  slopes: true,
  gradients: true,
  sums: true,
  squeeze: true,
};

/**
 * What gains on CPUs (bench/fusion.ts). Not the norm's gradient in the convolution's two: each would compute it again,
 * and where the maps stay in the third-level cache that costs more than storing it.
 */
export const defaultFusions: Fusions = { ...allFusions, gradients: false };

export const noFusions: Fusions = {
  norms: false,
  loads: false,
  statistics: false,
  slopes: false,
  gradients: false,
  sums: false,
  squeeze: false,
};

/** Where the fusions of convolutions with batch norms apply in a graph. */
export interface FusedNorms {
  /** By output: norm units whose one reader, a convolution, normalizes as it reads. */
  readonly lazy: ReadonlyMap<NodeId, NormUnit>;
  /** By convolution: the norm unit that alone reads its output. */
  readonly behind: ReadonlyMap<NodeId, NormUnit>;
}

/** @param kept nodes whose values are asked for after a step, and so are stored. */
export function fusedNorms(
  graph: Graph,
  units: readonly Unit[],
  fusions: Fusions,
  kept: { has(id: NodeId): boolean },
): FusedNorms {
  const lazy = new Map<NodeId, NormUnit>();
  const behind = new Map<NodeId, NormUnit>();
  if (!fusions.norms || graph.spec.norm.type !== "batch") return { lazy, behind };
  const consumers = consumersOf(graph);
  const onlyReader = (id: NodeId) => {
    const readers = consumers[id] ?? [];
    return readers.length === 1 && !kept.has(id) ? graph.nodes[readers[0] ?? -1] : undefined;
  };
  for (const unit of units) {
    if (unit.type !== "norm") continue;
    const input = unit.node.inputs[0] ?? -1;
    if (graph.nodes[input]?.op === "conv" && onlyReader(input) !== undefined) behind.set(input, unit);
    if (!fusions.loads || unit.residual !== undefined) continue;
    if (unit.activation !== "none" && unit.activation !== "relu") continue;
    const reader = onlyReader(unit.output);
    // A strided 1×1 convolution sees a part of the map only.
    if (reader?.op === "conv" && !(reader.attrs.kernel === 1 && reader.attrs.stride > 1))
      lazy.set(unit.output, unit);
  }
  return { lazy, behind };
}
