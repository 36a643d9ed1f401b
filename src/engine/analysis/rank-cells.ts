import { type Finding, found, missing } from "./finding.ts";
import { binOf } from "./histogram.ts";
import { countedErrors } from "./trials/counted.ts";
import { metricValue, observedMetric } from "./trials/metrics.ts";
import type { Observation } from "./trials/observation.ts";

/** A parameter in bins. */
export interface RankAxis {
  /** Key of a metric. */
  readonly key: string;
  /** `log`: bins of equal ratio, and only values above 0 count. */
  readonly scale?: "linear" | "log" | undefined;
}

/** The networks whose two parameters lie in a rectangle; its lower ends are within, its upper ones in the next cell. */
export interface RankCell {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  /** Mean rank of their errors among all networks of the map: 0 the best, 1 the worst; equal errors share a rank. */
  readonly rank: number;
  /** Their trials: one at least. */
  readonly ids: readonly string[];
}

/** Bins of an axis where a parameter has more values than that. */
export const usualBins = 8;

/**
 * Two parameters in cells, with the mean rank of the errors in each. A parameter with few values has a bin for each, its
 * edges half way between them; one with many has `bins` of equal width, or of equal ratio. Diverged trials count, as the
 * worst.
 */
export function rankCells(
  observations: readonly Observation[],
  x: RankAxis,
  y: RankAxis,
  bins = usualBins,
): Finding<readonly RankCell[]> {
  const errors = countedErrors(observations, "This choice of networks");
  if (!errors.found) return errors;
  const placed = observations.flatMap((observation) => {
    const { id, error } = observation;
    const [atX, atY] = [valueOn(x, observation), valueOn(y, observation)];
    return error === null || atX === undefined || atY === undefined ? [] : [{ id, error, x: atX, y: atY }];
  });
  const [nameX, nameY] = [nameOf(x), nameOf(y)];
  if (placed.length === 0)
    return missing("no-values", `No network has an error and both ${nameX} and ${nameY}.`);
  if (placed.length === 1)
    return missing("too-few", "One network has no rank among others: two are needed at least.");
  const ranks = sharedRanks(placed.map(({ error }) => error));
  if (ranks === undefined)
    return missing(
      "all-equal",
      `All ${placed.length} networks have the same error: none ranks before another.`,
    );
  const edgesX = edgesOf(
    placed.map((one) => one.x),
    x,
    bins,
  );
  const edgesY = edgesOf(
    placed.map((one) => one.y),
    y,
    bins,
  );
  if (edgesX === undefined || edgesY === undefined)
    return missing("all-equal", `All ${placed.length} networks have the same ${edgesX ? nameY : nameX}.`);
  const cells = new Map<number, { i: number; j: number; sum: number; ids: string[] }>();
  placed.forEach((one, n) => {
    const [i, j] = [binOf(edgesX, one.x)!, binOf(edgesY, one.y)!];
    const place = j * edgesX.length + i;
    const cell = cells.get(place) ?? { i, j, sum: 0, ids: [] };
    cells.set(place, cell);
    cell.sum += ranks[n]!;
    cell.ids.push(one.id);
  });
  return found(
    [...cells]
      .sort(([a], [b]) => a - b)
      .map(([, { i, j, sum, ids }]) => ({
        x0: edgesX[i]!,
        x1: edgesX[i + 1]!,
        y0: edgesY[j]!,
        y1: edgesY[j + 1]!,
        rank: sum / ids.length,
        ids,
      })),
  );
}

function valueOn({ key, scale }: RankAxis, observation: Observation): number | undefined {
  const value = metricValue(observation, key);
  return value !== undefined && Number.isFinite(value) && (scale !== "log" || value > 0) ? value : undefined;
}

function nameOf({ key }: RankAxis): string {
  return observedMetric(key)?.label ?? key;
}

/** Ranks from 0 to 1, equal values at the mean of their places; undefined where all are equal. */
function sharedRanks(values: readonly number[]): number[] | undefined {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const last = values.length - 1;
  if (values[order[0]!] === values[order[last]!]) return undefined;
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from <= last; ) {
    let to = from;
    while (to < last && values[order[to + 1]!] === values[order[from]!]) to += 1;
    for (let i = from; i <= to; i++) ranks[order[i]!] = (from + to) / 2 / last;
    from = to + 1;
  }
  return ranks;
}

/** Ascending; undefined where there is one value alone. */
function edgesOf(values: readonly number[], { scale }: RankAxis, bins: number): number[] | undefined {
  const [on, back] = scale === "log" ? [Math.log, Math.exp] : [same, same];
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  const count = distinct.length;
  if (count < 2) return undefined;
  if (count > bins) {
    const [low, high] = [on(distinct[0]!), on(distinct[count - 1]!)];
    // The ends are the values themselves: what a logarithm loses must not drop a network.
    return Array.from({ length: bins + 1 }, (_, i) =>
      i === 0 ? distinct[0]! : i === bins ? distinct[count - 1]! : back(low + ((high - low) * i) / bins),
    );
  }
  const at = distinct.map(on);
  const middles = at.slice(1).map((value, i) => (at[i]! + value) / 2);
  const [first, last] = [2 * at[0]! - middles[0]!, 2 * at[count - 1]! - middles[count - 2]!].map(back);
  // Values that differ in their last digit alone have one logarithm, whose inverse may be neither of them.
  return [Math.min(first!, distinct[0]!), ...middles.map(back), Math.max(last!, distinct[count - 1]!)];
}

function same(value: number): number {
  return value;
}
