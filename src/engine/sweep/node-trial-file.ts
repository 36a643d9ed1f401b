import { type FileHandle, open } from "node:fs/promises";
import { InputError } from "../math/input-error.ts";
import type { TrialRecorder } from "./scheduler.ts";
import type { Trial } from "./trial.ts";
import { foreignTrials, formatTrialLine, parseTrialLines } from "./trial-lines.ts";

/**
 * new: the file must not exist. resume: goes on with a file of the same study, or starts one. replace: what is there is
 * lost.
 */
export type TrialFileMode = "new" | "resume" | "replace";

/** A results file that a sweep appends to: a whole line per finished trial, on the disk before the next one starts. */
export class TrialFile implements TrialRecorder {
  /** Of earlier runs. */
  readonly recorded: readonly Trial[];
  /** A half-written last line was cut off. */
  readonly repaired: boolean;
  readonly #file: FileHandle;

  private constructor(file: FileHandle, recorded: readonly Trial[], repaired: boolean) {
    this.#file = file;
    this.recorded = recorded;
    this.repaired = repaired;
  }

  static async open(path: string, studyId: string, mode: TrialFileMode): Promise<TrialFile> {
    const file = await openFile(path, mode);
    if (mode !== "resume") return new TrialFile(file, [], false);
    try {
      const { trials, wholeBytes, cutOff } = parseTrialLines(await file.readFile());
      const problems = foreignTrials(trials, studyId);
      if (problems.length > 0) throw new InputError(problems);
      if (cutOff) await file.truncate(wholeBytes);
      return new TrialFile(file, trials, cutOff);
    } catch (error) {
      await file.close();
      if (!(error instanceof InputError)) throw error;
      throw new InputError(
        error.problems.map(({ path: at, message }) => ({ path: at ? `${path}: ${at}` : path, message })),
      );
    }
  }

  async begin(): Promise<void> {}

  async epoch(): Promise<void> {}

  /** Stopped trials are not written: they are trained anew when the sweep is resumed. */
  async finish(trial: Trial): Promise<void> {
    if (trial.status === "stopped") return;
    await this.#file.appendFile(formatTrialLine(trial));
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

const flags: Readonly<Record<TrialFileMode, string>> = { new: "ax", resume: "a+", replace: "w" };

async function openFile(path: string, mode: TrialFileMode): Promise<FileHandle> {
  try {
    return await open(path, flags[mode]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === "EEXIST"
        ? "exists already; --resume goes on with it, --force replaces it"
        : `cannot be written (${(error as Error).message})`;
    throw new InputError([{ path, message }]);
  }
}
