import type { WidthRow } from "../../../charts/width-chart.tsx";
import { InputError, type InputProblem } from "../../../engine/math/input-error.ts";
import { type Complexity, complexity } from "../../../engine/network/complexity.ts";
import { checkNetworkSpec, parseNetworkSpec } from "../../../engine/network/parse.ts";
import { type NetworkSpec, specLimits } from "../../../engine/network/spec.ts";
import { networkWarnings } from "../../../engine/network/warnings.ts";
import type { Built, Family, Point } from "../families/family.ts";
import { type Adjustment, adjustmentsOf } from "./adjustments.ts";
import { nearestRelative, type Relative, relativesOn } from "./nearest.ts";

/** All that the page shows of a network at once; what takes a plan to know comes later (`step-cost.ts`). */
export interface ExploredNetwork extends Built {
  readonly cost: Complexity;
  readonly widths: readonly WidthRow[];
  readonly adjustments: readonly Adjustment[];
  readonly warnings: readonly string[];
  readonly nearest: Relative | undefined;
}

/** @throws InputError where the point is no network */
export function explore(family: Family, point: Point): ExploredNetwork {
  const built = family.build(point);
  check(built.spec);
  const cost = complexity(built.spec);
  return {
    ...built,
    cost,
    widths: widthsOf(built),
    adjustments: adjustmentsOf(built.requested ?? []),
    warnings: networkWarnings(built.spec),
    nearest: nearestRelative(cost, relativesOn(point.images, family.relatives)),
  };
}

/** What keeps a point from being a network; empty for a legal one. */
export function problemsOf(family: Family, point: Point): readonly InputProblem[] {
  try {
    check(family.build(point).spec);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

/** Legal params may still give too much: a thousand times the depth. The schema is asked only for what it says then. */
function check(spec: NetworkSpec): void {
  const { input, stem, stages, head } = spec;
  const widest = Math.max(stem.width, head.width, ...stages.map(({ width }) => width));
  const deepest = Math.max(...stages.map(({ depth }) => depth));
  const { side, channels, depth } = specLimits;
  if (input.height > side || widest > channels || deepest > depth) parseNetworkSpec(spec, "network");
  const problems = checkNetworkSpec(spec, "network");
  if (problems.length > 0) throw new InputError(problems);
}

function widthsOf({ spec, line }: Built): WidthRow[] {
  const widths = spec.stages.flatMap(({ depth, width }) => new Array<number>(depth).fill(width));
  return widths.map((width, block) => {
    const u = line?.[block];
    return u === undefined ? { block, width } : { block, width, line: u };
  });
}
