import { each } from "../kernel.ts";
import { writeSums } from "./conv-tile.ts";
import { components, eachTurn, joined, turned, turns } from "./turns.ts";

// Convolutions with taps, made by quads: subgroups of four invocations, one a workgroup.
//
// N images, H×W pixels, C channels, K filters, groups of `inner` read and `own` written vectors of four channels, k×k taps.
// A segment is P = 4 pixels side by side on one line of the written map. The invocations of a quad make S segments each, one
// or two, of the same B vectors: each reads its own pixels, and a filter that all four need is read by one of them, a quarter
// of the filters each, and told to the others or swapped. Where k is 3 and the stride 1 or 2, the columns of a line are read
// once for its three taps: P + 2, or 2·P + 1 forwards with a stride. Backwards with a stride a segment is P pixels of dy's
// line and writes the 2·P of dx that they reach: P + 1 columns.
//
// For adapters that compute on the processor (SwiftShader: four invocations are one SSE vector, and a load is done element
// by element, each with a check: 8 to 10 ns for a float of each of the four; a multiply-add 0.4 ns, telling the others
// 0.8, a value carried around a loop 1.3). A line's taps and four channels in, at a stride of 1: S·(P + 2) vectors of the map
// and 3·B of the filters for 48·S·P·B multiply-adds an invocation, 43 a load for S = 2, B = 2; in turns, where 12 vectors of
// filters serve four blocks, 64; reading all for itself takes 21. Products are of matrices, which compile in half the time of
// sums that are written out. On a real GPU quads would be as narrow as a quarter of a wave or less; kernels of conv-tile.ts
// run there.

export interface QuadShape {
  /** Pixels of a segment, and segments of an invocation: what is read of the filters serves all of them. */
  readonly pixels: number;
  readonly segments: 1 | 2;
  /** Vectors of an invocation. */
  readonly blocks: number;
  /** They are four, and made in turns (turns.ts): of the filters each invocation reads those of one. */
  readonly turned: boolean;
  /** 3 where the columns of a line are read once for its taps; 0 where every tap reads its own. */
  readonly window: number;
  /** Of a window; of others it is an argument. */
  readonly stride: number;
}

export const quadName = ({ pixels, segments, blocks, turned: inTurns, window, stride }: QuadShape): string =>
  `quad ${segments > 1 ? `${segments}×` : ""}${pixels}×${blocks}${inTurns ? " turned" : ""}${window > 0 ? ` window ${window}/${stride}` : ""}`;

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

/** One piece of text per segment of an invocation. */
export const eachSegment = ({ segments }: QuadShape, piece: (g: number) => string): string =>
  each(segments, piece);

/**
 * Which segments an invocation is at: `line_g` of the map (or class), `at_g` its first pixel there, `live_g` unless behind
 * the last.
 */
export const segments = (quad: string, shape: QuadShape): string =>
  eachSegment(
    shape,
    (g) => `
    let segment_${g} = ((${quad} * a.span + t) * 4u + lane) * ${shape.segments}u + ${g}u;
    let live_${g} = segment_${g} < a.segments;
    let place_${g} = select(0u, segment_${g}, live_${g});
    let line_${g} = place_${g} / a.lineSegments;
    let at_${g} = (place_${g} - line_${g} * a.lineSegments) * ${shape.pixels}u;`,
  );

/** Sum over the quad, in each of its invocations. */
export const quadSum = (name: string): string => `
  ${name} += quadSwapX(${name});
  ${name} += quadSwapY(${name});`;

export interface TapText {
  readonly shape: QuadShape;
  /** Pixels that a segment writes: more than its own where those between them are written, too. */
  readonly written: number;
  /** Declares, of segment g, `rowOk_g`, and `row_g`, the vector of column 0 on the line of tap row i. */
  readonly line: (g: number) => string;
  /** First column of a segment's window, or of tap column j; what a column is further on for the next pixel. */
  readonly firstColumn: (g: number) => string;
  readonly step: string;
  /** Columns of a window; the one of written pixel p and tap column j, if that tap reaches it. */
  readonly columns: number;
  readonly columnOf: (p: number, j: number) => number | undefined;
  /** Where an invocation finds the filters of tap (i, j) that it reads for the quad. */
  readonly filterAt: (j: string) => string;
  /**
   * Made in turns: where the invocation finds the filters of its own vector at tap (i, j), four vectors one row apart; and
   * the matrix of them, as columns, multiplied with what is read.
   */
  readonly ownFilterAt: (j: string) => string;
  readonly product: (matrix: string, value: string) => string;
  /** From a block's filter vector to the next one's. */
  readonly nextBlock: string;
  /** What the inner vector c needs, before the lines; the value loaded at `${from}`. */
  readonly before: string;
  readonly value: (from: string) => string;
  /** Whether a value counts: it is on the map, and above what it is rectified at. */
  readonly passes: (value: string, onMap: string) => string;
  /** g0…g3 of the block's filters f: the written vectors of the four channels read. */
  readonly shared: "rows" | "columns";
}

/** Four invocations' filter vectors as what each channel of the read vector is multiplied with. */
const shareRows = each(4, (i) => `        let g${i} = quadBroadcast(f, ${i}u);`);
const shareColumns = each(4, (i) => {
  const parts = [0, 1, 2, 3].map((lane) => `quadBroadcast(f.${"xyzw"[i]}, ${lane}u)`);
  return `        let g${i} = vec4f(${parts.join(", ")});`;
});

/** What is read for a written pixel and a tap; the pixels are those of one segment after the other. */
function readOf({ written, columnOf }: TapText, p: number, j: number | "j"): string | undefined {
  const inSegment = p % written;
  const column = j === "j" ? inSegment : columnOf(inSegment, j);
  return column === undefined ? undefined : `v${Math.floor(p / written)}_${column}`;
}

const writtenPixels = ({ shape, written }: TapText): number => shape.segments * written;

function products(text: TapText, j: number | "j"): string {
  const { shape, nextBlock, filterAt, shared } = text;
  return `
      { let fAt = ${filterAt(`${j === "j" ? "j" : `${j}u`}`)};
${each(
  shape.blocks,
  (b) => `
      { let f = filters[fAt + ${b}u * ${nextBlock}];
${shared === "rows" ? shareRows : shareColumns}
        let m = mat4x4f(g0, g1, g2, g3);
${each(writtenPixels(text), (p) => {
  const v = readOf(text, p, j);
  if (v === undefined) return "";
  return `        s${p}_${b} += m * ${v};`;
})}
      }`,
)}
      }`;
}

/**
 * In turns: the filters of the taps first, then each sum takes all that is multiplied for it, so that it passes once through
 * memory. Per line of three taps S·(P + 2) vectors of the map and 12 of the filters for 192·S·P multiply-adds an invocation:
 * 43 a load for P = 4, 64 for two such segments (S = 2), and no value told.
 */
function turnedProducts(text: TapText, taps: readonly (number | "j")[]): string {
  const { ownFilterAt, product } = text;
  const filters = taps.map(
    (j) => `      let fAt${j} = ${ownFilterAt(j === "j" ? "j" : `${j}u`)};
${each(4, (i) => `      let f${j}_${i}_0 = filters[fAt${j} + ${i}u * a.filterUnits];`)}`,
  );
  const swapped = (turn: number) =>
    turn === 0
      ? ""
      : taps
          .map((j) => each(4, (i) => `      let f${j}_${i}_${turn} = ${turns[turn]}(f${j}_${i}_0);`))
          .join("\n");
  // Matrices: component by component, with all that a sum takes one after the other, in a fifth of the instructions to compile.
  const matrices = (turn: number) =>
    taps
      .map(
        (j) =>
          `      let m${j}_${turn} = mat4x4f(${components.map((_, i) => `f${j}_${i}_${turn}`).join(", ")});`,
      )
      .join("\n");
  const sum = (p: number, turn: number) => {
    const terms = taps.flatMap((j) => {
      const v = readOf(text, p, j);
      return v === undefined ? [] : product(`m${j}_${turn}`, v);
    });
    return [`s${p}_${turn}`, ...terms].join(" + ");
  };
  return `${filters.join("\n")}
${eachTurn(
  (turn) => `${swapped(turn)}
${matrices(turn)}
${each(writtenPixels(text), (p) => `      s${p}_${turn} = ${sum(p, turn)};`)}`,
)}`;
}

/** s${p}_${b} += Σ over taps and channels; `tapsDown` and `tapsAcross` are how many taps there are. */
export function tapProducts(text: TapText): string {
  const { shape, line, firstColumn, step, before, value, passes } = text;
  const { pixels, window } = shape;
  const columns = window > 0 ? text.columns : pixels;
  const loads = eachSegment(shape, (g) =>
    each(
      columns,
      (q) => `
      let column${g}_${q} = ${q === 0 ? firstColumn(g) : `column${g}_${q - 1} + ${step}`};
      let from${g}_${q} = ${q === 0 ? `row_${g} + column${g}_0 * a.readUnits + c` : `from${g}_${q - 1} + columnStep`};
      let n${g}_${q} = ${value(`from${g}_${q}`)};
      let v${g}_${q} = select(vec4f(0.0), n${g}_${q}, ${passes(`n${g}_${q}`, `rowOk_${g} & (column${g}_${q} < readWidth)`)});`,
    ),
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
${eachSegment(shape, line)}
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
 * What becomes of the sums: `finish` of the pixel named, which is that of its segment, whose sums are s_0, s_1 …, and with
 * what is named in `own` of its segment. A loop that selects its sums: a load or a store with a check each, written out next
 * to all that is in registers, takes most of a kernel's compilation.
 */
export function eachPixel(
  shape: QuadShape,
  { written, own }: { readonly written: number; readonly own: readonly string[] },
  finish: (p: string) => string,
): string {
  const { segments, blocks } = shape;
  const together = togetherOf(shape);
  const pixels = segments * written;
  const picked = (i: number, b: number) => {
    let value = `s${i}_${b}`;
    for (let p = i + together; p < pixels; p += together)
      value = `select(${value}, s${p}_${b}, p == ${p - i}u)`;
    return `      var s_${b} = ${value};`;
  };
  const ofSegment = (name: string) =>
    `      let ${name} = ${segments === 1 ? `${name}_0` : `select(${name}_0, ${name}_1, second)`};`;
  return `
    for (var p = 0u; p < ${pixels}u; p += ${together}u) {
      let second = p >= ${written}u;
      let first_ = p - select(0u, ${written}u, second);
${own.map(ofSegment).join("\n")}
${each(
  together,
  (i) => `
    {
${each(blocks, (b) => picked(i, b))}
${finish(`(first_ + ${i}u)`)}
    }`,
)}
    }`;
}
