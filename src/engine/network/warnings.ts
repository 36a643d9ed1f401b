import { stridesOf, totalStride } from "./input-size.ts";
import { strided } from "./layers.ts";
import type { NetworkSpec } from "./spec.ts";

/** What is legal and probably not meant. Empty for a sound network. */
export function networkWarnings(spec: NetworkSpec): string[] {
  const { height, width } = spec.input;
  const strides = stridesOf(spec);
  const total = totalStride(spec);
  let side = Math.max(height, width);
  if (total <= side) return [];
  // Every stride leaves at least one pixel, so that a map this small stays as it is.
  const vanished = strides.findIndex((stride) => {
    side = strided(side, stride);
    return side === 1;
  });
  const from = vanished === 0 ? "from the stem on" : `from stage ${vanished} on`;
  return [
    `the map is 1×1 ${from}: the image (${height}×${width}) is smaller than the total stride (${total})`,
  ];
}
