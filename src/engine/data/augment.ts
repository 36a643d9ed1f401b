import type { Rng } from "../math/rng.ts";
import type { BatchTransforms } from "../runtime/executor.ts";
import { flipped, followedBy, resized, shifted } from "./affine.ts";
import { mixPairs } from "./mixup.ts";
import { randAugment } from "./rand-augment.ts";

/** What training does to its images; 0, false and absent are off. */
export interface Augmentation {
  /** Random crops of the image with so many pixels of padding on every side. */
  readonly cropPadding?: number | undefined;
  /** Half of the images, left and right exchanged. */
  readonly flip?: boolean | undefined;
  /** Magnitude of RandAugment, 0–10. */
  readonly randAugment?: number | undefined;
  /** α of mixup. */
  readonly mixup?: number | undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Draws what is done to each image of a batch, in this order: flip, crop, RandAugment, resize to the network's input; then
 * pairs are mixed. As pycls does with its crops, what comes from outside the image is the mean colour (plan/calls.ts,
 * Gather). Crops are uniform over all (2p + 1)² places, as torchvision's RandomCrop; pycls leaves out the last row and
 * column of them.
 * @returns undefined where nothing is on: the batch is only resized.
 */
export function augmentBatch(
  { cropPadding = 0, flip = false, randAugment: magnitude = 0, mixup = 0 }: Augmentation,
  source: Size,
  input: Size,
  count: number,
  rng: Rng,
): BatchTransforms | undefined {
  const moves = cropPadding > 0 || flip || magnitude > 0;
  if (!moves && mixup === 0) return undefined;
  const mix = mixup > 0 ? { mix: mixPairs(count, mixup, rng) } : {};
  if (!moves) return mix;
  const matrices = new Float32Array(6 * count);
  const gains = new Float32Array(count).fill(1);
  const offsets = new Float32Array(count);
  const resize = resized(source, input);
  for (let n = 0; n < count; n++) {
    const turned = flip && rng.float() < 0.5 ? [flipped(source.width)] : [];
    const cropped =
      cropPadding > 0
        ? [shifted(rng.int(-cropPadding, cropPadding), rng.int(-cropPadding, cropPadding))]
        : [];
    const change = magnitude > 0 ? randAugment(source, magnitude, rng) : undefined;
    const maps = [...turned, ...cropped, ...(change ? [change.affine] : []), resize];
    matrices.set(maps.reduce(followedBy), 6 * n);
    if (change) {
      gains[n] = change.gain;
      offsets[n] = change.offset;
    }
  }
  return { matrices, ...(magnitude > 0 ? { gains, offsets } : {}), ...mix };
}
