import { describe, expect, test } from "vitest";
import reference from "../../../../test/fixtures/reference/resize.json" with { type: "json" };
import { opaque } from "./pixels.ts";
import { packImage } from "./resize.ts";

const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe.each(reference)("$height×$width to $side×$side", ({ height, width, side, pixels, ...expected }) => {
  const image = opaque(Uint8Array.from(pixels), width, height, 3);

  // Pillow rounds between its two passes.
  test.each(["stretch", "crop"] as const)("%s is what Pillow makes of it, within 1 of 255", (fit) => {
    const packed = packImage(image, { side, channels: 3, fit });
    expect(packed).toHaveLength(side * side * 3);
    expect(largestDifference(packed, expected[fit])).toBeLessThanOrEqual(1);
  });

  test("grey is Pillow's, within 1 of 255", () => {
    if (height !== width) return;
    const packed = packImage(image, { side: height, channels: 1, fit: "stretch" });
    expect(largestDifference(packed, expected.grey)).toBeLessThanOrEqual(1);
  });
});

const ramp = (width: number, height: number) =>
  opaque(
    Uint8Array.from({ length: width * height }, (_, i) => 10 * (i % width) + 1),
    width,
    height,
    1,
  );

test("an image of the right size stays as it is", () => {
  const image = ramp(6, 6);
  for (const fit of ["crop", "pad", "stretch"] as const)
    expect(packImage(image, { side: 6, channels: 1, fit })).toEqual(image.data.filter((_, i) => i % 4 === 0));
});

test("a wide image: its middle is cut out, or it is framed in black, or all of it is squeezed", () => {
  const image = ramp(8, 4);
  const row = (fit: "crop" | "pad" | "stretch", y: number) => [
    ...packImage(image, { side: 4, channels: 1, fit }).subarray(4 * y, 4 * y + 4),
  ];
  expect(row("crop", 0)).toEqual([21, 31, 41, 51]);
  expect(row("pad", 0)).toEqual([0, 0, 0, 0]);
  // Half the size: neighbours are averaged, weighted 1 3 3 1; at an edge without the one outside.
  expect(row("pad", 1)).toEqual([8, 26, 46, 64]);
  expect(row("stretch", 2)).toEqual([8, 26, 46, 64]);
});

test("what is transparent lies on white", () => {
  const data = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 255, 200, 100, 0, 128, 255, 255, 255, 255);
  const packed = packImage({ width: 2, height: 2, data }, { side: 2, channels: 3, fit: "crop" });
  expect([...packed]).toEqual([255, 255, 255, 0, 0, 0, 227, 177, 127, 255, 255, 255]);
});
