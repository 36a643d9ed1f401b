import { ExecutorError, type ResidentImages } from "./executor.ts";

/** An image set's parts must agree with its shape. */
export function checkImageSet(set: ResidentImages): void {
  const [height, width, channels] = set.shape;
  const lengths = [
    ["images", set.images.length, set.count * height * width * channels],
    ["labels", set.labels.length, set.count],
    ["mean", set.mean.length, channels],
    ["std", set.std.length, channels],
  ] as const;
  for (const [what, given, needed] of lengths)
    if (given !== needed)
      throw new ExecutorError("misuse", `image set: ${given} values of ${what}, ${needed} needed`);
}

/** The bytes of one image of a set: a part of them, not a copy. */
export function pixelsIn(
  { shape, images }: Pick<ResidentImages, "shape" | "images">,
  image: number,
): Uint8Array {
  const [height, width, channels] = shape;
  const length = height * width * channels;
  return images.subarray(image * length, (image + 1) * length);
}

/** [channel][byte] → (byte/255 − mean)/std. */
export function normalizedBytes({ mean, std }: Pick<ResidentImages, "mean" | "std">): Float32Array {
  const values = new Float32Array(256 * mean.length);
  mean.forEach((center, channel) => {
    for (let byte = 0; byte < 256; byte++)
      values[256 * channel + byte] = (byte / 255 - center) * (1 / (std[channel] ?? 1));
  });
  return values;
}
