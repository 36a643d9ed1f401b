import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import {
  autoContrast,
  brightness,
  color,
  contrast,
  equalize,
  type Picture,
  posterize,
  sharpness,
  solarize,
} from "./photometric.ts";

const operations = {
  autoContrast,
  brightness,
  color,
  contrast,
  equalize,
  posterize,
  sharpness,
  solarize,
} satisfies Record<string, (picture: Picture, value: number) => void>;

type Name = keyof typeof operations;

interface Pillow {
  readonly images: readonly {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly channels: number;
    /** Bytes in base64, here and in the cases. */
    readonly pixels: string;
    readonly cases: readonly {
      readonly steps: readonly (readonly [Name, number | null])[];
      readonly pixels: string;
    }[];
  }[];
}

const pillow = readReference<Pillow>("photometric.json");

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

describe("operations on values are Pillow's to the bit, alone and one after the other", () => {
  test.each(pillow.images)("$name", ({ pixels, cases, width, height, channels }) => {
    for (const { steps, pixels: wanted } of cases) {
      const picture = { pixels: bytesOf(pixels), width, height, channels };
      for (const [name, value] of steps) operations[name](picture, value ?? 0);
      expect([...picture.pixels], JSON.stringify(steps)).toEqual([...bytesOf(wanted)]);
    }
  });
});

test("an image of two channels is stretched, evened and sharpened by channel, and has no colour", () => {
  const pixels = Uint8Array.from({ length: 2 * 5 * 4 }, (_, i) => 40 + ((i * 37) % 90));
  const picture = { pixels: pixels.slice(), width: 5, height: 4, channels: 2 };
  color(picture, 0.1);
  expect(picture.pixels).toEqual(pixels);
  const alone = (channel: number) => {
    const one = { ...picture, channels: 1, pixels: pixels.filter((_, i) => i % 2 === channel) };
    for (const change of [autoContrast, equalize]) change(one);
    sharpness(one, 1.9);
    return one.pixels;
  };
  for (const change of [autoContrast, equalize]) change(picture);
  sharpness(picture, 1.9);
  for (const channel of [0, 1])
    expect(picture.pixels.filter((_, i) => i % 2 === channel)).toEqual(alone(channel));
});
