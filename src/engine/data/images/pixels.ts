/** A decoded image: four bytes a pixel, red, green, blue, opacity; rows from top to bottom. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Turns a file's bytes into pixels. Rejects where they are damaged, with the reason as the message. */
export type DecodeImage = (bytes: Uint8Array<ArrayBuffer>, path: string) => Promise<Pixels>;

/** Pixels of an image of 1 or 3 channels. */
export function opaque(image: Uint8Array, width: number, height: number, channels: number): Pixels {
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++)
    for (let c = 0; c < 3; c++) data[4 * pixel + c] = image[pixel * channels + (channels === 1 ? 0 : c)]!;
  return { width, height, data };
}
