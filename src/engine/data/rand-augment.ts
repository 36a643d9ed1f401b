import type { Rng } from "../math/rng.ts";
import { type Affine, followedBy, identity, rotated, sheared, shifted } from "./affine.ts";

/** How an image is changed: where its pixels come from, and a factor and an addend for its normalized values. */
export interface Change {
  readonly affine: Affine;
  readonly gain: number;
  readonly offset: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const unchanged: Change = { affine: identity, gain: 1, offset: 0 };

/** Magnitudes run from 0 to 10, as in AutoAugment and timm. */
export const maxMagnitude = 10;

/** At magnitude 10, as AutoAugment's ranges: shear 0.3, shift 150/331 of the side, 30°, factors within 1 ± 0.9. */
const most = { shear: 0.3, shift: 150 / 331, angle: Math.PI / 6, colour: 0.9 } as const;

type Operation = (size: Size, strength: number) => Change;

/** By a strength from −1 to 1. */
const operations: readonly Operation[] = [
  () => unchanged,
  (size, s) => ({ ...unchanged, affine: sheared(size, most.shear * s, 0) }),
  (size, s) => ({ ...unchanged, affine: sheared(size, 0, most.shear * s) }),
  ({ width }, s) => ({ ...unchanged, affine: shifted(most.shift * width * s, 0) }),
  ({ height }, s) => ({ ...unchanged, affine: shifted(0, most.shift * height * s) }),
  (size, s) => ({ ...unchanged, affine: rotated(size, most.angle * s) }),
  (_, s) => ({ ...unchanged, gain: 1 + most.colour * s }),
  (_, s) => ({ ...unchanged, offset: most.colour * s }),
];

const operationsPerImage = 2;

/**
 * RandAugment (Cubuk et al. 2020, arXiv:1909.13719) with N = 2: two operations, drawn with replacement, of one magnitude
 * and a random sign. Of the paper's 14 operations the eight that an affine map of points or of values can do:
 *
 * | operation | strength at M | beside timm and torchvision |
 * |---|---|---|
 * | identity | | theirs |
 * | shearX, shearY | ±0.3·M/10 | theirs, but about the centre instead of a corner |
 * | translateX, translateY | ±150/331·side·M/10 | torchvision's; timm's 0.45·side |
 * | rotate | ±30°·M/10 | theirs |
 * | contrast | factor 1 ± 0.9·M/10 | their factor, about the data set's mean colour instead of the image's mean grey |
 * | brightness | addend ±0.9·M/10 standard deviations | they multiply with 1 ± 0.9·M/10 |
 *
 * What comes from outside the image is the mean colour. The others are not here: autocontrast, equalize, posterize and
 * solarize are no affine maps of values (their curves depend on the image or bend), color mixes channels, sharpness looks
 * at a pixel's neighbours.
 * @param magnitude M, 0–10.
 */
export function randAugment(size: Size, magnitude: number, rng: Rng): Change {
  let change = unchanged;
  for (let i = 0; i < operationsPerImage; i++) {
    const operation = rng.choice(operations);
    const sign = rng.float() < 0.5 ? -1 : 1;
    const { affine, gain, offset } = operation(size, (sign * magnitude) / maxMagnitude);
    change = {
      affine: followedBy(change.affine, affine),
      gain: gain * change.gain,
      offset: gain * change.offset + offset,
    };
  }
  return change;
}
