import { InputError } from "../math/input-error.ts";
import { parseStudy, type Study } from "../sweep/study.ts";
import type { Trial } from "../sweep/trial.ts";
import { parseEndedLines, parseLastLine } from "../sweep/trial-lines.ts";
import { readSweepJson } from "./read-sweep-json.ts";
import { studiesOfTrials } from "./study-lines.ts";
import type { StudyRecords } from "./study-records.ts";

/** What a file of studies holds. */
export interface ReadStudies {
  readonly studies: readonly StudyRecords[];
  /** A set-up without records: the file is a study file. */
  readonly definition?: Study;
  /** What of it could not be taken over, in sentences. */
  readonly notes: readonly string[];
}

/** Bytes in order; a file as it is read, or all of it at once. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Studies from a file, told by its contents: trial records as JSON Lines, the sweep.json of pycls, or a study file in JSON.
 * @param onRead is told after every chunk how many bytes were read
 * @throws InputError that names the line or field that is wrong
 */
export async function readStudies(
  fileName: string,
  chunks: Chunks,
  onRead: (bytes: number) => void = () => {},
): Promise<ReadStudies> {
  const name = fileName.replace(/\.(jsonl?|ndjson)$/i, "");
  const lines = new LineReader();
  let text: string | undefined;
  const decoder = new TextDecoder();
  let read = 0;
  for await (const chunk of chunks) {
    if (read === 0 && firstLetter(chunk) === "[") text = "";
    if (text === undefined) lines.add(chunk);
    else text += decoder.decode(chunk, { stream: true });
    read += chunk.length;
    onRead(read);
  }
  if (text !== undefined) return readSweepJson(text + decoder.decode(), name);
  const definition = lines.wholeJson();
  if (definition !== undefined) return { studies: [], definition: parseStudy(definition), notes: [] };
  const { trials, cutOff } = lines.end();
  if (trials.length === 0)
    throw new InputError([
      { path: fileName, message: "no trials; expected trial records, a line each, a sweep.json or a study" },
    ]);
  const notes = cutOff
    ? ["its last line was still being written when the file was copied; it is left out"]
    : [];
  return { studies: studiesOfTrials(name, trials), notes };
}

function firstLetter(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, 256)).trimStart().charAt(0);
}

/** A study file is small; what is larger is never looked at as a whole. */
const mostDefinitionBytes = 4 * 2 ** 20;

/** Trial lines in chunks that end anywhere. */
class LineReader {
  readonly #trials: Trial[] = [];
  #lines = 0;
  #rest = new Uint8Array();
  #seen: Uint8Array[] | undefined = [];
  #failure: unknown;

  add(chunk: Uint8Array): void {
    this.#remember(chunk);
    if (this.#failure !== undefined) return;
    const joined = new Uint8Array(this.#rest.length + chunk.length);
    joined.set(this.#rest);
    joined.set(chunk, this.#rest.length);
    try {
      const { trials, bytes, lines } = parseEndedLines(joined, this.#lines);
      for (const trial of trials) this.#trials.push(trial);
      this.#lines += lines;
      this.#rest = joined.subarray(bytes);
    } catch (error) {
      // It may yet be a study file, whose lines are no trials.
      this.#failure = error;
    }
  }

  /** The file as one JSON value that is a study; undefined if it is none. */
  wholeJson(): unknown {
    if (this.#seen === undefined || this.#trials.length > 0) return undefined;
    const bytes = new Uint8Array(this.#seen.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of this.#seen) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    try {
      const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
      return typeof value === "object" && value !== null && "populations" in value ? value : undefined;
    } catch {
      return undefined;
    }
  }

  end(): { readonly trials: readonly Trial[]; readonly cutOff: boolean } {
    if (this.#failure !== undefined) throw this.#failure;
    const last = parseLastLine(this.#rest, this.#lines);
    if (last !== undefined) return { trials: [...this.#trials, last], cutOff: false };
    return { trials: this.#trials, cutOff: this.#rest.length > 0 };
  }

  #remember(chunk: Uint8Array): void {
    this.#seen?.push(chunk);
    const bytes = this.#seen?.reduce((sum, { length }) => sum + length, 0) ?? 0;
    if (bytes > mostDefinitionBytes) this.#seen = undefined;
  }
}
