import { datasetNames } from "./catalogue.ts";

/**
 * What is wrong with a data set:
 * - `unknown`: no data set has this name
 * - `range`: more images asked for than there are, or not a count at all
 * - `missing`: a file cannot be read
 * - `damaged`: a file is there, but not as it was written
 * - `unverifiable`: this page may not compute checksums
 */
export type DatasetProblem = "unknown" | "range" | "missing" | "damaged" | "unverifiable";

/** A data set that cannot be used; the message says which file, what is wrong and what to do. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
  readonly problem: DatasetProblem;
  readonly dataset: string;
  /** Path of the file relative to the data root, where one file is to blame. */
  readonly file: string | undefined;

  constructor(
    problem: DatasetProblem,
    dataset: string,
    message: string,
    options: { file?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.problem = problem;
    this.dataset = dataset;
    this.file = options.file;
  }
}

/** The command that writes a data set's files anew. */
export function repairCommand(dataset: string): string {
  return `npm run data -- ${dataset} --force`;
}

export function unknownDataset(name: string): DatasetError {
  return new DatasetError(
    "unknown",
    name,
    `data set "${name}" is unknown; known are ${datasetNames.join(", ")}`,
  );
}

/** A file that is missing or damaged: names it, says what is wrong, and how to write it anew. */
export function fileError(
  problem: "missing" | "damaged",
  dataset: string,
  file: string,
  what: string,
  cause?: unknown,
): DatasetError {
  const message = `${file}: ${what}. To write it anew: ${repairCommand(dataset)}`;
  return new DatasetError(problem, dataset, message, { file, cause });
}
