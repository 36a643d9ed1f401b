import type { Pixels } from "./pixels.ts";

/** What becomes of an image that is not square: its middle is cut out, it is framed in black, or stretched. */
export const fits = ["crop", "pad", "stretch"] as const;
export type Fit = (typeof fits)[number];

export interface ImageForm {
  /** Height and width in pixels. */
  readonly side: number;
  readonly channels: 1 | 3;
  readonly fit: Fit;
}

/**
 * An image at the size of its set: side · side · channels bytes. Each new pixel is the average of the old ones under it,
 * weighted by a triangle as wide as the reduction (Pillow's `BILINEAR`); an image that grows is interpolated linearly.
 * What is transparent lies on white. Grey is luma, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), as Pillow's "L".
 */
export function packImage(image: Pixels, { side, channels, fit }: ImageForm): Uint8Array {
  const planes = flatten(image, channels);
  const { width, height } = image;
  const least = Math.min(width, height);
  const most = Math.max(width, height);
  // The part of the old image that is shown, and the part of the new one that it fills.
  const shownWidth = fit === "crop" ? least : width;
  const shownHeight = fit === "crop" ? least : height;
  const filled = (extent: number) => (fit === "pad" ? Math.max(1, Math.round((extent / most) * side)) : side);
  const [newWidth, newHeight] = [filled(width), filled(height)];
  const columns = taps(width, (width - shownWidth) / 2, shownWidth, newWidth);
  const rows = taps(height, (height - shownHeight) / 2, shownHeight, newHeight);
  const [left, top] = [Math.floor((side - newWidth) / 2), Math.floor((side - newHeight) / 2)];

  const result = new Uint8Array(side * side * channels);
  const narrow = new Float32Array(newWidth * height);
  for (let c = 0; c < channels; c++) {
    const plane = planes[c]!;
    columns.forEach(({ first, weights }, x) => {
      for (let y = 0; y < height; y++) {
        let sum = 0;
        const start = y * width + first;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * plane[start + i]!;
        narrow[y * newWidth + x] = sum;
      }
    });
    rows.forEach(({ first, weights }, y) => {
      for (let x = 0; x < newWidth; x++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrow[(first + i) * newWidth + x]!;
        result[((top + y) * side + left + x) * channels + c] = Math.round(Math.min(255, Math.max(0, sum)));
      }
    });
  }
  return result;
}

/** Channels as planes, on white. */
function flatten({ width, height, data }: Pixels, channels: 1 | 3): Float32Array[] {
  const count = width * height;
  const planes = Array.from({ length: channels }, () => new Float32Array(count));
  for (let pixel = 0; pixel < count; pixel++) {
    const at = 4 * pixel;
    const opacity = data[at + 3]! / 255;
    const white = 255 * (1 - opacity);
    const red = data[at]! * opacity + white;
    const green = data[at + 1]! * opacity + white;
    const blue = data[at + 2]! * opacity + white;
    if (channels === 1) planes[0]![pixel] = 0.299 * red + 0.587 * green + 0.114 * blue;
    else {
      planes[0]![pixel] = red;
      planes[1]![pixel] = green;
      planes[2]![pixel] = blue;
    }
  }
  return planes;
}

interface Taps {
  readonly first: number;
  /** Of consecutive old pixels; they sum to 1. */
  readonly weights: readonly number[];
}

/** Which old pixels make each new one, along one axis. Only pixels of the part that is shown count. */
function taps(size: number, start: number, shown: number, count: number): Taps[] {
  const scale = shown / count;
  const reach = Math.max(1, scale);
  const low = Math.floor(start);
  const high = Math.min(size, Math.ceil(start + shown));
  return Array.from({ length: count }, (_, n) => {
    const center = start + (n + 0.5) * scale;
    const first = Math.max(low, Math.round(center - reach));
    const end = Math.min(high, Math.round(center + reach));
    const raw = Array.from({ length: Math.max(1, end - first) }, (_, i) =>
      Math.max(0, 1 - Math.abs(first + i + 0.5 - center) / reach),
    );
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: raw.map((weight) => weight / sum) };
  });
}
