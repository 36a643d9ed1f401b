/**
 * What RandAugment does to the values of an image, on its bytes and in place, to the bit as Pillow's ImageOps and
 * ImageEnhance do it (Pillow's sources: ImageOps.py, ImageEnhance.py, libImaging/Blend.c, Filter.c, Convert.c).
 */

/** An image in bytes: H·W·C of them, channels last. Three channels are red, green and blue. */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Every channel stretched so that its darkest value becomes 0 and its brightest 255; one of a single value stays. */
export function autoContrast(picture: Picture): void {
  mapChannels(picture, (histogram) => {
    const [darkest, brightest] = rangeOf(histogram);
    if (brightest <= darkest) return undefined;
    const scale = 255 / (brightest - darkest);
    return (value) => value * scale - darkest * scale;
  });
}

/** Every channel's values moved so that their histogram is as even as it can be. */
export function equalize(picture: Picture): void {
  mapChannels(picture, (histogram) => {
    const [, brightest] = rangeOf(histogram);
    const step = Math.floor((picture.height * picture.width - histogram[brightest]!) / 255);
    if (step === 0) return undefined;
    let below = Math.floor(step / 2);
    // The values are asked for in ascending order.
    return (value) => {
      const moved = Math.floor(below / step);
      below += histogram[value]!;
      return moved;
    };
  });
}

/** Keeps the highest bits of every value. @param bits 1–8. */
export function posterize(picture: Picture, bits: number): void {
  const mask = 255 & ~(2 ** (8 - bits) - 1);
  mapValues(picture, (value) => value & mask);
}

/** Inverts the values from `threshold` on. @param threshold 0–256. */
export function solarize(picture: Picture, threshold: number): void {
  mapValues(picture, (value) => (value < threshold ? value : 255 - value));
}

/** @param factor of every value: 0 is black, 1 the image. */
export function brightness(picture: Picture, factor: number): void {
  const mix = blend(factor);
  mapValues(picture, (value) => mix(0, value));
}

/** Distance of every value from the image's mean grey. @param factor 0 is that grey, 1 the image. */
export function contrast(picture: Picture, factor: number): void {
  const { pixels, channels } = picture;
  let sum = 0;
  for (let at = 0; at < pixels.length; at += channels) sum += greyAt(picture, at);
  const mean = Math.floor(sum / (pixels.length / channels) + 0.5);
  const mix = blend(factor);
  mapValues(picture, (value) => mix(mean, value));
}

/** Distance of every pixel from its own grey; images without colour stay. @param factor 0 is grey, 1 the image. */
export function color(picture: Picture, factor: number): void {
  const { pixels, channels } = picture;
  if (channels !== rgb) return;
  const mix = blend(factor);
  for (let at = 0; at < pixels.length; at += rgb) {
    const grey = greyAt(picture, at);
    for (let channel = at; channel < at + rgb; channel++) pixels[channel] = mix(grey, pixels[channel]!);
  }
}

/**
 * Distance of every value from a smoothed image's: the mean of 3×3 pixels with weight 5 on the one in the middle, rounded
 * to bytes. Pixels on the edge stay. @param factor 0 is smooth, 1 the image.
 */
export function sharpness(picture: Picture, factor: number): void {
  const { pixels, height, width, channels } = picture;
  const line = width * channels;
  const mix = blend(factor);
  const source = pixels.slice();
  for (let y = 1; y < height - 1; y++)
    for (let at = y * line + channels; at < (y + 1) * line - channels; at++) {
      const [above, under] = [at - line, at + line];
      const sum =
        source[above - channels]! +
        source[above]! +
        source[above + channels]! +
        (source[at - channels]! + 5 * source[at]! + source[at + channels]!) +
        (source[under - channels]! + source[under]! + source[under + channels]!);
      pixels[at] = mix(Math.floor(sum / smoothWeights + 0.5), source[at]!);
    }
}

const rgb = 3;

/** Of sharpness's smoothing: eight neighbours and five. */
const smoothWeights = 13;

/** Pillow's grey of a pixel: ITU-R 601-2 luma in 16 bits. Of other than three channels the first. */
function greyAt({ pixels, channels }: Picture, at: number): number {
  if (channels !== rgb) return pixels[at]!;
  return (19_595 * pixels[at]! + 38_470 * pixels[at + 1]! + 7_471 * pixels[at + 2]! + 0x8000) >> 16;
}

/** from + factor·(to − from), in single precision as Pillow's, cut to a byte. */
function blend(factor: number): (from: number, to: number) => number {
  const part = Math.fround(factor);
  return (from, to) => asByte(Math.fround(from + Math.fround(part * (to - from))));
}

function asByte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value);
}

/** The lowest and the highest value that a histogram has. */
function rangeOf(histogram: Uint32Array): [number, number] {
  let [lowest, highest] = [0, 255];
  while (lowest < 255 && histogram[lowest] === 0) lowest++;
  while (highest > 0 && histogram[highest] === 0) highest--;
  return [lowest, highest];
}

/** Sends every value through one curve. */
function mapValues({ pixels }: Picture, curve: (value: number) => number): void {
  const table = tableOf(curve);
  for (let at = 0; at < pixels.length; at++) pixels[at] = table[pixels[at]!]!;
}

/** Sends every channel's values through a curve that its histogram gives; without one they stay. */
function mapChannels(
  { pixels, channels }: Picture,
  curveOf: (histogram: Uint32Array) => ((value: number) => number) | undefined,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const histogram = new Uint32Array(256);
    for (let at = channel; at < pixels.length; at += channels) histogram[pixels[at]!]!++;
    const curve = curveOf(histogram);
    if (curve === undefined) continue;
    const table = tableOf(curve);
    for (let at = channel; at < pixels.length; at += channels) pixels[at] = table[pixels[at]!]!;
  }
}

/** A curve's values from 0 to 255, asked for in this order. */
function tableOf(curve: (value: number) => number): Uint8Array {
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) table[value] = asByte(curve(value));
  return table;
}
