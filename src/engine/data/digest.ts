import { sha256 } from "./checksum.ts";
import type { DatasetManifest } from "./manifest.ts";

/**
 * What tells the images and labels of a data set from others under the same name: the first 16 hexadecimal digits of the
 * SHA-256 of its shards' SHA-256s, in their order. undefined where the page may not compute one (no secure context).
 */
export async function datasetDigest({
  train,
  test,
}: Pick<DatasetManifest, "train" | "test">): Promise<string | undefined> {
  const sums = [train, test].map(({ shards }) => shards.map((shard) => shard.sha256).join("\n"));
  const digest = await sha256(new TextEncoder().encode(sums.join("\n\n")));
  return digest?.slice(0, 16);
}
