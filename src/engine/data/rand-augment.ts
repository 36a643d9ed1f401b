import type { Rng } from "../math/rng.ts";
import { roundHalfEven } from "../math/rounding.ts";
import { type Affine, followedBy, identity, rotated, sheared, shifted } from "./affine.ts";
import { type ImageSize, maxMagnitude, most } from "./magnitude.ts";
import {
  autoContrast,
  brightness,
  color,
  contrast,
  equalize,
  type Picture,
  posterize,
  sharpness,
  solarize,
} from "./photometric.ts";

/** Changes an image's bytes in place. */
export type ValueChange = (picture: Picture) => void;

/** How an image is changed: its bytes first, one change after the other, then where its pixels come from. */
export interface Change {
  readonly values: readonly ValueChange[];
  readonly affine: Affine;
}

type Operation = (
  size: ImageSize,
  strength: number,
) => { readonly affine?: Affine; readonly values?: ValueChange };

/** Of a strength from −1 to 1, which some take without its sign. */
const operations = {
  identity: () => ({}),
  shearX: (size, s) => ({ affine: sheared(size, most.shear * s, 0) }),
  shearY: (size, s) => ({ affine: sheared(size, 0, most.shear * s) }),
  translateX: ({ width }, s) => ({ affine: shifted(most.shift * width * s, 0) }),
  translateY: ({ height }, s) => ({ affine: shifted(0, most.shift * height * s) }),
  rotate: (size, s) => ({ affine: rotated(size, most.angle * s) }),
  brightness: (_, s) => ({ values: (picture) => brightness(picture, 1 + most.colour * s) }),
  color: (_, s) => ({ values: (picture) => color(picture, 1 + most.colour * s) }),
  contrast: (_, s) => ({ values: (picture) => contrast(picture, 1 + most.colour * s) }),
  sharpness: (_, s) => ({ values: (picture) => sharpness(picture, 1 + most.colour * s) }),
  posterize: (_, s) => ({ values: (picture) => posterize(picture, 8 - roundHalfEven(4 * Math.abs(s))) }),
  solarize: (_, s) => ({ values: (picture) => solarize(picture, 255 * (1 - Math.abs(s))) }),
  autoContrast: () => ({ values: autoContrast }),
  equalize: () => ({ values: equalize }),
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;

export const operationNames = Object.keys(operations) as OperationName[];

/**
 * RandAugment (Cubuk et al. 2020, arXiv:1909.13719): N of its 14 operations, drawn with replacement, of one magnitude and a
 * random sign. Names and ranges are those of torchvision's RandAugment:
 *
 * | operation | strength at M |
 * |---|---|
 * | identity, autoContrast, equalize | |
 * | shearX, shearY | ±0.3·M/10 |
 * | translateX, translateY | ±150/331·side·M/10 |
 * | rotate | ±30°·M/10 |
 * | brightness, color, contrast, sharpness | factor 1 ± 0.9·M/10 |
 * | posterize | keeps 8 − round(4·M/10) bits |
 * | solarize | inverts from 255·(1 − M/10) on |
 *
 * Every operation on values is Pillow's to the bit, and several of them follow each other in the order drawn. An
 * operation on points moves no pixel by itself: such maps compose, in the order drawn, with crop, flip and resize, and the
 * image is sampled once. What differs from Pillow's pictures is what follows from that where both kinds meet:
 * - values change before points, whatever the order drawn. Their histograms, means and neighbourhoods are those of the
 *   whole image, nothing cropped or moved out of it, and without what came in from outside;
 * - what comes in from outside is the mean colour in the end; no operation darkens, inverts or stretches it;
 * - shears are about the centre instead of a corner, and pixels are interpolated once instead of taken from the nearest.
 *
 * @param magnitude M, 0–10.
 * @param count N.
 */
export function randAugment(size: ImageSize, magnitude: number, count: number, rng: Rng): Change {
  const values: ValueChange[] = [];
  let affine = identity;
  for (let i = 0; i < count; i++) {
    const operation: Operation = operations[rng.choice(operationNames)];
    const sign = rng.float() < 0.5 ? -1 : 1;
    const drawn = operation(size, (sign * magnitude) / maxMagnitude);
    if (drawn.values !== undefined) values.push(drawn.values);
    if (drawn.affine !== undefined) affine = followedBy(affine, drawn.affine);
  }
  return { values, affine };
}
