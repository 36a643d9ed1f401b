import { percentText } from "../math/percent.ts";
import type { Complexity } from "../network/complexity.ts";

/** The costs that a budget may bound, in the order of reports. */
export const budgetMetrics = ["flops", "params", "acts"] as const;

export type BudgetMetric = (typeof budgetMetrics)[number];

/** Allowed values of a cost, ends included; an end left out is open. */
export interface CostRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A network fits when every cost is in its range. */
export type Budget = { readonly [metric in BudgetMetric]?: CostRange | undefined };

/** How a cost misses its range. */
export type BudgetMiss = `${BudgetMetric} ${"below" | "above"}`;

/** Every way in which a network misses the budget; none if it fits. */
export function budgetMisses(cost: Complexity, budget: Budget): BudgetMiss[] {
  return budgetMetrics.flatMap((metric): BudgetMiss[] => {
    const { min, max } = budget[metric] ?? {};
    if (min !== undefined && cost[metric] < min) return [`${metric} below`];
    if (max !== undefined && cost[metric] > max) return [`${metric} above`];
    return [];
  });
}

/** Counts of what happened to the networks that were drawn. */
export interface DrawTally {
  /** Drawn in all. */
  readonly drawn: number;
  readonly accepted: number;
  /** Not networks of the space: the wrong number of stages, a stage too wide. */
  readonly unfit: number;
  /** Outside the budget, by the bound; a network that misses two bounds counts in both. */
  readonly missed: Readonly<Partial<Record<BudgetMiss, number>>>;
  /** Of a budget that none was in: the costs of the network that came nearest. */
  readonly nearest?: BudgetCost;
}

export type BudgetCost = Readonly<Record<BudgetMetric, number>>;

/** How far a network is from a budget: the largest |ln(cost / bound)| of the bounds it misses; 0 if it fits. */
export function budgetDistance(cost: BudgetCost, budget: Budget): number {
  return budgetMetrics.reduce((farthest, metric) => {
    const { min, max } = budget[metric] ?? {};
    const below = min === undefined ? 0 : Math.log(Math.max(1, min) / Math.max(1, cost[metric]));
    const above = max === undefined ? 0 : Math.log(Math.max(1, cost[metric]) / Math.max(1, max));
    return Math.max(farthest, below, above);
  }, 0);
}

export const emptyTally: DrawTally = { drawn: 0, accepted: 0, unfit: 0, missed: {} };

export function addTallies(a: DrawTally, b: DrawTally): DrawTally {
  const missed = { ...a.missed };
  for (const [miss, count] of Object.entries(b.missed) as [BudgetMiss, number][]) {
    missed[miss] = (missed[miss] ?? 0) + count;
  }
  return {
    drawn: a.drawn + b.drawn,
    accepted: a.accepted + b.accepted,
    unfit: a.unfit + b.unfit,
    missed,
  };
}

/** Share of the space's networks that fit the budget; null before any was drawn. */
export function acceptanceRate({ drawn, accepted, unfit }: DrawTally): number | null {
  return drawn > unfit ? accepted / (drawn - unfit) : null;
}

/** What each bound rejects, in words: "flops below 1 M: 71.2%, params above 0.5 M: 12.0%". */
export function describeRejections(tally: DrawTally, budget: Budget): string {
  const networks = tally.drawn - tally.unfit;
  const parts = (Object.entries(tally.missed) as [BudgetMiss, number][])
    .sort(([, a], [, b]) => b - a)
    .map(([miss, count]) => {
      const [metric, side] = miss.split(" ") as [BudgetMetric, "below" | "above"];
      const bound = budget[metric]?.[side === "below" ? "min" : "max"];
      return `${miss} ${inMillions(bound ?? 0)}: ${percentText(count / networks)}`;
    });
  if (tally.unfit > 0)
    parts.push(`not of this many stages or width: ${percentText(tally.unfit / tally.drawn)} of the draws`);
  return parts.join(", ");
}

/** No network of the space was found within the budget; the message says which bound rejects how much. */
export class UnsatisfiableBudgetError extends Error {
  override readonly name = "UnsatisfiableBudgetError";
  readonly tally: DrawTally;

  constructor(space: string, tally: DrawTally, budget: Budget) {
    const rejections = describeRejections(tally, budget);
    const networks = tally.drawn - tally.unfit;
    super(
      networks > 0
        ? `${space}: none of ${networks} networks is within the budget (${rejections})${nearestText(tally, budget)}; widen it`
        : `${space}: none of ${tally.drawn} draws has the wanted number of stages, whole groups and no stage too wide`,
    );
    this.tally = tally;
  }
}

/** "; the nearest has flops 4.3 M, params 0.31 M": the costs that the budget bounds. */
function nearestText({ nearest }: DrawTally, budget: Budget): string {
  if (nearest === undefined) return "";
  const costs = budgetMetrics.filter((metric) => budget[metric] !== undefined);
  return `; the nearest has ${costs.map((metric) => `${metric} ${inMillions(nearest[metric])}`).join(", ")}`;
}

function inMillions(count: number): string {
  return `${Number((count / 1e6).toPrecision(4))} M`;
}
