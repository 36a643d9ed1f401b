import { readFile } from "node:fs/promises";
import { parse, YAMLParseError } from "yaml";
import { isPyclsSweep } from "../engine/exchange/pycls-sweep.ts";
import { InputError } from "../engine/math/input-error.ts";
import { parseStudy, type Study } from "../engine/sweep/study.ts";
import { CliError } from "./failure.ts";

/** A study from a YAML or JSON file (JSON is YAML). Problems are named by file and field. */
export async function readStudy(path: string): Promise<Study> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new CliError(
      `${path}: ${error.code === "ENOENT" ? "no such file" : `cannot be read (${error.code})`}`,
    );
  });
  try {
    // Aliases could make a small file a huge study.
    const content: unknown = parse(text, { maxAliasCount: 0 });
    if (isPyclsSweep(content))
      throw new CliError(
        `${path}: a sweep of pycls; "designscape import ${path} --out study.yaml" makes a study of it`,
      );
    return parseStudy(content);
  } catch (error) {
    throw inFile(path, error);
  }
}

function inFile(path: string, error: unknown): unknown {
  if (error instanceof InputError)
    return new InputError(
      error.problems.map((problem) => ({
        ...problem,
        path: [path, problem.path].filter(Boolean).join(": "),
      })),
    );
  if (error instanceof YAMLParseError || error instanceof ReferenceError)
    return new InputError([{ path, message: `not YAML or JSON (${error.message.split("\n")[0]})` }]);
  return error;
}
