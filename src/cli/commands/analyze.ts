import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { type Analysis, analyzeGroups } from "../../engine/analysis/analyze.ts";
import { predictedTimesSentence } from "../../engine/analysis/predicted-times.ts";
import { everyTrial, isEveryTrial, type TrialFilter } from "../../engine/analysis/trials/filter.ts";
import { formatFilter, parseFilter } from "../../engine/analysis/trials/filter-text.ts";
import type { Grouping, NamedFilter } from "../../engine/analysis/trials/groups.ts";
import { metricExamples, metricKey } from "../../engine/analysis/trials/metrics.ts";
import { type AnalyzedTrials, readTrials } from "../analyze-input.ts";
import { analysisText } from "../analyze-text.ts";
import { CliError } from "../failure.ts";
import { wholeNumber } from "../input.ts";
import { printLine, printNote } from "../output.ts";

interface Options {
  readonly filter?: string;
  readonly baseline?: string;
  readonly by: Grouping;
  readonly group: readonly NamedFilter[];
  readonly parameters?: readonly string[];
  readonly seed: number;
  readonly html?: string;
  readonly json?: true;
}

export function registerAnalyze(program: Command): void {
  program
    .command("analyze")
    .summary("what recorded trials say")
    .description(
      "Compares the populations of results files: n, min, mean, median, expected best of ten, Kolmogorov–Smirnov with " +
        "Holm's correction, effect sizes and a sentence a pair; then ranges of good networks, fronts, cost laws, what the " +
        "error hangs on, and how stable the order is.",
    )
    .argument("<results...>", "results files, as sweep writes them")
    .option(
      "--filter <conditions>",
      'trials to look at, e.g. "status:done,flops:1M..3M,population:RegNetX"; may repeat',
      (text: string, before?: string) => (before === undefined ? text : `${before},${text}`),
    )
    .option("--baseline <name>", "hold the others against this one only; without it every pair is compared")
    .addOption(
      new Option("--by <what>", "compare populations, or whole studies")
        .choices(["population", "study"])
        .default("population"),
    )
    .addOption(
      new Option(
        "--group <name=conditions>",
        'compare constraints instead, e.g. --group "all=" --group "shallow=d:..10"; may repeat',
      )
        .argParser(namedFilter)
        .default([], "none"),
    )
    .option(
      "--parameters <keys>",
      "to look at, e.g. depth,w_0,width3 (default: what the space draws)",
      metricKeys,
    )
    .option("--seed <n>", "of bootstraps, permutations and the forest", wholeNumber(0, 0xffffffff), 1)
    .option("--html <file>", "also write a report: one file with figures and tables, no network, no script")
    .option("--json", "a JSON object a line: the trials, each population, the comparison, the rest")
    .action(analyze);
}

async function analyze(files: readonly string[], options: Options): Promise<void> {
  const { filter: text, by, group: constraints, baseline, parameters, seed, json } = options;
  const filter = text === undefined ? everyTrial : parseFilter(text);
  const trials = await readTrials({ files, by, constraints, filter });
  const names = trials.groups.map(({ name }) => name);
  if (baseline !== undefined && !names.includes(baseline))
    throw new CliError(`--baseline "${baseline}": expected one of ${names.join(", ")}`);
  for (const note of trials.notes) printNote(note);
  const analysis = analyzeGroups(trials.groups, {
    fitError: true,
    seed,
    ...(baseline === undefined ? {} : { baseline }),
    ...(parameters === undefined ? {} : { parameters }),
  });
  if (options.html !== undefined) await writeReport(options.html, filter, trials, analysis);
  if (json) await printJson(files, filter, trials, analysis);
  else {
    const foreseen = trials.times.found ? [predictedTimesSentence(trials.times.value)] : [];
    await printLine([analysisText(analysis), ...foreseen].join("\n\n"));
  }
}

/** The charts come with React: they are loaded by those who want a report alone. */
async function writeReport(
  path: string,
  filter: TrialFilter,
  { title, groups, times }: AnalyzedTrials,
  analysis: Analysis,
): Promise<void> {
  const { buildReport } = await import("../../report/build-report.ts");
  const facts = isEveryTrial(filter) ? [] : [`filter ${formatFilter(filter)}`];
  const html = buildReport({ title, facts, groups, analysis, times });
  await writeFile(path, html).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(`--html ${path}: cannot be written (${error.code})`);
  });
  printNote(`report written to ${path}`);
}

/** One object a line, each under a key that says what it is. */
async function printJson(
  files: readonly string[],
  filter: TrialFilter,
  { read, kept, times }: AnalyzedTrials,
  { populations, comparison, normalized, trends, warnings }: Analysis,
): Promise<void> {
  await printLine(jsonText({ trials: { files, filter: formatFilter(filter), read, kept } }));
  for (const population of populations) await printLine(jsonText({ population }));
  for (const part of [{ comparison }, { normalized }, { trends }, { times }, { warnings }])
    await printLine(jsonText(part));
}

/** Typed arrays are arrays here. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof Float64Array || part instanceof Uint32Array ? Array.from(part) : part,
  );
}

function namedFilter(text: string, before: readonly NamedFilter[]): NamedFilter[] {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals).trim();
  if (equals < 1 || name === "")
    throw new InvalidArgumentError('Expected name=conditions, e.g. "shallow=d:..10".');
  if (before.some((each) => each.name === name)) throw new InvalidArgumentError(`"${name}" is given twice.`);
  return [...before, { name, filter: parseFilter(text.slice(equals + 1)) }];
}

function metricKeys(text: string): string[] {
  return text.split(",").map((name) => {
    const key = metricKey(name.trim());
    if (key === undefined)
      throw new InvalidArgumentError(`"${name.trim()}" is no metric. Expected ${metricExamples}.`);
    return key;
  });
}
