import { type DatasetFacts, findDataset } from "../engine/data/catalogue.ts";
import { DatasetError } from "../engine/data/errors.ts";
import { loadManifest } from "../engine/data/loader.ts";
import { nodeSource } from "../engine/data/node-source.ts";
import { CliError } from "./failure.ts";

/** What networks must know of a data set; one that is unknown or not on this machine is bad input. */
export async function readFacts(name: string): Promise<DatasetFacts> {
  const entry = findDataset(name);
  if (entry?.origin.kind === "package") return entry;
  try {
    return await loadManifest(name, nodeSource());
  } catch (error) {
    if (error instanceof DatasetError && (error.problem === "unknown" || error.problem === "absent"))
      throw new CliError(`regime.dataset: ${error.message}`);
    throw error;
  }
}
