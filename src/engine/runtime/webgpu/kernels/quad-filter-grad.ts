import { defineKernel, each, type Kernel, list, read, write } from "../kernel.ts";
import { quadSum } from "./quad.ts";
import { argumentsFirst } from "./text.ts";

// Groups whose vectors are not in whole pairs; the others: turned-filter-grad.ts.
//
// N images, C channels, K filters, k×k taps; a segment is P = 4 pixels side by side on one line of dy. Quads: quad.ts.
//
// A quad owns a block of the filters, 4·A channels × 4·B filters of all T taps of one tap row, in registers, and walks
// along the segments of its chunk, an invocation a segment: the columns of x under a segment are read once for the taps of
// a line, each pixel of dy once for all. With T = 3, stride 1: 6·A + 4·B vector loads for 192·A·B multiply-adds an
// invocation, 27 a load for A = 1, B = 2 and 38 for 2 × 2; a tap at a time is 16. In the end the invocations'
// sums are joined by swaps in the quad, then the chunks by a second stage (split-K without atomics).

/** Pixels of a segment. */
export const filterSegment = 4;

export interface QuadFilterGradShape {
  /** Vectors of channels and of filters of a quad's block. */
  readonly channels: number;
  readonly filters: number;
  /** Taps of a line, and the stride. */
  readonly taps: number;
  readonly stride: number;
  /** x is normed, and rectified, as it is loaded. */
  readonly normed: boolean;
}

const args = {
  /** Segments of a line and in all; steps of four of them in all, and of a chunk. */
  lineSegments: "u32",
  segments: "u32",
  steps: "u32",
  chunkSteps: "u32",
  chunks: "u32",
  outHeight: "u32",
  outWidth: "u32",
  height: "u32",
  width: "u32",
  padding: "u32",
  /** Vectors of a pixel of x and of dy; vectors of a group of x; channels of a group. */
  xUnits: "u32",
  dyUnits: "u32",
  inner: "u32",
  filterRows: "u32",
  /** Blocks of a group's channels, of all filters, of a group's filters; of the whole. */
  channelBlocks: "u32",
  filterBlocks: "u32",
  groupBlocks: "u32",
  blocks: "u32",
  /** Vectors of all filters: from one chunk's sums to the next's. */
  length: "u32",
  floor: "f32",
} as const;

/** Σ over a chunk's pixels of x ⊗ dy, for each block of the filters. */
export function quadFilterGrad(shape: QuadFilterGradShape): Kernel<typeof args> {
  const { channels, filters, taps, stride, normed } = shape;
  /** Rows of a tap's block: channels that have a filter row of their own. */
  const rows = 4 * channels;
  const pixels = filterSegment;
  // One tap reads every stride-th column alone.
  const apart = taps === 1 ? stride : 1;
  const columns = taps === 1 ? pixels : stride * (pixels - 1) + taps;
  const columnOf = (p: number, tap: number) => (taps === 1 ? p : stride * p + tap);
  const loadColumn = (q: number) => `
    let column${q} = ${q === 0 ? `at * ${stride}u - a.padding` : `column${q - 1} + ${apart}u`};
    let from${q} = ${q === 0 ? "row + column0 * a.xUnits" : `from${q - 1} + columnStep`};
    let ok${q} = rowOk & (column${q} < a.width);
${each(channels, (i) => {
  const loaded = `x[from${q} + ${i}u]`;
  const made = normed ? `max(fma(${loaded}, xScale${i}, xShift${i}), vec4f(a.floor))` : loaded;
  return `    let v${q}_${i} = select(vec4f(0.0), ${made}, ok${q});`;
})}`;
  const product = (tap: number, row: number, b: number) => {
    const factor = (p: number) => `vec4f(v${columnOf(p, tap)}_${row >> 2}.${"xyzw"[row % 4]})`;
    const sum = `s${tap}_${row}_${b}`;
    let text = sum;
    for (let p = 0; p < pixels; p++) text = `fma(${factor(p)}, d${p}_${b}, ${text})`;
    return `    ${sum} = ${text};`;
  };
  const allSums = (piece: (tap: number, row: number, b: number) => string) =>
    each(taps, (tap) => each(rows, (row) => each(filters, (b) => piece(tap, row, b))));
  return defineKernel({
    name: `conv2dFilterGrad quad ${channels}×${filters} ${taps}/${stride}${normed ? " normed" : ""}`,
    args,
    bindings: [
      read("x", "vec4f"),
      read("dy", "vec4f"),
      read("xVectors", "vec4f", ["xScale", "xShift"]),
      write("sums", "vec4f"),
    ],
    workgroup: 4,
    subgroups: true,
    body: argumentsFirst(`
  if (group >= a.blocks * a.chunks) { return; }
  let chunk = group / a.blocks;
  let block = group - chunk * a.blocks;
  let row_ = block / a.filterBlocks;
  let filterBlock = block - row_ * a.filterBlocks;
  let ky = row_ / a.channelBlocks;
  let channelBlock = row_ - ky * a.channelBlocks;
  let k = filterBlock * ${filters}u;
  let c = (filterBlock / a.groupBlocks) * a.inner + channelBlock * ${channels}u;
  let columnStep = ${apart}u * a.xUnits;
${
  normed
    ? each(
        channels,
        (i) => `  let xScale${i} = xVectors[a.xScaleAt + c + ${i}u];
  let xShift${i} = xVectors[a.xShiftAt + c + ${i}u];`,
      )
    : ""
}
${allSums((tap, row, b) => `  var s${tap}_${row}_${b} = vec4f(0.0);`)}
  let end = min(a.steps, (chunk + 1u) * a.chunkSteps);
  for (var step = chunk * a.chunkSteps; step < end; step++) {
    let segment = step * 4u + lane;
    let live = segment < a.segments;
    let line = segment / a.lineSegments;
    let at = (segment - line * a.lineSegments) * ${pixels}u;
    let image = line / a.outHeight;
    let iy = (line - image * a.outHeight) * ${stride}u + ky - a.padding;
    let rowOk = live & (iy < a.height);
    let row = a.xAt + c + (image * a.height + iy) * a.width * a.xUnits;
${each(columns, loadColumn)}
    let dyAt0 = a.dyAt + k + (line * a.outWidth + at) * a.dyUnits;
${each(
  pixels,
  (p) => `
    ${p === 0 ? "" : `let dyAt${p} = dyAt${p - 1} + a.dyUnits;`}
${each(filters, (b) => `    let d${p}_${b} = select(vec4f(0.0), dy[dyAt${p} + ${b}u], live & (at + ${p}u < a.outWidth));`)}`,
)}
${allSums(product)}
  }
${each(filters, (b) => `  var sums_${b} = ${list("vec4f", taps * rows, (i) => `s${Math.floor(i / rows)}_${i % rows}_${b}`)};`)}
  let out = a.sumsAt + chunk * a.length + ((ky * ${taps}u) * a.filterRows + channelBlock * ${rows}u) * a.dyUnits + k;
  for (var tap = 0u; tap < ${taps}u; tap++) {
    for (var row = 0u; row < ${rows}u; row++) {
      let to = out + (tap * a.filterRows + row) * a.dyUnits;
${each(
  filters,
  (b) => `
      var sum${b} = sums_${b}[tap * ${rows}u + row];
${quadSum(`sum${b}`)}
      if (lane == 0u) { sums[to + ${b}u] = sum${b}; }`,
)}
    }
  }`),
  });
}
