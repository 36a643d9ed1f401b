import { type FileHandle, open, stat } from "node:fs/promises";
import { writing } from "../data/node-disk.ts";
import { InputError } from "../math/input-error.ts";
import type { EpochRecord } from "../training/trainer.ts";
import { CheckpointFolder } from "./node-checkpoint-folder.ts";
import type { RunningTrial } from "./protocol.ts";
import type { TrialCheckpoint, TrialRecorder } from "./recorder.ts";
import { isSettled, type Trial } from "./trial.ts";
import { foreignTrials, formatTrialLine, parseTrialLines } from "./trial-lines.ts";

/**
 * new: the file must not exist. resume: goes on with a file of the same study, or starts one. replace: what is there is
 * lost.
 */
export type TrialFileMode = "new" | "resume" | "replace";

/**
 * A results file that a sweep appends to: a whole line per finished trial, on the disk before the next one starts. Trials
 * under way have their checkpoints in a folder beside it, `<file>.checkpoints`, which goes when they end.
 */
export class TrialFile implements TrialRecorder {
  /** Of earlier runs. */
  readonly recorded: readonly Trial[];
  /** A half-written last line was cut off. */
  readonly repaired: boolean;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #checkpoints: CheckpointFolder;

  private constructor(
    path: string,
    file: FileHandle,
    checkpoints: CheckpointFolder,
    recorded: readonly Trial[],
    repaired: boolean,
  ) {
    this.#path = path;
    this.#file = file;
    this.#checkpoints = checkpoints;
    this.recorded = recorded;
    this.repaired = repaired;
  }

  static async open(path: string, studyId: string, mode: TrialFileMode): Promise<TrialFile> {
    const file = await openFile(path, mode);
    const checkpoints = new CheckpointFolder(`${path}.checkpoints`);
    if (mode !== "resume") {
      await checkpoints.tidy(() => false);
      return new TrialFile(path, file, checkpoints, [], false);
    }
    try {
      const bytes = await file.readFile();
      const { trials: lines, wholeBytes, cutOff } = parseTrialLines(bytes);
      // A trial that failed and was trained again has two lines.
      const trials = [...new Map(lines.map((trial) => [trial.id, trial])).values()];
      const problems = foreignTrials(trials, studyId);
      if (problems.length > 0) throw new InputError(problems);
      if (cutOff) await file.truncate(wholeBytes);
      else if (bytes.length > 0 && bytes.at(-1) !== newline)
        // What is appended next begins on a line of its own.
        await writing(path, kept, async () => {
          await file.appendFile("\n");
          await file.datasync();
        });
      // A failed trial may have been under way again when the program died.
      const settled = new Set(trials.filter(({ status }) => status !== "failed").map(({ id }) => id));
      await checkpoints.tidy((trialId) => trialId.startsWith(`${studyId}/`) && !settled.has(trialId));
      return new TrialFile(path, file, checkpoints, trials, cutOff);
    } catch (error) {
      await file.close();
      if (!(error instanceof InputError)) throw error;
      throw new InputError(
        error.problems.map(({ path: at, message }) => ({ path: at ? `${path}: ${at}` : path, message })),
      );
    }
  }

  checkpoint(trialId: string): Promise<TrialCheckpoint | undefined> {
    return this.#checkpoints.read(trialId);
  }

  async begin({ trialId }: RunningTrial, from?: TrialCheckpoint): Promise<void> {
    if (from === undefined) await this.#checkpoints.remove(trialId);
  }

  async epoch({ trialId }: RunningTrial, _: EpochRecord, checkpoint?: TrialCheckpoint): Promise<void> {
    if (checkpoint === undefined) return;
    await writing(`${this.#path}.checkpoints`, kept, () => this.#checkpoints.write(trialId, checkpoint));
  }

  /** Stopped trials are not written: they go on from their checkpoints when the sweep is resumed. */
  async finish(trial: Trial): Promise<void> {
    if (!isSettled(trial)) return;
    await writing(this.#path, kept, async () => {
      await this.#file.appendFile(formatTrialLine(trial));
      await this.#file.datasync();
    });
    await this.#checkpoints.remove(trial.id);
  }

  async close(): Promise<void> {
    await this.#checkpoints.close();
    await this.#file.close();
  }
}

const newline = 10;

const kept = "every trial recorded so far is kept: free some space, then --resume goes on";

const flags: Readonly<Record<TrialFileMode, string>> = { new: "ax", resume: "a+", replace: "w" };

async function openFile(path: string, mode: TrialFileMode): Promise<FileHandle> {
  try {
    return await open(path, flags[mode]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    const message = isFolder
      ? "is a folder; the name of a file is allowed"
      : code === "EEXIST"
        ? "exists already; --resume goes on with it, --force replaces it"
        : code === "ENOENT"
          ? "cannot be written: its folder does not exist"
          : `cannot be written (${(error as Error).message})`;
    throw new InputError([{ path, message }]);
  }
}
