import { strided } from "./layers.ts";
import type { NetworkSpec } from "./spec.ts";

/** Strides of the stems, max pool included. */
const stemStrides = { small: 1, simple: 2, resnet: 4 } as const;

/** What is legal and probably not meant. Empty for a sound network. */
export function networkWarnings({ input, stem, stages }: NetworkSpec): string[] {
  const { height, width } = input;
  const strides = [stemStrides[stem.type], ...stages.map(({ stride }) => stride)];
  const total = strides.reduce((product, stride) => product * stride);
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
