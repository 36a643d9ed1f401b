import type { Pixels } from "./pixels.ts";

/**
 * How a camera was held: where the first row and the first column of a file belong in the upright picture (Exif 2.32,
 * CIPA DC-008, tag 0x0112).
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What a JPEG file says of it in its Exif segment; 1, upright, where it says nothing that is allowed. */
export function jpegOrientation(bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return 1;
  let at = 2;
  while (at + 4 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // The picture begins: what comes is no longer about it.
    if (marker === 0xda || marker === 0xd9) return 1;
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (marker === 0xe1 && end <= view.byteLength && isExif(view, at + 4, end))
      return tiffOrientation(new DataView(bytes.buffer, bytes.byteOffset + at + 10, end - at - 10));
    at = end;
  }
  return 1;
}

/** "Exif" and two zeros stand before the TIFF structure. */
function isExif(view: DataView, at: number, end: number): boolean {
  return at + 6 <= end && view.getUint32(at) === 0x45786966 && view.getUint16(at + 4) === 0;
}

/** The tag of the first directory of a TIFF structure (TIFF 6.0, section 2). */
function tiffOrientation(view: DataView): Orientation {
  if (view.byteLength < 8) return 1;
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > view.byteLength) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > view.byteLength) return 1;
    if (view.getUint16(at, little) !== 0x0112) continue;
    // One number of 16 bits, which stands at the beginning of its field.
    const isShort = view.getUint16(at + 2, little) === 3 && view.getUint32(at + 4, little) === 1;
    const value = view.getUint16(at + 8, little);
    return isShort && value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** From a place in the upright picture of this width and height back to the file's. */
type Place = (x: number, y: number, width: number, height: number) => readonly [x: number, y: number];

const places: Readonly<Record<Orientation, Place>> = {
  1: (x, y) => [x, y],
  2: (x, y, width) => [width - 1 - x, y],
  3: (x, y, width, height) => [width - 1 - x, height - 1 - y],
  4: (x, y, _, height) => [x, height - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y, width) => [y, width - 1 - x],
  7: (x, y, width, height) => [height - 1 - y, width - 1 - x],
  8: (x, y, _, height) => [height - 1 - y, x],
};

/** The picture upright: what browsers show, and hand over. */
export function upright({ width, height, data }: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return { width, height, data };
  const [w, h] = orientation >= 5 ? [height, width] : [width, height];
  const turned = new Uint8Array(w * h * 4);
  const place = places[orientation];
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const [fromX, fromY] = place(x, y, w, h);
      const from = 4 * (fromY * width + fromX);
      turned.set(data.subarray(from, from + 4), 4 * (y * w + x));
    }
  return { width: w, height: h, data: turned };
}
