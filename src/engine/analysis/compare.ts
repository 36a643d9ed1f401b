import { percentText } from "../math/percent.ts";
import { type ErrorSummary, summarizeErrors } from "./edf.ts";
import { superiority as shareOfWins } from "./effect-size.ts";
import { type KsTest, kolmogorovSmirnov, leastP } from "./kolmogorov-smirnov.ts";

/** Who is better, by how much, and is it noise? */
export interface Comparison {
  readonly a: ErrorSummary;
  readonly b: ErrorSummary;
  /** Median of a minus median of b: negative where a errs less. */
  readonly medianDifference: number;
  /** Chance that a random network of a errs less than one of b, ties counted half; ½ where neither is better. */
  readonly superiority: number;
  readonly test: KsTest;
  /** p after Holm's correction, where several pairs are looked at together; the verdict goes by it. */
  readonly adjusted?: { readonly pValue: number; readonly pairs: number };
  /**
   * `a` or `b`: that population errs less and the difference is more than noise. `mixed`: the distributions differ, but
   * neither is better throughout (superiority near ½). `noise`: a difference this large comes often by chance.
   */
  readonly verdict: "a" | "b" | "mixed" | "noise";
}

/** p below which a difference counts as more than noise. */
export const significance = 0.05;

/** Superiority this close to ½ names no winner. */
const evenMargin = 0.05;

/** Compares the errors of two populations; null while one of them is empty. */
export function comparePopulations(a: readonly number[], b: readonly number[]): Comparison | null {
  const [summaryA, summaryB] = [summarizeErrors(a), summarizeErrors(b)];
  if (!summaryA || !summaryB) return null;
  const test = kolmogorovSmirnov(a, b);
  const superiority = shareOfWins(a, b);
  return {
    a: summaryA,
    b: summaryB,
    medianDifference: summaryA.median - summaryB.median,
    superiority,
    test,
    verdict: verdictOf(test.pValue, superiority),
  };
}

function verdictOf(pValue: number, superiority: number): Comparison["verdict"] {
  if (pValue >= significance) return "noise";
  if (Math.abs(superiority - 0.5) < evenMargin) return "mixed";
  return superiority > 0.5 ? "a" : "b";
}

/** The same comparison as one of several: its p is the corrected one, and the verdict follows it. */
export function adjustedComparison(comparison: Comparison, pValue: number, pairs: number): Comparison {
  return {
    ...comparison,
    adjusted: { pValue, pairs },
    verdict: verdictOf(pValue, comparison.superiority),
  };
}

/** The comparison in a sentence. Errors are fractions, said in points of a percent. */
export function comparisonSentence(nameA: string, nameB: string, comparison: Comparison): string {
  const { verdict, medianDifference, superiority, test, adjusted, a, b } = comparison;
  const p = adjusted?.pValue ?? test.pValue;
  const corrected = adjusted && adjusted.pairs > 1 ? ` after Holm for ${adjusted.pairs} pairs` : "";
  const evidence = `D = ${test.statistic.toFixed(2)}, p ${formatP(p)}${corrected}, n = ${a.n} and ${b.n}`;
  if (leastP(a.n, b.n) >= significance)
    return `${nameA} and ${nameB} are too small to tell apart, however they differ (${evidence}).`;
  if (verdict === "noise")
    return `${nameA} and ${nameB} do not differ by more than chance would (${evidence}).`;
  if (verdict === "mixed")
    return `${nameA} and ${nameB} differ, but neither is better throughout (${evidence}).`;
  const [winner, loser, share] =
    verdict === "a" ? [nameA, nameB, superiority] : [nameB, nameA, 1 - superiority];
  const points = (100 * Math.abs(medianDifference)).toFixed(1);
  const odds = `a random ${winner} network errs less than a random ${loser} one in ${percentText(share, 0)} of pairs`;
  return `${winner} is better: medians ${points} points apart, ${odds} (${evidence}).`;
}

function formatP(p: number): string {
  return p < 0.001 ? "< 0.001" : `= ${p.toFixed(p < 0.01 ? 3 : 2)}`;
}
