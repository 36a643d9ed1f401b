import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ColorScheme, resolveColors, themeColors } from "./figure/theme-colors.ts";
import { populationLook } from "./palette.ts";

type Rgb = readonly [number, number, number];

const parse = (hex: string): Rgb =>
  [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255) as never;
const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]: Rgb) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

/** Contrast of WCAG 2. */
function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => y - x);
  return (hi! + 0.05) / (lo! + 0.05);
}

/** Full colour blindness as Machado, Oliveira and Fernandes (2009) simulate it, on linear RGB. */
const sight = {
  usual: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
} as const;

function oklab(hex: string, matrix: readonly number[]): Rgb {
  const rgb = parse(hex).map(linear);
  const seen = [0, 3, 6].map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        rgb.reduce((sum, value, i) => sum + value * matrix[row + i]!, 0),
      ),
    ),
  );
  const [r, g, b] = seen as unknown as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const distance = (a: Rgb, b: Rgb) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
const schemes: ColorScheme[] = ["light", "dark"];

describe("the palette of populations", () => {
  test.each(schemes)("%s: names can be written in its colours, contrast 4.5 or more", (scheme) => {
    const colors = themeColors[scheme];
    for (let i = 0; i < 8; i++)
      expect(contrast(resolveColors(populationLook(i).color, scheme), colors["--panel"]!)).toBeGreaterThan(
        4.5,
      );
  });

  const seen = schemes.flatMap((scheme) =>
    Object.entries(sight).map(([kind, matrix]) => ({ scheme, kind, matrix })),
  );
  test.each(seen)(
    "$scheme, $kind: colours that look alike have other shapes and dashes",
    ({ scheme, matrix }) => {
      const looks = Array.from({ length: 8 }, (_, i) => populationLook(i));
      const colors = looks.map(({ color }) => oklab(resolveColors(color, scheme), matrix));
      for (let i = 0; i < 8; i++)
        for (let j = 0; j < i; j++) {
          const gap = distance(colors[i]!, colors[j]!);
          // Below 0.02 two colours next to each other can hardly be told apart; the second channel carries them then.
          if (gap < 0.02)
            expect([looks[i]!.marker, looks[i]!.dash]).not.toEqual([looks[j]!.marker, looks[j]!.dash]);
          expect(looks[i]!.marker === looks[j]!.marker || looks[i]!.dash === looks[j]!.dash).toBe(false);
        }
      // The first four, which most studies need, are told apart by colour alone.
      for (let i = 0; i < 4; i++)
        for (let j = 0; j < i; j++) expect(distance(colors[i]!, colors[j]!)).toBeGreaterThan(0.03);
    },
  );

  test("sixteen populations look different", () => {
    const looks = Array.from({ length: 16 }, (_, i) => JSON.stringify(populationLook(i)));
    expect(new Set(looks).size).toBe(16);
  });

  test("files are painted in the page's colours", () => {
    const css = readFileSync("src/app/theme/tokens.css", "utf8");
    const [light = "", dark = ""] = css.split(/data-mantine-color-scheme="dark"/);
    const said = (part: string, name: string) => new RegExp(`${name}: (#[0-9a-f]{6});`).exec(part)?.[1];
    for (const [scheme, part] of [
      ["light", light],
      ["dark", dark],
    ] as const)
      for (const [name, value] of Object.entries(themeColors[scheme]))
        expect(said(part, name), name).toBe(value);
  });
});
