import { createReadStream } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Command, Option } from "commander";
import { mixtureWarnings } from "../../engine/analysis/trials/mixture.ts";
import { observeAll } from "../../engine/analysis/trials/observation.ts";
import { trialsToCsv } from "../../engine/exchange/csv.ts";
import { sweepFileNames } from "../../engine/exchange/file-names.ts";
import { studyToPyclsSweeps } from "../../engine/exchange/pycls-sweep-export.ts";
import { type ReadStudies, readStudies } from "../../engine/exchange/read-studies.ts";
import { writeSweepJson } from "../../engine/exchange/sweep-json.ts";
import { InputError } from "../../engine/math/input-error.ts";
import type { Trial } from "../../engine/sweep/trial.ts";
import { formatTrialLine } from "../../engine/sweep/trial-lines.ts";
import { readFacts } from "../dataset.ts";
import { CliError } from "../failure.ts";
import { printNote } from "../output.ts";
import { readStudy } from "../study-file.ts";

const formats = ["jsonl", "csv", "sweep.json", "pycls"] as const;

interface Options {
  readonly to: (typeof formats)[number];
  readonly out: string;
  readonly force?: true;
}

export function registerConvert(program: Command): void {
  program
    .command("convert")
    .summary("rewrite results for other tools, and theirs for this one")
    .description(
      "Reads trial records (JSON Lines) or the sweep.json of pycls, told by their contents, and writes all their trials " +
        "into one file: jsonl is what sweep writes and analyze and the page read; csv is a row a trial, for spreadsheets " +
        "and data frames, and is not read back; sweep.json is what pycls' sweep analysis loads. pycls takes a study (YAML or " +
        "JSON) and writes it as a sweep config of pycls, or a folder of them where it has several populations; import " +
        "reads them. What does not map is said on stderr.",
    )
    .argument("<files...>", "results.jsonl or sweep.json; a study for pycls")
    .addOption(new Option("--to <format>", "what to write").choices([...formats]).makeOptionMandatory())
    .requiredOption("--out <file>", "where to write it")
    .option("--force", "replace an existing file")
    .action(convert);
}

async function convert(files: readonly string[], { to, out, force }: Options): Promise<void> {
  if (to === "pycls") return writeSweeps(files, out, force ? "w" : "wx");
  const trials = new Map<string, Trial>();
  let read = 0;
  for (const file of files) {
    const { studies, definition, notes } = await readFile(file);
    if (definition !== undefined) throw new CliError(`${file}: a study without results; nothing to convert`);
    for (const note of notes) printNote(`${file}: ${note}`);
    for (const trial of studies.flatMap((study) => study.trials)) {
      read += 1;
      trials.set(trial.id, trial);
    }
  }
  if (read > trials.size)
    printNote(`${read - trials.size} trials are recorded more than once; the last record counts`);
  for (const { kind, message } of mixtureWarnings(observeAll(trials.values())))
    if (kind === "dataset") printNote(message);
  await write(out, format([...trials.values()], to), force ? "w" : "wx");
  printNote(`${trials.size} trials written to ${out}`);
}

/** A population is a sweep of its own: several are files of a folder. */
async function writeSweeps(files: readonly string[], out: string, flag: "w" | "wx"): Promise<void> {
  const [file] = files;
  if (file === undefined || files.length > 1) throw new CliError("--to pycls takes one study");
  const study = await readStudy(file);
  const { files: sweeps, notes } = studyToPyclsSweeps(study, await readFacts(study.regime.dataset));
  const [only] = sweeps;
  if (sweeps.length === 1) await write(out, only!.text, flag);
  else {
    await mkdir(out, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      throw new CliError(`--out ${out}: no folder can be made there (${error.code})`);
    });
    for (const [i, name] of sweepFileNames(sweeps).entries())
      await write(join(out, name), sweeps[i]!.text, flag);
  }
  for (const note of notes) printNote(note);
  printNote(`${sweeps.length} sweep ${sweeps.length === 1 ? "config" : "configs"} written to ${out}`);
}

async function write(path: string, text: string, flag: "w" | "wx"): Promise<void> {
  await writeFile(path, text, { flag }).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      `--out ${path}: ${error.code === "EEXIST" ? "exists already; --force replaces it" : `cannot be written (${error.code})`}`,
    );
  });
}

function format(trials: readonly Trial[], to: Exclude<Options["to"], "pycls">): string {
  switch (to) {
    case "jsonl":
      return trials.map(formatTrialLine).join("");
    case "csv":
      return trialsToCsv(trials);
    case "sweep.json": {
      const { text, notes } = writeSweepJson(trials);
      for (const note of notes) printNote(note);
      return text;
    }
    default:
      throw new Error(`unknown format ${to satisfies never}`);
  }
}

async function readFile(file: string): Promise<ReadStudies> {
  await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      `${file}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`,
    );
  });
  try {
    return await readStudies(basename(file), createReadStream(file));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      error.problems.map(({ path, message }) => ({ path: path === "" ? file : `${file}: ${path}`, message })),
    );
  }
}
