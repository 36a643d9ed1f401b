import { type Finding, found, missing } from "./finding.ts";

/**
 * Complexity-normalized comparison (Radosavovic et al. 2019, §3.3, arXiv:1905.13214): a population of larger networks errs
 * less for that alone. Networks are weighted so that every population has the same distribution of cost, the uniform one:
 * the range of cost is cut into k bins, and each of the m_j networks in bin j weighs 1/(k·m_j).
 */
export interface ComplexityWeights {
  /** One a network, as given; they add up to 1. 0 outside the range and in bins that some population lacks. */
  readonly weights: readonly (readonly number[])[];
  /** Ends of the bins, ascending. */
  readonly edges: readonly number[];
  /** Bins in which every population has networks: those that are compared. */
  readonly used: readonly number[];
  /** Networks of each population that count. */
  readonly counted: readonly number[];
}

export interface ComplexityOptions {
  /** k. */
  readonly bins?: number;
  /** Bins of equal width, or of equal ratio: budgets span decades. */
  readonly scale?: "linear" | "log";
}

/**
 * Weights for several populations at once. The range is where all of them have networks; a bin that one population lacks
 * would be compared with nothing, so it is left out for all. `costs[p][i]` is that of network i of population p;
 * networks without a positive cost weigh 0.
 */
export function complexityWeights(
  costs: readonly (readonly (number | null | undefined)[])[],
  { bins = 10, scale = "log" }: ComplexityOptions = {},
): Finding<ComplexityWeights> {
  if (costs.length === 0 || costs.every((each) => each.length === 0))
    return missing("no-trials", "No trials to weight.");
  const usable = costs.map((each) => each.filter(isCost));
  if (usable.some((each) => each.length === 0))
    return missing("no-values", "A population has no network with a known cost; there is nothing to match.");
  const low = Math.max(...usable.map((each) => each.reduce((a, b) => Math.min(a, b))));
  const high = Math.min(...usable.map((each) => each.reduce((a, b) => Math.max(a, b))));
  if (low > high)
    return missing("no-values", "The populations share no range of cost; compare them within one budget.");
  const edges = edgesOf(low, high, low === high ? 1 : bins, scale);
  const k = edges.length - 1;
  const places = costs.map((each) => each.map((cost) => binIn(edges, cost)));
  const counts = places.map((each) => {
    const count = new Array<number>(k).fill(0);
    for (const bin of each) if (bin >= 0) count[bin]! += 1;
    return count;
  });
  const used = Array.from({ length: k }, (_, bin) => bin).filter((bin) =>
    counts.every((count) => count[bin]! > 0),
  );
  if (used.length === 0)
    return missing("no-values", "No bin of cost holds networks of every population; take fewer bins.");
  const isUsed = new Set(used);
  return found({
    weights: places.map((each, p) =>
      each.map((bin) => (isUsed.has(bin) ? 1 / (used.length * counts[p]![bin]!) : 0)),
    ),
    edges,
    used,
    counted: counts.map((count) => used.reduce((sum, bin) => sum + count[bin]!, 0)),
  });
}

/** F̂(e) = Σ w_i·[e_i < e]: the weighted share of errors strictly below e. */
export function weightedEdfAt(errors: readonly number[], weights: readonly number[], e: number): number {
  let [below, total] = [0, 0];
  errors.forEach((error, i) => {
    total += weights[i]!;
    if (error < e) below += weights[i]!;
  });
  return total > 0 ? below / total : 0;
}

function edgesOf(low: number, high: number, bins: number, scale: "linear" | "log"): number[] {
  return Array.from({ length: bins + 1 }, (_, i) => {
    if (i === 0) return low;
    if (i === bins) return high;
    return scale === "log" ? low * (high / low) ** (i / bins) : low + ((high - low) * i) / bins;
  });
}

/** The bin of a cost: [edge, next edge), the last with its end; −1 outside. */
function binIn(edges: readonly number[], cost: number | null | undefined): number {
  const bins = edges.length - 1;
  if (!isCost(cost) || cost < edges[0]! || cost > edges[bins]!) return -1;
  let bin = 0;
  while (bin < bins - 1 && cost >= edges[bin + 1]!) bin += 1;
  return bin;
}

function isCost(cost: number | null | undefined): cost is number {
  return typeof cost === "number" && Number.isFinite(cost) && cost > 0;
}
