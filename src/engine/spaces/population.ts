import { createRng } from "../math/rng.ts";
import { type Complexity, complexity } from "../network/complexity.ts";
import {
  type Budget,
  type BudgetMiss,
  budgetDistance,
  budgetMisses,
  type DrawTally,
  UnsatisfiableBudgetError,
} from "./constraint.ts";
import { type SpaceId, spaceOf } from "./registry.ts";
import type { SpaceSetting } from "./setting.ts";
import type { SampledNetwork } from "./space.ts";

/** What a population is drawn from. Equal sources give equal networks, one by one. */
export interface PopulationSource {
  readonly space: SpaceId;
  readonly setting: SpaceSetting;
  readonly budget: Budget;
  /** Integer. */
  readonly seed: number;
}

export interface PopulationMember extends SampledNetwork {
  readonly cost: Complexity;
  /** How many draws it took, and what was wrong with the others. */
  readonly tally: DrawTally;
}

/**
 * Networks costed before a budget counts as unsatisfiable; a share of 1 in 2,000 is still found all but surely (e^−10).
 * Draws that are no network of the space at all are cheap, and bounded too, for settings that no params meet.
 */
export const drawLimits = { costed: 20_000, drawn: 1_000_000 } as const;

export interface DrawLimits {
  readonly costed: number;
  readonly drawn: number;
}

/**
 * Network `index` of a population: drawn from a stream of its own until one is in the budget. It depends on the source
 * and the index alone, so a population can be extended, drawn in any order, or by several workers. Draws are independent,
 * as an EDF supposes: in a very narrow budget the same network may come twice.
 */
export function drawNetwork(
  source: PopulationSource,
  index: number,
  limits: DrawLimits = drawLimits,
): PopulationMember {
  const space = spaceOf(source.space);
  const rng = createRng(source.seed, "network", source.space, index);
  const missed: Partial<Record<BudgetMiss, number>> = {};
  let unfit = 0;
  let drawn = 0;
  let nearest: { readonly cost: Complexity; readonly distance: number } | undefined;
  while (drawn < limits.drawn && drawn - unfit < limits.costed) {
    drawn += 1;
    const network = space.sample(rng, source.setting);
    if (!network) {
      unfit += 1;
      continue;
    }
    const cost = complexity(network.spec);
    const misses = budgetMisses(cost, source.budget);
    if (misses.length === 0) return { ...network, cost, tally: { drawn, accepted: 1, unfit, missed } };
    for (const miss of misses) missed[miss] = (missed[miss] ?? 0) + 1;
    const distance = budgetDistance(cost, source.budget);
    if (nearest === undefined || distance < nearest.distance) nearest = { cost, distance };
  }
  const tally = { drawn, accepted: 0, unfit, missed, ...(nearest && { nearest: nearest.cost }) };
  throw new UnsatisfiableBudgetError(space.label, tally, source.budget);
}
