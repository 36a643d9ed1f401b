import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type ComparedGroup, comparisonLimit } from "../engine/analysis/comparison-table.ts";
import type { Finding } from "../engine/analysis/finding.ts";
import { type PredictedTimes, predictedTimes } from "../engine/analysis/predicted-times.ts";
import { filterTrials, type TrialFilter } from "../engine/analysis/trials/filter.ts";
import {
  type Grouping,
  groupByFilters,
  groupTrials,
  type NamedFilter,
} from "../engine/analysis/trials/groups.ts";
import { observeAll } from "../engine/analysis/trials/observation.ts";
import { perNetwork } from "../engine/analysis/trials/per-network.ts";
import { InputError } from "../engine/math/input-error.ts";
import type { Trial } from "../engine/sweep/trial.ts";
import { parseTrialLines } from "../engine/sweep/trial-lines.ts";
import { CliError } from "./failure.ts";

/** The trials of some results files, in groups. */
export interface AnalyzedTrials {
  readonly groups: readonly ComparedGroup[];
  /** Of the files, without folder and ending: what a report is called after. */
  readonly title: string;
  /** Trials read, and those that the filter left. */
  readonly read: number;
  readonly kept: number;
  /** What was odd about the files. */
  readonly notes: readonly string[];
  /** Predicted times against measured ones, of single trials. */
  readonly times: Finding<PredictedTimes>;
}

export interface AnalyzedInput {
  readonly files: readonly string[];
  readonly by: Grouping;
  /** Where there are any, trials are grouped by them, not by `by`. */
  readonly constraints: readonly NamedFilter[];
  readonly filter: TrialFilter;
}

/** Reads results files. A trial that several of them hold counts once, as its last file has it. */
export async function readTrials({ files, by, constraints, filter }: AnalyzedInput): Promise<AnalyzedTrials> {
  const notes: string[] = [];
  const trials = new Map<string, Trial>();
  const fileOf = new Map<string, string>();
  let repeated = 0;
  for (const file of files) {
    const { trials: own, cutOff } = await readTrialFile(file);
    if (cutOff) notes.push(`${file}: its half-written last line is left out`);
    for (const trial of own) {
      if (trials.has(trial.id)) repeated += 1;
      trials.set(trial.id, trial);
      fileOf.set(trial.study, nameOf(file));
    }
  }
  if (repeated > 0) notes.push(`${repeated} trials are recorded more than once; the last record counts`);
  if (trials.size === 0) throw new CliError(`${files.join(", ")}: no trials`);
  const observations = observeAll(trials.values());
  const filtered = filterTrials(observations, filter);
  const kept = perNetwork(filtered);
  if (kept.length === 0) throw new CliError(`--filter leaves none of the ${observations.length} trials`);
  const groups =
    constraints.length > 0
      ? groupByFilters(kept, constraints)
      : groupTrials(kept, by, (study) => fileOf.get(study) ?? study);
  if (groups.length > comparisonLimit) {
    const names = groups.map(({ name }) => name).join(", ");
    throw new CliError(
      `${groups.length} groups (${names}); at most ${comparisonLimit} are compared at once: choose with --filter population:NAME`,
    );
  }
  return {
    groups,
    title: files.map(nameOf).join(", "),
    read: trials.size,
    kept: kept.length,
    notes,
    times: predictedTimes(filtered),
  };
}

async function readTrialFile(file: string) {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      `${file}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`,
    );
  });
  try {
    return parseTrialLines(bytes);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map(({ path, message }) => ({ path: `${file}: ${path}`, message })));
  }
}

function nameOf(file: string): string {
  return basename(file).replace(/\.jsonl$/, "");
}
