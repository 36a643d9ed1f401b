import { formatPercent } from "../../../charts/format.ts";
import { type Comparison, comparePopulations } from "../../../engine/analysis/compare.ts";
import type { PopulationErrors } from "./edf-curves.ts";

/** What the picture means, in words: a claim, and the numbers it stands on. */
export interface Verdict {
  readonly claim: string;
  readonly evidence: string;
}

/** With fewer networks than this, no arrangement of them reaches p < 0.05 in an exact two-sample test. */
const fewest = 4;

/**
 * Compares the best population (by median) with the first one, the baseline; where the best is the baseline, with the
 * runner-up.
 */
export function verdictOf(populations: readonly PopulationErrors[]): Verdict | undefined {
  const measured = populations.filter(({ errors }) => errors.length > 0);
  const [first] = measured;
  if (first === undefined) return undefined;
  if (measured.every(({ errors, diverged }) => errors.length === diverged))
    return {
      claim: "Every network diverged:",
      evidence: "the loss of all of them became infinite. A lower learning rate is the first thing to try.",
    };
  if (measured.length < 2)
    return { claim: "One population so far:", evidence: "a comparison needs trained networks of two." };

  const ranked = measured.toSorted((a, b) => median(a) - median(b));
  const best = ranked[0]!;
  const other = best === first ? ranked[1]! : first;
  const comparison = comparePopulations(best.errors, other.errors);
  if (comparison === null) return undefined;
  return describe(best, other, comparison);
}

function describe(best: PopulationErrors, other: PopulationErrors, comparison: Comparison): Verdict {
  const { verdict, test, a, b } = comparison;
  const medians = `median error ${formatPercent(a.median)} against ${formatPercent(b.median)}`;
  const numbers = `KS D\u00a0=\u00a0${test.statistic.toFixed(2)}, p\u00a0${formatP(test.pValue)}, n\u00a0=\u00a0${a.n} and ${b.n}`;
  if (Math.min(a.n, b.n) < fewest)
    return {
      claim: `Too few networks to compare ${best.name} with ${other.name}:`,
      evidence: `${medians} so far, n = ${a.n} and ${b.n}; at least ${fewest} of each are needed.`,
    };
  const evidence = `${medians} (${numbers}).`;
  switch (verdict) {
    case "a":
      return { claim: `${best.name} is better than ${other.name}, and it is not noise:`, evidence };
    case "b":
      return { claim: `${other.name} is better than ${best.name}, and it is not noise:`, evidence };
    case "mixed":
      return { claim: `${best.name} and ${other.name} differ, but neither is better throughout:`, evidence };
    case "noise":
      return {
        claim: `${best.name} looks no different from ${other.name} yet; it could be noise:`,
        evidence,
      };
    default:
      throw new Error(`unknown verdict ${verdict satisfies never}`);
  }
}

function median({ errors }: PopulationErrors): number {
  const sorted = errors.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.POSITIVE_INFINITY;
}

function formatP(p: number): string {
  return p < 0.001 ? "<\u00a00.001" : `=\u00a0${p.toFixed(p < 0.01 ? 3 : 2)}`;
}
