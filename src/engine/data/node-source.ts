import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packagedNames } from "./catalogue.ts";
import { isOwnName } from "./dataset-name.ts";
import type { ShardSource } from "./shard-source.ts";

/** Where set-up writes the data sets, and where the page finds them below "data/". */
export const defaultDataRoot: string = fileURLToPath(new URL("../../../public/data", import.meta.url));

/** Beside what is served: a user's own images must not become part of a site that is built. */
const ownDataRoot = fileURLToPath(new URL("../../../own-data", import.meta.url));

/**
 * The root below which a data set is kept: those of packages beside the page; the others in the folder that
 * DESIGNSCAPE_DATA names, else fetched ones beside the page too, and the user's own in own-data.
 */
export function rootOf(name: string): string {
  if (packagedNames.includes(name)) return defaultDataRoot;
  return process.env.DESIGNSCAPE_DATA || (isOwnName(name) ? ownDataRoot : defaultDataRoot);
}

/** Shards in a folder: `root`, or for each data set its own. */
export function nodeSource(root?: string): ShardSource {
  return async (path) => {
    const [first, second] = path.split("/");
    const base = root ?? rootOf(first === "own" ? `own:${second}` : (first ?? ""));
    return new Uint8Array(await readFile(join(base, path)));
  };
}
