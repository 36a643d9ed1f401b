import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ShardSource } from "./shard-source.ts";

/** Where set-up writes the data sets, and where the page finds them below "data/". */
export const defaultDataRoot: string = fileURLToPath(new URL("../../../public/data", import.meta.url));

/** Shards in a folder. */
export function nodeSource(root: string = defaultDataRoot): ShardSource {
  return async (path) => new Uint8Array(await readFile(join(root, path)));
}
