import { baseName } from "./files/data-file.ts";
import type { LabelledImages } from "./images/labelled-images.ts";
import type { PackedImages } from "./images/pack-images.ts";
import type { DatasetDescription } from "./shards.ts";

/** What a manifest says of a user's own images. */
export function ownDescription(
  name: string,
  title: string,
  { name: file, kind, classes }: Pick<LabelledImages, "name" | "kind" | "classes">,
  { shape, split }: Pick<PackedImages, "shape" | "split">,
): DatasetDescription {
  return {
    name,
    title,
    shape,
    classes,
    licence: "the user's own images",
    source: `${baseName(file)} (${kind})`,
    split,
  };
}
