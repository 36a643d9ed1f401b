import { observe } from "../analysis/trials/observation.ts";
import type { Trial } from "../sweep/trial.ts";

/**
 * Trials as a table, a row each, for spreadsheets and data frames: who it is, how it ended, every number that statistics
 * know of it (costs, what the space drew, what each stage is made of), how it was trained. Errors are fractions, times
 * milliseconds; what a trial lacks is empty: one that was cut or is not over has no `error`, and its `finalError` is that
 * after `epochsTrained` epochs. RFC 4180, except that lines end in \n. It is not read back: stages and epochs
 * are more than a row can hold.
 */
export function trialsToCsv(trials: readonly Trial[]): string {
  const rows = trials.map(rowOf);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(","));
  return `${[columns.map(cell).join(","), ...lines].join("\n")}\n`;
}

type Cell = string | number | boolean | null | undefined;

function rowOf(trial: Trial): Readonly<Record<string, Cell>> {
  const { name, values, error } = observe(trial);
  const { dataset, ...regime } = trial.regime;
  const trained = Object.entries(regime).map(([key, value]): [string, Cell] => [
    `regime.${key}`,
    typeof value === "object" ? JSON.stringify(value) : value,
  ]);
  return {
    ...{ study: trial.study, population: trial.population, index: trial.index, name, status: trial.status },
    ...{
      error,
      bestEpoch: bestEpoch(trial),
      epochsTrained: trial.epochs.length,
      draws: trial.draws,
      seed: trial.seed,
      dataset,
    },
    ...values,
    ...Object.fromEntries(trained),
    ...{ device: trial.device, version: trial.version, reason: trial.reason },
  };
}

/** The epoch of the lowest test error; the first of equals. */
function bestEpoch({ epochs }: Trial): number | undefined {
  const [first] = epochs;
  if (first === undefined) return undefined;
  return epochs.reduce((best, each) => (each.testError < best.testError ? each : best), first).epoch;
}

/** Text that a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: Cell): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
