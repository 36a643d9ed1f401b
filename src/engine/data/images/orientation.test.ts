import jpeg from "jpeg-js";
import { describe, expect, test } from "vitest";
import { nodeDecode } from "./node-decode.ts";
import { jpegOrientation, type Orientation, upright } from "./orientation.ts";

/** 48×32 pixels: red, green and blue above, yellow, black and white below, in squares of whole JPEG blocks. */
const colours = [
  ["red", "green", "blue"],
  ["yellow", "black", "white"],
] as const;
const rgb = {
  red: [255, 0, 0],
  green: [0, 255, 0],
  blue: [0, 0, 255],
  yellow: [255, 255, 0],
  black: [0, 0, 0],
  white: [255, 255, 255],
};

function photo(): Uint8Array {
  const data = new Uint8Array(48 * 32 * 4).fill(255);
  for (let y = 0; y < 32; y++)
    for (let x = 0; x < 48; x++) data.set(rgb[colours[y >> 4]![Math.floor(x / 16)]!], 4 * (48 * y + x));
  return new Uint8Array(jpeg.encode({ width: 48, height: 32, data }, 95).data);
}

/** An Exif segment with two tags, the second the orientation. */
function exif(orientation: number, little: boolean, type = 3): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 + 6 + 8 + 2 + 24 + 4));
  view.setUint16(0, 0xffe1);
  view.setUint16(2, view.byteLength - 2);
  view.setUint32(4, 0x45786966);
  const tiff = 10;
  view.setUint16(tiff, little ? 0x4949 : 0x4d4d);
  view.setUint16(tiff + 2, 42, little);
  view.setUint32(tiff + 4, 8, little);
  view.setUint16(tiff + 8, 2, little);
  const entry = (i: number, tag: number, kind: number, value: number) => {
    const at = tiff + 10 + 12 * i;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, kind, little);
    view.setUint32(at + 4, 1, little);
    view.setUint16(at + 8, value, little);
  };
  entry(0, 0x0100, 3, 48);
  entry(1, 0x0112, type, orientation);
  return new Uint8Array(view.buffer);
}

function withSegment(file: Uint8Array, segment: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(file.length + segment.length);
  whole.set(file.subarray(0, 2));
  whole.set(segment, 2);
  whole.set(file.subarray(2), 2 + segment.length);
  return whole;
}

/** Colours in the middles of the squares. */
function squares({
  width,
  height,
  data,
}: {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}) {
  return Array.from({ length: height / 16 }, (_, row) =>
    Array.from({ length: width / 16 }, (_, column) => {
      const at = 4 * (width * (16 * row + 8) + 16 * column + 8);
      const near = Object.entries(rgb).find(([, colour]) =>
        colour.every((c, i) => Math.abs(c - data[at + i]!) < 40),
      );
      return near?.[0];
    }),
  );
}

/** What a viewer shows, by the table of the standard: which side of the picture the file's first row and column are. */
const shown: Readonly<Record<Orientation, readonly (readonly string[])[]>> = {
  1: [
    ["red", "green", "blue"],
    ["yellow", "black", "white"],
  ],
  2: [
    ["blue", "green", "red"],
    ["white", "black", "yellow"],
  ],
  3: [
    ["white", "black", "yellow"],
    ["blue", "green", "red"],
  ],
  4: [
    ["yellow", "black", "white"],
    ["red", "green", "blue"],
  ],
  5: [
    ["red", "yellow"],
    ["green", "black"],
    ["blue", "white"],
  ],
  6: [
    ["yellow", "red"],
    ["black", "green"],
    ["white", "blue"],
  ],
  7: [
    ["white", "blue"],
    ["black", "green"],
    ["yellow", "red"],
  ],
  8: [
    ["blue", "white"],
    ["green", "black"],
    ["red", "yellow"],
  ],
};

describe("photographs are turned upright, as browsers do", () => {
  const file = photo();
  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)(
    "orientation %i, in either byte order",
    async (orientation) => {
      for (const little of [true, false]) {
        const turned = withSegment(file, exif(orientation, little));
        expect(jpegOrientation(turned)).toBe(orientation);
        expect(squares(await nodeDecode(turned))).toEqual(shown[orientation]);
      }
    },
  );

  test("no pixel is lost or made", () => {
    const data = Uint8Array.from({ length: 4 * 15 }, (_, i) => i);
    for (const orientation of [2, 3, 4, 5, 6, 7, 8] as const) {
      const turned = upright({ width: 5, height: 3, data }, orientation);
      const firsts = (bytes: Uint8Array | Uint8ClampedArray) =>
        Array.from(bytes)
          .filter((_, i) => i % 4 === 0)
          .sort((a, b) => a - b);
      expect(firsts(turned.data)).toEqual(firsts(data));
      expect(turned.width * turned.height).toBe(15);
    }
  });
});

test.each([
  ["no segment", photo()],
  ["a value that is none", withSegment(photo(), exif(9, true))],
  ["a text in place of a number", withSegment(photo(), exif(6, true, 2))],
  [
    "a directory beyond the segment",
    (() => {
      const segment = exif(6, true);
      segment[14] = 200;
      return withSegment(photo(), segment);
    })(),
  ],
  ["a segment that is cut off", withSegment(photo(), exif(6, true)).subarray(0, 20)],
  ["another format", new Uint8Array([0x89, 0x50, 0x4e, 0x47])],
])("%s: upright", (_, bytes) => {
  expect(jpegOrientation(bytes)).toBe(1);
});
