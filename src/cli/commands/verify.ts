import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { readSafetensors } from "../../engine/export/safetensors.ts";
import type { Executor, ExecutorKind } from "../../engine/runtime/executor.ts";
import {
  type GoldenErrors,
  goldenTolerances,
  verifyGolden,
  withinTolerances,
} from "../../engine/runtime/verify/golden.ts";
import { parseSidecar } from "../../engine/runtime/verify/sidecar.ts";
import { executorOption, openExecutor, reproducibleOption, threadsOption } from "../executor.ts";
import { CliError } from "../failure.ts";
import { parseJson } from "../input.ts";
import { printLine, table } from "../output.ts";

interface Options {
  readonly executor: ExecutorKind;
  readonly threads?: number;
  readonly reproducible?: true;
  readonly json?: true;
}

interface Verified {
  readonly file: string;
  readonly executor: ExecutorKind;
  readonly maxRelativeError: GoldenErrors;
  readonly ok: boolean;
}

const parts = Object.keys(goldenTolerances) as (keyof GoldenErrors)[];

export function registerVerify(program: Command): void {
  program
    .command("verify")
    .summary("hold an executor to recorded training vectors")
    .description(
      "Trains every *.safetensors of a folder for its recorded steps and prints the largest relative errors. Beside " +
        "each lies a .json of the same name that describes the network in pycls' terms. Status 1 if one is off by more " +
        `than is allowed (${parts.map((part) => `${part} ${goldenTolerances[part]}`).join(", ")}).`,
    )
    .argument("<folder>", "with *.safetensors and their sidecars")
    .addOption(executorOption())
    .addOption(threadsOption())
    .addOption(reproducibleOption())
    .option("--json", "a JSON object a line")
    .action(verify);
}

async function verify(folder: string, options: Options): Promise<void> {
  const files = await goldenFiles(folder);
  const executor = await openExecutor(options.executor, options);
  const results: Verified[] = [];
  try {
    for (const file of files) {
      const result = await verifyFile(folder, file, executor);
      results.push(result);
      if (options.json) await printLine(JSON.stringify(result));
    }
  } finally {
    await executor.dispose();
  }
  if (!options.json) await printLine(resultTable(results));
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length > 0)
    throw new CliError(
      `${failed.length} of ${results.length} files differ: ${failed.map(({ file }) => file)}`,
      1,
    );
}

async function goldenFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      `${folder}: ${error.code === "ENOENT" ? "no such folder" : `cannot be read (${error.code})`}`,
    );
  });
  const files = names.filter((name) => name.endsWith(".safetensors")).sort();
  if (files.length === 0) throw new CliError(`${folder}: no *.safetensors in this folder`);
  return files;
}

async function verifyFile(folder: string, file: string, executor: Executor): Promise<Verified> {
  const sidecarFile = file.replace(/\.safetensors$/, ".json");
  const text = await readFile(join(folder, sidecarFile), "utf8").catch(() => {
    throw new CliError(`${file}: its sidecar ${sidecarFile} cannot be read`);
  });
  const sidecar = parseSidecar(parseJson(text, sidecarFile), sidecarFile);
  const { tensors } = readSafetensors(await readFile(join(folder, file)));
  const maxRelativeError = await verifyGolden(sidecar, tensors, executor);
  return { file, executor: executor.kind, maxRelativeError, ok: withinTolerances(maxRelativeError) };
}

function resultTable(results: readonly Verified[]): string {
  const rows = results.map(({ file, maxRelativeError, ok }) => [
    file,
    ...parts.map((part) => maxRelativeError[part].toExponential(1)),
    ok ? "ok" : "OFF",
  ]);
  return table(["file", ...parts, ""], rows);
}
