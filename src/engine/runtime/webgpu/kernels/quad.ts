import { each } from "../kernel.ts";
import { writeSums } from "./conv-tile.ts";
import { components, eachTurn, joined, turned } from "./turns.ts";

// Convolutions with taps, made by quads: subgroups of four invocations, one a workgroup.
//
// N images, H×W pixels, C channels, K filters, groups of `inner` read and `own` written vectors of four channels, k×k taps.
// A segment is P pixels side by side on one line of the written map. The invocations of a quad make four segments of the
// same B vectors: each reads its own pixels, and a filter that all four need is read by one of them, a quarter of the
// filters each, and told to the others. Where the stride is 1 and k is 3, a line's P + 2 columns are read once for its
// three taps.
//
// For adapters that compute on the processor (SwiftShader: four invocations are one SSE vector, and a load is done element
// by element, each with a check: 8 to 10 ns for a float of each of the four; a multiply-add 0.4 ns, telling the others
// 0.8, a value carried around a loop 1.3). A line's taps and four channels in: P + 2 vectors of the map and 3·B of the
// filters for 48·P·B multiply-adds an invocation: 44 a load for P = 8, B = 2, 70 for B = 4; reading all for itself takes
// 21. On a real GPU quads would be as narrow as a quarter of a wave or less; kernels of conv-tile.ts run there.

export interface QuadShape {
  /** Pixels of a segment. */
  readonly pixels: number;
  /** Vectors of an invocation. */
  readonly blocks: number;
  /** They are four, and made in turns (turns.ts): of the filters each invocation reads those of one. */
  readonly turned: boolean;
  /** 3 where the columns of a line are read once for its taps; 0 where every tap reads its own. */
  readonly window: number;
}

export const quadName = ({ pixels, blocks, turned: inTurns, window }: QuadShape): string =>
  `quad ${pixels}×${blocks}${inTurns ? " turned" : ""}${window > 0 ? ` window ${window}` : ""}`;

/** Arguments of both directions. "read" is x forwards and dy backwards, "written" y or dx; units are vectors. */
export const quadArgs = {
  /** Units of a pixel of the read map and of the written one. */
  readUnits: "u32",
  units: "u32",
  /** The read map. */
  readHeight: "u32",
  readWidth: "u32",
  /** Units of a group: read and written. */
  inner: "u32",
  own: "u32",
  /** Channels that a group of the filters' rows has, and units of such a row. */
  filterRows: "u32",
  filterUnits: "u32",
  kernel: "u32",
  stride: "u32",
  padding: "u32",
  /** Segments of a line and, of a class, in all; blocks of a pixel. */
  lineSegments: "u32",
  segments: "u32",
  across: "u32",
  quads: "u32",
  /** Segments that an invocation makes, one after the other. */
  span: "u32",
} as const;

/** Which segment an invocation is at: `line` of the map (or class), `at` its first pixel there, `live` unless behind the last. */
export const segment = (quad: string, { pixels }: QuadShape): string => `
    let segment = (${quad} * a.span + t) * 4u + lane;
    let live = segment < a.segments;
    let place = select(0u, segment, live);
    let line = place / a.lineSegments;
    let at = (place - line * a.lineSegments) * ${pixels}u;`;

/** Sum over the quad, in each of its invocations. */
export const quadSum = (name: string): string => `
  ${name} += quadSwapX(${name});
  ${name} += quadSwapY(${name});`;

export interface TapText {
  readonly shape: QuadShape;
  /** Declares `rowOk`, and `row`, the vector of column 0 on the line of tap row i. */
  readonly line: string;
  /** First column of the window, or of tap column j; what a column is further on for the next pixel. */
  readonly firstColumn: string;
  readonly step: string;
  /** The window's column of pixel p and tap column j. */
  readonly columnOf: (p: number, j: number) => number;
  /** Where an invocation finds the filters of tap (i, j) that it reads for the quad. */
  readonly filterAt: (j: string) => string;
  /**
   * Made in turns: where the invocation finds the filters of its own vector at tap (i, j), four vectors one row apart; and
   * which component of them is multiplied with component i of what is read, for component k written.
   */
  readonly ownFilterAt: (j: string) => string;
  readonly factor: (tap: string, turn: number, i: number, k: number) => string;
  /** From a block's filter vector to the next one's. */
  readonly nextBlock: string;
  /** What the inner vector c needs, before the lines; the value loaded at `${from}`. */
  readonly before: string;
  readonly value: (from: string) => string;
  /** g0…g3 of the block's filters f: the written vectors of the four channels read. */
  readonly shared: "rows" | "columns";
}

/** Four invocations' filter vectors as what each channel of the read vector is multiplied with. */
const shareRows = each(4, (i) => `        let g${i} = quadBroadcast(f, ${i}u);`);
const shareColumns = each(4, (i) => {
  const parts = [0, 1, 2, 3].map((lane) => `quadBroadcast(f.${"xyzw"[i]}, ${lane}u)`);
  return `        let g${i} = vec4f(${parts.join(", ")});`;
});

function products({ shape, nextBlock, filterAt, columnOf, shared }: TapText, j: number | "j"): string {
  const { pixels, blocks } = shape;
  const column = (p: number) => (j === "j" ? p : columnOf(p, j));
  return `
      { let fAt = ${filterAt(`${j === "j" ? "j" : `${j}u`}`)};
${each(
  blocks,
  (b) => `
      { let f = filters[fAt + ${b}u * ${nextBlock}];
${shared === "rows" ? shareRows : shareColumns}
${each(pixels, (p) => {
  const v = `v${column(p)}`;
  return `        s${p}_${b} = fma(vec4f(${v}.w), g3, fma(vec4f(${v}.z), g2, fma(vec4f(${v}.y), g1, fma(vec4f(${v}.x), g0, s${p}_${b}))));`;
})}
      }`,
)}
      }`;
}

/**
 * In turns: the filters of the taps first, then each sum takes all that is multiplied for it, so that it passes once through
 * memory. Per line of three taps P + 2 vectors of the map and 12 of the filters for 192·P multiply-adds an invocation: 43 a
 * load for P = 4, and no value told.
 */
function turnedProducts(
  { shape, ownFilterAt, factor, columnOf }: TapText,
  taps: readonly (number | "j")[],
): string {
  const filters = taps.map(
    (j) => `      let fAt${j} = ${ownFilterAt(j === "j" ? "j" : `${j}u`)};
${each(4, (i) => `      let f${j}_${i}_0 = filters[fAt${j} + ${i}u * a.filterUnits]; ${turned(`f${j}_${i}_`)}`)}`,
  );
  const sum = (p: number, turn: number, k: number) => {
    const terms = taps.flatMap((j) => {
      const v = `v${j === "j" ? p : columnOf(p, j)}`;
      return components.map((i, n) => `${v}.${i} * ${factor(`f${j}_`, turn, n, k)}`);
    });
    return [`s${p}_${turn}.${components[k]}`, ...terms].join(" + ");
  };
  return `${filters.join("\n")}
${each(shape.pixels, (p) =>
  eachTurn(
    (turn) =>
      `      s${p}_${turn} = vec4f(${components.map((_, k) => sum(p, turn, k)).join(",\n        ")});`,
  ),
)}`;
}

/** s${p}_${b} += Σ over taps and channels; `tapsDown` and `tapsAcross` are how many taps there are. */
export function tapProducts(text: TapText): string {
  const { shape, line, firstColumn, step, before, value } = text;
  const { pixels, window } = shape;
  const columns = window > 0 ? pixels - 1 + window : pixels;
  const loads = each(
    columns,
    (q) => `
      let column${q} = ${q === 0 ? firstColumn : `column${q - 1} + ${step}`};
      let from${q} = ${q === 0 ? `row + column0 * a.readUnits + c` : `from${q - 1} + columnStep`};
      let v${q} = select(vec4f(0.0), ${value(`from${q}`)}, rowOk & (column${q} < readWidth));`,
  );
  const taps = window > 0 ? Array.from({ length: window }, (_, tap) => tap) : (["j"] as const);
  const multiplied = shape.turned
    ? turnedProducts(text, taps)
    : taps.map((tap) => products(text, tap)).join("\n");
  // One loop: what is carried into and out of another costs as much as four multiply-adds of all of it.
  const advance =
    window > 0
      ? `
      i += 1u;
      let wrap = i == tapsDown;`
      : `
      j += 1u;
      let lineDone = j == tapsAcross;
      j = select(j, 0u, lineDone);
      i = select(i, i + 1u, lineDone);
      let wrap = i == tapsDown;`;
  return `
    var c = 0u;
    var i = 0u;
    var j = 0u;
    for (var step = 0u; step < tapsDown * ${window > 0 ? "inner" : "tapsAcross * inner"}; step++) {
${before}
${line}
${loads}
${multiplied}
${advance}
      i = select(i, 0u, wrap);
      c = select(c, c + 1u, wrap);
    }`;
}

/** `unit`, the first that an invocation makes, or, in turns, its own; `quad`, its place along the segments. */
export const quadPlace = ({ blocks, turned: inTurns }: QuadShape): string => `
  if (group >= a.across * a.quads) { return; }
  let quad = group / a.across;
  let firstUnit = (group - quad * a.across) * ${blocks}u;
  let unit = firstUnit${inTurns ? " + lane" : ""};`;

/** The unit of an invocation's block b, or turn. */
export const unitOf = ({ turned: inTurns }: QuadShape, b: number): string =>
  inTurns ? `firstUnit + (lane ^ ${b}u)` : `unit + ${b}u`;

/** Declares `${name}0` …: the vectors of an invocation's blocks, or turns, where `at` finds the first. */
export const vectorsOf = ({ blocks, turned: inTurns }: QuadShape, name: string, at: string): string =>
  inTurns
    ? `  let ${name}0 = ${at}]; ${turned(name)}`
    : each(blocks, (b) => `  let ${name}${b} = ${at} + ${b}u];`);

/** Sums over the quad: of all blocks in each of its invocations, or, in turns, of its own. */
export const summed = ({ blocks, turned: inTurns }: QuadShape, names: readonly string[]): string =>
  inTurns
    ? names.map(joined).join("\n")
    : each(blocks, (b) => names.map((name) => quadSum(`${name}${b}`)).join(""));

/** Two values per unit that a quad has made, side by side in `sums`. */
export const writeQuadSums = ({ blocks, turned: inTurns }: QuadShape, one: string, two: string): string =>
  inTurns
    ? writeSums(1, "quad", one, two)
    : `
  if (lane == 0u) {
${writeSums(blocks, "quad", one, two)}
  }`;

/** `first`: the first unit that is read of the map. */
export const quadLocals = (step: string): string => `
  let inner = a.inner;
  let first = (unit / a.own) * a.inner;
  let readWidth = a.readWidth;
  let columnStep = ${step} * a.readUnits;`;

/** Pixels whose ends are written out in one round of their loop: in turns, where a pixel has four vectors, one. */
const togetherOf = ({ turned: inTurns }: QuadShape): number => (inTurns ? 1 : 2);

/**
 * What becomes of a segment's sums: `finish` of the pixel named, whose sums are s_0, s_1 …. A loop that selects its sums: a
 * load or a store with a check each, written out next to all that is in registers, takes most of a kernel's compilation.
 */
export function eachPixel(shape: QuadShape, finish: (p: string) => string): string {
  const { pixels, blocks } = shape;
  const together = togetherOf(shape);
  const picked = (i: number, b: number) => {
    let value = `s${i}_${b}`;
    for (let p = i + together; p < pixels; p += together)
      value = `select(${value}, s${p}_${b}, p == ${p - i}u)`;
    return `      var s_${b} = ${value};`;
  };
  return `
    for (var p = 0u; p < ${pixels}u; p += ${together}u) {
${each(
  together,
  (i) => `
    {
${each(blocks, (b) => picked(i, b))}
${finish(`(p + ${i}u)`)}
    }`,
)}
    }`;
}
