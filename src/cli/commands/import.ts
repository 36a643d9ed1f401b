import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { stringify } from "yaml";
import { importPyclsSweep } from "../../engine/exchange/pycls-sweep.ts";
import { CliError } from "../failure.ts";
import { printLine, printNote } from "../output.ts";

interface Options {
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

export function registerImport(program: Command): void {
  program
    .command("import")
    .summary("make a study of a sweep of pycls")
    .description(
      "Reads a sweep config of pycls (SETUP with SAMPLERS, CONSTRAINTS, BASE_CFG) and prints the study that it maps to. " +
        "What does not map is told on stderr, each field with its path and the reason.",
    )
    .argument("<sweep>", "YAML of pycls, such as configs/sweeps/cifar/cifar_regnet.yaml")
    .option("--out <file>", "write the study there")
    .option("--force", "replace an existing file")
    .option("--json", "the study and what became of every field, as one JSON object")
    .action(importSweep);
}

async function importSweep(path: string, { out, force, json }: Options): Promise<void> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      `${path}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`,
    );
  });
  const { study, mapped, unmapped } = importPyclsSweep(text);
  const yaml = stringify(study, { lineWidth: 120, aliasDuplicateObjects: false });
  if (out !== undefined)
    await writeFile(out, yaml, { flag: force ? "w" : "wx" }).catch((error: NodeJS.ErrnoException) => {
      throw new CliError(
        `${out}: ${error.code === "EEXIST" ? "exists; --force replaces it" : `cannot be written (${error.code})`}`,
      );
    });
  if (json) await printLine(JSON.stringify({ study, mapped, unmapped }));
  else if (out === undefined) await printLine(yaml.trimEnd());
  for (const note of unmapped) printNote(`not taken over: ${note.path}: ${note.message}`);
  printNote(`${mapped.length} fields taken over, ${unmapped.length} not`);
}
