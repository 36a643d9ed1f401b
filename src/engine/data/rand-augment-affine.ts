import type { Rng } from "../math/rng.ts";
import { type Affine, followedBy, identity, rotated, sheared, shifted } from "./affine.ts";
import { type ImageSize, maxMagnitude, most } from "./magnitude.ts";

/** How an image is changed: where its pixels come from, and a factor and an addend for its normalized values. */
export interface AffineChange {
  readonly affine: Affine;
  readonly gain: number;
  readonly offset: number;
}

const unchanged: AffineChange = { affine: identity, gain: 1, offset: 0 };

type Operation = (size: ImageSize, strength: number) => AffineChange;

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
 * What RandAugment is where a regime does not say how many of its operations an image goes through: two of the eight of them
 * that an affine map of points or of normalized values can do, drawn with replacement, of one magnitude and a random sign.
 * The whole of it is rand-augment.ts; regimes from before there was that keep these, and so do the records of their trials.
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
 * What comes from outside the image is the mean colour.
 * @param magnitude M, 0–10.
 */
export function affineRandAugment(size: ImageSize, magnitude: number, rng: Rng): AffineChange {
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
