import { consumersOf, type Graph, type NodeId } from "../graph/graph.ts";
import type { Fusions } from "./fusion.ts";
import type { NormUnit, Unit } from "./units.ts";

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
