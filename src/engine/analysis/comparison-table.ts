import { adjustedComparison, type Comparison, comparePopulations, comparisonSentence } from "./compare.ts";
import { type ErrorSummary, summarizeErrors } from "./edf.ts";
import { cliffsDelta, type Magnitude, magnitudeOf } from "./effect-size.ts";
import { type Finding, found, missing } from "./finding.ts";
import { holmAdjusted } from "./holm.ts";
import { type PermutationTest, permutationTest } from "./permutation-test.ts";
import { expectedBest } from "./random-search.ts";
import { countedErrors, countTrials, type TrialCounts } from "./trials/counted.ts";
import { groupWarnings, type MixtureWarning } from "./trials/mixture.ts";
import type { Observation } from "./trials/observation.ts";

/** What is compared: a population, or a whole study. Names differ. */
export interface ComparedGroup {
  readonly name: string;
  readonly observations: readonly Observation[];
}

/** More are no longer told apart, in colours or in sentences. */
export const comparisonLimit = 8;

export interface ComparisonRow {
  readonly name: string;
  readonly counts: TrialCounts;
  readonly summary: Finding<ErrorSummary>;
  /** Expected error of the best of ten drawn at random from the group, without replacement. */
  readonly bestOf10: Finding<number>;
  /** Against the baseline; undefined for the baseline itself. */
  readonly against?: Finding<PairComparison>;
}

export interface PairComparison extends Comparison {
  readonly names: readonly [a: string, b: string];
  /** Cliff's δ of a against b: negative where a errs less. */
  readonly delta: number;
  readonly magnitude: Magnitude;
  /** Of the mean ranks, which δ is made of: a second opinion on the same effect. */
  readonly permutation: PermutationTest;
  /** Who is better, and is it noise? */
  readonly sentence: string;
}

/** A pair that cannot be compared, and why. */
export interface PairFinding {
  readonly names: readonly [a: string, b: string];
  readonly comparison: Finding<PairComparison>;
}

export interface ComparisonTable {
  readonly baseline: string;
  readonly rows: readonly ComparisonRow[];
  /** Every pair that was asked for, p corrected over all of them. */
  readonly pairs: readonly PairFinding[];
  /** Data sets or regimes that differ, trials that groups share: to be shown wherever the table is. */
  readonly warnings: readonly MixtureWarning[];
}

export interface ComparisonOptions {
  /**
   * Name of the group that the others are held against. Chosen, only its pairs are tested, and p is corrected for those;
   * left out, it is the first group, and every pair is tested.
   */
  readonly baseline?: string;
  readonly rounds?: number;
  readonly seed?: number;
}

/** n | min | mean | median, best of ten, and each pair's tests, effect and sentence, for up to eight groups. */
export function comparisonTable(
  groups: readonly ComparedGroup[],
  { baseline, rounds = 1_000, seed = 1 }: ComparisonOptions = {},
): Finding<ComparisonTable> {
  if (groups.length === 0) return missing("no-trials", "Nothing is chosen to be compared.");
  if (groups.length > comparisonLimit)
    throw new RangeError(`${groups.length} groups: at most ${comparisonLimit} are compared at once`);
  const base = baseline === undefined ? groups[0]! : groups.find(({ name }) => name === baseline);
  if (base === undefined)
    throw new RangeError(
      `baseline "${baseline}": expected one of ${groups.map(({ name }) => name).join(", ")}`,
    );
  const errors = new Map(groups.map((group) => [group, countedErrors(group.observations, group.name)]));
  const wanted = pairsOf(groups, base, baseline !== undefined);
  const raw = wanted.map(([a, b]) => compared(errors.get(a)!, errors.get(b)!));
  const pairs = adjusted(wanted, raw, errors, { rounds, seed });
  return found({
    baseline: base.name,
    rows: groups.map((group) => rowOf(group, errors.get(group)!, pairs, base)),
    pairs,
    warnings: groupWarnings(groups),
  });
}

type Pair = readonly [a: ComparedGroup, b: ComparedGroup];
type Errors = Finding<number[]>;

/** Each pair once, the baseline first in its own. */
function pairsOf(groups: readonly ComparedGroup[], base: ComparedGroup, onlyBase: boolean): Pair[] {
  const ordered = [base, ...groups.filter((group) => group !== base)];
  return ordered.flatMap((a, i) => (onlyBase && i > 0 ? [] : ordered.slice(i + 1).map((b): Pair => [a, b])));
}

function compared(a: Errors, b: Errors): Finding<Comparison> {
  if (!a.found) return a;
  if (!b.found) return b;
  return found(comparePopulations(a.value, b.value)!);
}

function adjusted(
  wanted: readonly Pair[],
  raw: readonly Finding<Comparison>[],
  errors: ReadonlyMap<ComparedGroup, Errors>,
  options: { readonly rounds: number; readonly seed: number },
): PairFinding[] {
  const tested = raw.flatMap((each) => (each.found ? [each.value.test.pValue] : []));
  const corrected = holmAdjusted(tested);
  let next = 0;
  return wanted.map(([a, b], i) => {
    const names = [a.name, b.name] as const;
    const finding = raw[i]!;
    if (!finding.found) return { names, comparison: finding };
    const comparison = adjustedComparison(finding.value, corrected[next++]!, tested.length);
    const [errorsA, errorsB] = [valuesOf(errors.get(a)!), valuesOf(errors.get(b)!)];
    const delta = cliffsDelta(errorsA, errorsB);
    return {
      names,
      comparison: found({
        ...comparison,
        names,
        delta,
        magnitude: magnitudeOf(delta),
        permutation: permutationTest(errorsA, errorsB, options),
        sentence: comparisonSentence(a.name, b.name, comparison),
      }),
    };
  });
}

function rowOf(
  { name, observations }: ComparedGroup,
  errors: Errors,
  pairs: readonly PairFinding[],
  base: ComparedGroup,
): ComparisonRow {
  const pair = pairs.find(({ names: [a, b] }) => a === base.name && b === name);
  return {
    name,
    counts: countTrials(observations),
    summary: errors.found ? found(summarizeErrors(errors.value)!) : errors,
    bestOf10: errors.found ? expectedBest(errors.value, 10) : errors,
    ...(pair ? { against: pair.comparison } : {}),
  };
}

function valuesOf(errors: Errors): number[] {
  return errors.found ? errors.value : [];
}
