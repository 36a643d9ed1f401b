import { each, type KernelBinding, read, write } from "../kernel.ts";
import { writeSums } from "./conv-tile.ts";
import type { QuadThen } from "./quad-input-grad.ts";

// Depthwise convolutions, and stems', on adapters that compute on the processor. N images, C channels by vectors of four,
// k×k taps.
//
// An invocation has one vector of channels and walks down bands of lines, four columns of the written map at a time (two
// where the stride spreads them): every line that is read is loaded once for all the tap rows that want it, its columns once
// for all taps across. What later lines want is carried along: sums of lines that are not whole yet, or lines of dy. The
// filter lies in memory of the invocation's own, which costs SwiftShader a tenth of a load from a buffer. Of 16·k² multiply-adds
// a line of four pixels, 3×3 loads 6 vectors and stores 4; by quads (quad.ts) it was 21 loads, and 45 for 5×5 instead of 8.
// A stem's invocation has a vector of filters, which all read the same few channels, one by one: for 3 of them a line of four
// pixels loads 18 floats, not the 108 of a tap at a time, and its subgroup has four bands, so that a load brings four values.
// On a real GPU the columns would be neither whole lines nor many: kernels of conv-tile.ts run there.

export interface WalkShape {
  readonly kernel: number;
  readonly stride: number;
  /** Channels that all filters read, a stem's; 0 where every channel has a filter of its own. */
  readonly stem: number;
}

/** Arguments of all directions: "read" is x forwards and dy backwards. */
export const bandArgs = {
  /** Vectors of a pixel. */
  units: "u32",
  /** The written map, of filter gradients dy's. */
  height: "u32",
  width: "u32",
  readHeight: "u32",
  readWidth: "u32",
  padding: "u32",
  /** Lines of a band, bands of an image and in all; bands of an invocation, and invocations along them. */
  lines: "u32",
  imageBands: "u32",
  bands: "u32",
  span: "u32",
  tiles: "u32",
} as const;

/** Sums that lines are carried in until they are whole, this one's included; so many lines a step meets. */
export const linesAlive = ({ kernel, stride }: WalkShape): number => Math.ceil(kernel / stride);

export const walkName = ({ kernel, stride, stem }: WalkShape): string =>
  `${stem > 0 ? `stem ${stem}` : "depthwise"} ${kernel}/${stride}`;

/** Values of a filter that a vector of channels, or of a stem's filters, has. */
export const filterLength = ({ kernel, stem }: WalkShape): number => kernel * kernel * Math.max(1, stem);

/** From a pixel of the map that is read to the next; where the first one lies. */
export const pixelStep = ({ stem }: WalkShape): string => (stem > 0 ? `${stem}u` : "a.units");
export const ownChannels = ({ stem }: WalkShape): string => (stem > 0 ? "" : "unit + ");

/** What a line's taps multiply for pixel p of a step: values, and the filter's, by place. */
export function tapsOf({ kernel, stride, stem }: WalkShape, ky: number, p: number) {
  return Array.from({ length: kernel }, (_, j) => j).flatMap((j) => {
    const v = `v${stride * p + j}`;
    const at = ky * kernel + j;
    if (stem === 0) return [{ value: v, at }];
    return Array.from({ length: stem }, (_, c) => ({ value: `vec4f(${v}_${c})`, at: at * stem + c }));
  });
}

/** `tile`, the invocation's place along the bands, and `unit`. */
export const ownUnit = ({ stem }: WalkShape): string => `
  let id = group * 4u + lane;
${
  stem > 0
    ? `  let unit = id / a.tiles;
  if (unit >= a.units) { return; }
  let tile = id - unit * a.tiles;`
    : `  let tile = id / a.units;
  if (tile >= a.tiles) { return; }
  let unit = id - tile * a.units;`
}
  let lastBand = min(a.bands, (tile + 1u) * a.span);`;

/** Inside a loop over `band`: `image`, and the lines from `top` to `bottom`. */
export const ownLines = `
    let image = band / a.imageBands;
    let top = (band - image * a.imageBands) * a.lines;
    let bottom = min(a.height, top + a.lines);`;

/** The filter's taps in the invocation's own memory, the last one first where `a.filterStep` is negative. */
export const ownFilter = (shape: WalkShape): string => `
  var f: array<vec4f, ${filterLength(shape)}>;
  var filterAt = a.filtersAt + a.firstTap * a.units + unit;
  for (var t = 0u; t < ${filterLength(shape)}u; t++) {
    f[t] = filters[filterAt];
    filterAt += a.filterStep;
  }`;

/** Σ of factors, as one nested expression on top of `from`. */
export const sumOf = (from: string, factors: readonly (readonly [string, string])[]): string =>
  factors.reduce((sum, [v, w]) => `fma(${v}, ${w}, ${sum})`, from);

export const thenBindings: readonly KernelBinding[] = [
  read("vectors", "vec4f", ["xScale", "xShift", "xMean", "xInvStd"]),
  read("other", "vec4f"),
  write("dx", "vec4f"),
  write("sums", "vec4f"),
];

export function gradientText(then: QuadThen) {
  const normed = then === "norm";
  return {
    before: normed
      ? `
  var beta0 = vec4f(0.0);
  var gamma0 = vec4f(0.0);
  let scale = vectors[a.xScaleAt + unit];
  let shift = vectors[a.xShiftAt + unit];
  let mean = vectors[a.xMeanAt + unit];
  let invStd = vectors[a.xInvStdAt + unit];`
      : "",
    /** Stores `sum` at the vector `at` (a number from the map's beginning) if `ok`. */
    finish: (sum: string, at: string, ok: string) => {
      const made = () => {
        if (then === "store") return `let made = ${sum};`;
        const loaded = `let given = other[a.otherAt + at];`;
        if (then === "add") return `${loaded}\n      let made = ${sum} + given;`;
        return `${loaded}
      let made = select(vec4f(0.0), ${sum}, vec4<bool>(ok) & (fma(given, scale, shift) > vec4f(a.floor)));
      beta0 += made;
      gamma0 = fma(made, (given - mean) * invStd, gamma0);`;
      };
      return `
    { let ok = ${ok};
      let at = select(0u, ${at}, ok);
      ${made()}
      if (ok) { dx[a.dxAt + at] = made; } }`;
    },
    after: normed ? writeSums(1, "tile", "beta", "gamma") : "",
  };
}

/**
 * A line's columns: `v0`, `v1` … of so many, from `left` on, each `value(place)` or 0 where the map has none. A stem's are
 * `v0_0`, `v0_1` …, a channel each.
 */
export const loadLine = (
  shape: WalkShape,
  name: string,
  columns: number,
  { row, left, rowOk, value }: { row: string; left: string; rowOk: string; value: (at: string) => string },
): string =>
  each(
    columns,
    (q) => `
      let column${q} = ${q === 0 ? left : `column${q - 1} + 1u`};
      let from${q} = ${q === 0 ? `${row} + column0 * ${pixelStep(shape)}` : `from${q - 1} + ${pixelStep(shape)}`};
${loadPixel(shape, `${name}${q}`, value, `from${q}`, `${rowOk} & (column${q} < a.readWidth)`)}`,
  );

function loadPixel(
  { stem }: WalkShape,
  name: string,
  value: (at: string) => string,
  at: string,
  ok: string,
): string {
  if (stem === 0) return `      var ${name} = select(vec4f(0.0), ${value(at)}, ${ok});`;
  return `      let ok_${name} = ${ok};
${each(stem, (c) => `      var ${name}_${c} = select(0.0, ${value(`${at} + ${c}u`)}, ok_${name});`)}`;
}
