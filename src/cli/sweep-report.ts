import { adjustedComparison, comparePopulations, comparisonSentence } from "../engine/analysis/compare.ts";
import { type ErrorSummary, summarizeErrors } from "../engine/analysis/edf.ts";
import { holmAdjusted } from "../engine/analysis/holm.ts";
import { predictedTimes, predictedTimesSentence } from "../engine/analysis/predicted-times.ts";
import { observeAll } from "../engine/analysis/trials/observation.ts";
import { countingNotes, perNetwork } from "../engine/analysis/trials/per-network.ts";
import { percentText } from "../engine/math/percent.ts";
import type { SweepProgress, SweepSummary } from "../engine/sweep/protocol.ts";
import type { Study } from "../engine/sweep/study.ts";
import { errorsOf, type Trial } from "../engine/sweep/trial.ts";
import { duration, millions } from "./format.ts";
import { table } from "./output.ts";

/** The EDF of one population in a row. */
export interface PopulationRow {
  readonly population: string;
  /** null before any network counts. */
  readonly errors: ErrorSummary | null;
  readonly diverged: number;
  readonly failed: number;
  /** By halving or a stop rule; their errors are in none of these numbers. */
  readonly cut: number;
  readonly accepted: number;
  readonly drawn: number;
}

export function populationRows(
  study: Study,
  trials: readonly Trial[],
  summary: SweepSummary,
): PopulationRow[] {
  return study.populations.map(({ name }) => {
    const own = trials.filter(({ population }) => population === name);
    const count = (status: Trial["status"]) => own.filter((trial) => trial.status === status).length;
    const { accepted = 0, drawn = 0 } =
      summary.acceptance.find(({ population }) => population === name) ?? {};
    return {
      population: name,
      errors: summarizeErrors(errorsOf(own)),
      diverged: count("diverged"),
      failed: count("failed"),
      cut: count("cut"),
      accepted,
      drawn,
    };
  });
}

/** For people: n | min | mean | median of every population, then each against the first, in a sentence. */
export function summaryText(study: Study, trials: readonly Trial[], summary: SweepSummary): string {
  const rows = populationRows(study, trials, summary).map((row) => [
    row.population,
    String(row.errors?.n ?? 0),
    ...[row.errors?.min, row.errors?.mean, row.errors?.median].map((error) =>
      error === undefined ? "–" : percentText(error),
    ),
    String(row.diverged),
    String(row.failed),
    String(row.cut),
    row.drawn > 0 ? percentText(row.accepted / row.drawn) : "–",
  ]);
  const heads = ["population", "n", "min", "mean", "median", "diverged", "failed", "cut", "acceptance"];
  const observations = perNetwork(observeAll(trials));
  const notes = study.populations.flatMap(({ name }) =>
    countingNotes(
      name,
      observations.filter(({ population }) => population === name),
    ),
  );
  const times = predictedTimes(observeAll(trials));
  const foreseen = times.found ? [predictedTimesSentence(times.value)] : [];
  return [table(heads, rows), ...notes, ...foreseen, ...comparisons(study, trials)].join("\n");
}

/** Looked at together, so their p are corrected together. */
function comparisons(study: Study, trials: readonly Trial[]): string[] {
  const errors = (name: string) => errorsOf(trials.filter(({ population }) => population === name));
  const [first, ...others] = study.populations.map(({ name }) => name);
  const compared = others.flatMap((other) => {
    const comparison = comparePopulations(errors(first!), errors(other));
    return comparison ? [{ other, comparison }] : [];
  });
  const corrected = holmAdjusted(compared.map(({ comparison }) => comparison.test.pValue));
  return compared.map(({ other, comparison }, i) =>
    comparisonSentence(first!, other, adjustedComparison(comparison, corrected[i]!, compared.length)),
  );
}

/** A finished trial: ` 3/16  RegNetX 2  1.73 M  error 22.5%  6.0 s`. */
export function trialText(trial: Trial, { trials }: SweepProgress): string {
  const place = `${String(trials.settled).padStart(String(trials.total).length)}/${trials.total}`;
  const result =
    trial.status === "done" && trial.error !== null
      ? `error ${percentText(trial.error)}`
      : `${trial.status}: ${trial.reason ?? ""}`;
  return [
    place,
    trial.network.name,
    `flops ${millions(trial.network.flops)}`,
    result,
    duration(trial.ms),
  ].join("  ");
}

/** A run under way: `3/16 trials, 21.4%, 1 min 5 s left, 812 images/s`. */
export function progressText(progress: SweepProgress): string {
  const { trials, fraction, etaMs, imagesPerSecond, rungs = [] } = progress;
  return [
    `${trials.settled}/${trials.total} trials`,
    ...(rungs.length > 1
      ? [`rungs ${rungs.map(({ epochs, reached, of }) => `${epochs}: ${reached}/${of}`).join(" ")}`]
      : []),
    percentText(fraction),
    ...(etaMs === undefined ? [] : [`${duration(etaMs)} left`]),
    ...(imagesPerSecond === undefined ? [] : [`${Math.round(imagesPerSecond)} images/s`]),
  ].join(", ");
}
