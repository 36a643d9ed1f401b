import { describe, expect, test } from "vitest";
import { createRng, type Rng } from "../math/rng.ts";
import { rotated, sheared, shifted } from "./affine.ts";
import { augmentBatch } from "./augment.ts";
import * as photometric from "./photometric.ts";
import { operationNames, randAugment } from "./rand-augment.ts";

const size = { width: 24, height: 16 };

function picture(seed: number): photometric.Picture {
  const rng = createRng(seed, "picture");
  return {
    ...size,
    channels: 3,
    pixels: Uint8Array.from({ length: 24 * 16 * 3 }, () => rng.int(30, 220)),
  };
}

/** Draws these operations, all with this sign. */
function drawing(names: readonly string[], sign: 1 | -1): Rng {
  const left = [...names];
  const choice = <T>(items: readonly T[]): T =>
    items.find((item) => (item as unknown) === left[0] && left.shift())!;
  return { ...createRng(1), choice, float: () => (sign < 0 ? 0.25 : 0.75) };
}

function drawn(names: readonly string[], sign: 1 | -1, magnitude: number) {
  return randAugment(size, magnitude, names.length, drawing(names, sign));
}

function changed(names: readonly string[], sign: 1 | -1, magnitude: number): Uint8Array {
  const before = picture(1);
  for (const change of drawn(names, sign, magnitude).values) change(before);
  return before.pixels;
}

/**
 * torchvision's RandAugment (_augmentation_space of 31 bins, bins 9, 15 and 30): what the operations do at a magnitude.
 * Factors are 1 ± `enhance`.
 */
const torchvision = [
  { magnitude: 3, shear: 0.09, shift: 0.3 * (150 / 331), degrees: 9, enhance: 0.27, bits: 7, from: 178.5 },
  { magnitude: 5, shear: 0.15, shift: 0.5 * (150 / 331), degrees: 15, enhance: 0.45, bits: 6, from: 127.5 },
  { magnitude: 10, shear: 0.3, shift: 150 / 331, degrees: 30, enhance: 0.9, bits: 4, from: 0 },
];

test("the operations are the 14 of the paper", () => {
  expect([...operationNames].sort()).toEqual(
    [
      ...["identity", "autoContrast", "equalize", "rotate", "solarize", "color", "posterize", "contrast"],
      ...["brightness", "sharpness", "shearX", "shearY", "translateX", "translateY"],
    ].sort(),
  );
});

describe.each(torchvision)(
  "at M = $magnitude",
  ({ magnitude, shear, shift, degrees, enhance, bits, from }) => {
    test.each([1, -1] as const)("strengths are torchvision's, sign %i", (sign) => {
      const maps = {
        identity: [1, 0, 0, 0, 1, 0],
        shearX: sheared(size, sign * shear, 0),
        shearY: sheared(size, 0, sign * shear),
        translateX: shifted(sign * shift * 24, 0),
        translateY: shifted(0, sign * shift * 16),
        rotate: rotated(size, (sign * degrees * Math.PI) / 180),
      };
      for (const [name, wanted] of Object.entries(maps)) {
        const { affine, values } = drawn([name], sign, magnitude);
        expect(values).toEqual([]);
        affine.forEach((value, i) => {
          expect(value, `${name}[${i}]`).toBeCloseTo(wanted[i]!, 12);
        });
      }
      const wanted = {
        brightness: (image: photometric.Picture) => photometric.brightness(image, 1 + sign * enhance),
        color: (image: photometric.Picture) => photometric.color(image, 1 + sign * enhance),
        contrast: (image: photometric.Picture) => photometric.contrast(image, 1 + sign * enhance),
        sharpness: (image: photometric.Picture) => photometric.sharpness(image, 1 + sign * enhance),
        posterize: (image: photometric.Picture) => photometric.posterize(image, bits),
        solarize: (image: photometric.Picture) => photometric.solarize(image, from),
        autoContrast: photometric.autoContrast,
        equalize: photometric.equalize,
      };
      for (const [name, change] of Object.entries(wanted)) {
        const image = picture(1);
        change(image);
        expect(changed([name], sign, magnitude), name).toEqual(image.pixels);
        expect(image.pixels, name).not.toEqual(picture(1).pixels);
      }
    });
  },
);

test("changes of values follow each other as drawn, and points as drawn", () => {
  const both = drawn(["solarize", "rotate", "equalize", "shearX"], 1, 7);
  const image = picture(1);
  for (const change of both.values) change(image);
  const wanted = picture(1);
  photometric.solarize(wanted, 255 * (1 - 0.7));
  photometric.equalize(wanted);
  expect(image.pixels).toEqual(wanted.pixels);
  expect(changed(["equalize", "solarize"], 1, 7)).not.toEqual(wanted.pixels);
  expect(both.affine).toEqual(drawn(["rotate", "shearX"], 1, 7).affine);
  expect(both.affine).not.toEqual(drawn(["shearX", "rotate"], 1, 7).affine);
});

test("every operation comes about equally often", () => {
  const rng = createRng(3, "draws");
  const counts = new Map<string, number>();
  const choice = <T>(items: readonly T[]): T => {
    const item = rng.choice(items);
    counts.set(String(item), (counts.get(String(item)) ?? 0) + 1);
    return item;
  };
  for (let i = 0; i < 1_000; i++) randAugment(size, 5, 3, { ...rng, choice });
  expect(counts.size).toBe(14);
  for (const count of counts.values()) expect(Math.abs(count / 3_000 - 1 / 14)).toBeLessThan(0.02);
});

describe("in a batch", () => {
  const source = { ...size, channels: 3, pixelsOf: (n: number) => picture(n).pixels };
  const settings = { cropPadding: 2, flip: true, randAugment: 8, randAugmentOperations: 3 };

  test("every image's bytes are its own, changed as drawn for it; the data set's stay", () => {
    const batch = augmentBatch(settings, source, size, 40, createRng(5, "augment"))!;
    const length = 24 * 16 * 3;
    expect(batch.pixels?.length).toBe(40 * length);
    expect(batch).not.toHaveProperty("gains");
    // The same stream, drawn again image by image.
    const rng = createRng(5, "augment");
    let same = 0;
    for (let n = 0; n < 40; n++) {
      rng.float();
      rng.int(-2, 2);
      rng.int(-2, 2);
      const image = picture(n);
      const { values } = randAugment(size, 8, 3, rng);
      for (const change of values) change(image);
      expect(batch.pixels!.subarray(n * length, (n + 1) * length)).toEqual(image.pixels);
      if (values.length === 0) same++;
    }
    expect(same).toBeGreaterThan(0);
  });

  test("no bytes are copied where only points move", () => {
    const points = ["identity", "rotate", "shearX"];
    const rng = { ...createRng(1), choice: <T>() => points[0] as T, float: () => 0.75 };
    const batch = augmentBatch({ randAugment: 8, randAugmentOperations: 1 }, source, size, 4, rng)!;
    expect(batch.pixels).toBeUndefined();
    expect(batch.matrices?.length).toBe(24);
  });
});
