import { parse } from "yaml";
import { InputError } from "../math/input-error.ts";
import { parseStudy } from "../sweep/study.ts";
import { type ImportedSweep, importPyclsSweep, isPyclsSweep } from "./pycls-sweep.ts";

/** A study read from a text, and for a sweep of pycls what became of its fields. */
export interface ReadStudy extends ImportedSweep {
  readonly from: "study" | "pycls";
}

/** Reads a study file or a sweep of pycls, YAML or JSON. @throws InputError where it is neither, or wrong */
export function readStudyText(text: string): ReadStudy {
  let content: unknown;
  try {
    // Aliases could make a small text a huge study.
    content = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new InputError([{ path: "", message: `not YAML or JSON (${reason})` }]);
  }
  if (isPyclsSweep(content)) return { from: "pycls", ...importPyclsSweep(text) };
  return { from: "study", study: parseStudy(content), mapped: [], unmapped: [] };
}
