import { type NetworkSpec, specLimits } from "./spec.ts";

/** Strides of the stems, max pool included. */
const stemStrides = { small: 1, simple: 2, resnet: 4 } as const;

/** Of the stem and of every stage's first block. */
export function stridesOf({ stem, stages }: Pick<NetworkSpec, "stem" | "stages">): number[] {
  return [stemStrides[stem.type], ...stages.map(({ stride }) => stride)];
}

/** T: a map of the last stage has one pixel for every T×T pixels of the image (rounded up). */
export function totalStride(spec: Pick<NetworkSpec, "stem" | "stages">): number {
  return stridesOf(spec).reduce((product, stride) => product * stride);
}

/** The same network for images of another height; their width follows in proportion, in whole pixels. */
export function atResolution(spec: NetworkSpec, height: number): NetworkSpec {
  const { input } = spec;
  const width = Math.max(1, Math.round((input.width * height) / input.height));
  return { ...spec, input: { ...input, height, width: Math.min(width, specLimits.side) } };
}
