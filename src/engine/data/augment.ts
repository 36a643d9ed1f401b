import type { Rng } from "../math/rng.ts";
import type { BatchTransforms } from "../runtime/executor.ts";
import { flipped, followedBy, resized, shifted } from "./affine.ts";
import type { ImageSize } from "./magnitude.ts";
import { mixPairs } from "./mixup.ts";
import { randAugment, type ValueChange } from "./rand-augment.ts";
import { affineRandAugment } from "./rand-augment-affine.ts";

/** What training does to its images; 0, false and absent are off. */
export interface Augmentation {
  /** Random crops of the image with so many pixels of padding on every side. */
  readonly cropPadding?: number | undefined;
  /** Half of the images, left and right exchanged. */
  readonly flip?: boolean | undefined;
  /** Magnitude of RandAugment, 0–10. */
  readonly randAugment?: number | undefined;
  /** N: operations of RandAugment on each image; 0: two of those that are affine maps (rand-augment-affine.ts). */
  readonly randAugmentOperations?: number | undefined;
  /** α of mixup. */
  readonly mixup?: number | undefined;
}

/** The images of a batch as the data set has them. */
export interface BatchSource extends ImageSize {
  readonly channels: number;
  /** H·W·C bytes of the batch's image n, which are only read. */
  pixelsOf(n: number): Uint8Array;
}

/**
 * Draws what is done to each image of a batch, in this order: flip, crop, RandAugment, resize to the network's input; then
 * pairs are mixed. What RandAugment does to values comes before all of it (rand-augment.ts). As pycls does with its crops, what comes from outside the image is the mean colour (plan/calls.ts,
 * Gather). Crops are uniform over all (2p + 1)² places, as torchvision's RandomCrop; pycls leaves out the last row and
 * column of them.
 * @returns undefined where nothing is on: the batch is only resized.
 */
export function augmentBatch(
  settings: Augmentation,
  source: BatchSource,
  input: ImageSize,
  count: number,
  rng: Rng,
): BatchTransforms | undefined {
  const { cropPadding = 0, flip = false, randAugment: magnitude = 0, mixup = 0 } = settings;
  const moves = cropPadding > 0 || flip || magnitude > 0;
  if (!moves && mixup === 0) return undefined;
  const mix = mixup > 0 ? { mix: mixPairs(count, mixup, rng) } : {};
  if (!moves) return mix;
  const matrices = new Float32Array(6 * count);
  const gains = new Float32Array(count).fill(1);
  const offsets = new Float32Array(count);
  const values: (readonly ValueChange[])[] = [];
  const resize = resized(source, input);
  for (let n = 0; n < count; n++) {
    const turned = flip && rng.float() < 0.5 ? [flipped(source.width)] : [];
    const cropped =
      cropPadding > 0
        ? [shifted(rng.int(-cropPadding, cropPadding), rng.int(-cropPadding, cropPadding))]
        : [];
    const change = magnitude > 0 ? drawChange(settings, magnitude, source, rng) : undefined;
    const maps = [...turned, ...cropped, ...(change ? [change.affine] : []), resize];
    matrices.set(maps.reduce(followedBy), 6 * n);
    if (change === undefined) continue;
    if ("values" in change) values.push(change.values);
    else {
      gains[n] = change.gain;
      offsets[n] = change.offset;
    }
  }
  const pixels = changedPixels(source, values);
  return {
    matrices,
    ...(magnitude > 0 && values.length === 0 ? { gains, offsets } : {}),
    ...(pixels ? { pixels } : {}),
    ...mix,
  };
}

function drawChange(
  { randAugmentOperations: operations = 0 }: Augmentation,
  magnitude: number,
  size: ImageSize,
  rng: Rng,
) {
  return operations === 0
    ? affineRandAugment(size, magnitude, rng)
    : randAugment(size, magnitude, operations, rng);
}

/** The pixels of all images of a batch, with what is done to each; undefined where nothing is done to any. */
function changedPixels(
  source: BatchSource,
  changes: readonly (readonly ValueChange[])[],
): Uint8Array | undefined {
  if (changes.every(({ length }) => length === 0)) return undefined;
  const { height, width, channels } = source;
  const size = height * width * channels;
  const all = new Uint8Array(changes.length * size);
  changes.forEach((ofImage, n) => {
    const pixels = all.subarray(n * size, (n + 1) * size);
    pixels.set(source.pixelsOf(n));
    for (const change of ofImage) change({ pixels, height, width, channels });
  });
  return all;
}
