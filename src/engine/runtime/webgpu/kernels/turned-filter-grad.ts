import { defineKernel, each, type Kernel, list, read, write } from "../kernel.ts";
import { argumentsFirst } from "./text.ts";
import { components, turns } from "./turns.ts";

// N images, C channels, K filters in groups of whole blocks, k×k taps; a segment is P = 4 pixels side by side on one line of
// dy. Quads: quad.ts; turns: turns.ts. For adapters that compute on the processor.
//
// A quad makes a block of 4·V channels × 4·V filters of all T taps of one tap row, V = 4 or 2 vectors wide. Its invocations
// have neighbouring vectors of filters, whose sums stay theirs: nothing is joined between them where V = 4. Each loads of x
// the vector of channels at its own place, and the others get it as they swap: in turn r an invocation is at the channels of
// the one at lane ^ r. The columns of x under a segment are read once for the taps of a line, each pixel of dy once. Lines of
// dy that the tap row takes beyond the map are not walked. With T = 3 and a stride of 1, 6 + 4 vector loads for 192·V
// multiply-adds an invocation: 77 a load for V = 4, 38 for V = 2; a stride of 2 takes 9 + 4. Where V = 2 the quad's halves
// are at segments by turns, and join their sums in the end. The chunks of segments are joined by a second stage
// (split-K without atomics). On a real GPU it would be bound by registers (4·V·T vectors of sums); filter-grad.ts runs there.

/** Pixels of a segment. */
export const turnedSegment = 4;

export interface TurnedFilterGradShape {
  /** Vectors of channels, and of filters, of a quad's block. */
  readonly width: 2 | 4;
  /** Taps of a line, and the stride. */
  readonly taps: number;
  readonly stride: number;
  /** x is normed, and rectified, as it is loaded. */
  readonly normed: boolean;
}

const args = {
  /** Segments of a line; images; quads of a block. */
  lineSegments: "u32",
  images: "u32",
  chunks: "u32",
  outHeight: "u32",
  outWidth: "u32",
  height: "u32",
  width: "u32",
  padding: "u32",
  /** Vectors of a pixel of x and of dy; channels of a group. */
  xUnits: "u32",
  dyUnits: "u32",
  filterRows: "u32",
  /** Blocks along a group's channels, along all filters, along a group's filters; of the whole. */
  channelBlocks: "u32",
  filterBlocks: "u32",
  groupBlocks: "u32",
  blocks: "u32",
  /** Vectors of all filters: from one chunk's sums to the next's. */
  length: "u32",
  floor: "f32",
} as const;

/** Σ over a chunk's pixels of x ⊗ dy, for each block of the filters. */
export function turnedFilterGrad(shape: TurnedFilterGradShape): Kernel<typeof args> {
  const { width, taps, stride, normed } = shape;
  const pixels = turnedSegment;
  const columns = stride * (pixels - 1) + taps;
  const swaps = width === 4 ? turns : turns.slice(0, 2);
  /** Segments that a quad is at together. */
  const together = 4 / width;
  const name = (tap: number, turn: number, i: number) => `s${tap}_${turn}_${i}`;
  const all = (piece: (tap: number, turn: number, i: number) => string) =>
    each(taps, (tap) => each(width, (turn) => each(4, (i) => piece(tap, turn, i))));
  const sums = Array.from(
    { length: 4 * width * taps },
    (_, at) => [Math.floor(at / (4 * width)), Math.floor(at / 4) % width, at % 4] as const,
  );
  const loadColumn = (q: number) => `
    let column${q} = ${q === 0 ? `at * ${stride}u - a.padding` : `column${q - 1} + 1u`};
    let from${q} = ${q === 0 ? "row + column0 * a.xUnits" : `from${q - 1} + a.xUnits`};
    ${
      normed
        ? `let n${q} = fma(x[from${q}], xScale, xShift);
    let v${q}_0 = select(n${q}, vec4f(0.0), (n${q} <= floor) | !vec4<bool>(live & (column${q} < a.width)));`
        : `let v${q}_0 = select(vec4f(0.0), x[from${q}], live & (column${q} < a.width));`
    }`;
  const product = (tap: number, turn: number, i: number) => {
    const values = Array.from({ length: pixels }, (_, p) => `v${stride * p + tap}_${turn}.${components[i]}`);
    return `    ${name(tap, turn, i)} += grads * vec4f(${values.join(", ")});`;
  };
  const advance = `
    at += ${pixels}u;
    { let wrap = at >= a.outWidth;
      at = select(at, 0u, wrap);
      line = select(line, line + 1u, wrap);
      let next = line == lines;
      line = select(line, 0u, next);
      image = select(image, image + 1u, next); }`;
  return defineKernel({
    name: `conv2dFilterGrad turned ${width} ${taps}/${stride}${normed ? " normed" : ""}`,
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
  let own = lane & ${width - 1}u;
  let k = filterBlock * ${width}u + own;
  let firstChannel = channelBlock * ${4 * width}u;
  let c = ((filterBlock / a.groupBlocks) * a.filterRows + firstChannel) / 4u + own;
${normed ? "  let floor = vec4f(a.floor);\n  let xScale = xVectors[a.xScaleAt + c];\n  let xShift = xVectors[a.xShiftAt + c];" : ""}
  // Lines of dy whose line of x is on the map.
  let firstLine = (max(a.padding, ky) - ky + ${stride - 1}u) / ${stride}u;
  let endLine = min(a.outHeight, (max(a.height + a.padding, ky) - ky + ${stride - 1}u) / ${stride}u);
  let lines = max(endLine, firstLine) - firstLine;
  let steps = (a.images * lines * a.lineSegments + ${together - 1}u) / ${together}u;
  let chunkSteps = (steps + a.chunks - 1u) / a.chunks;
  let end = min(steps, (chunk + 1u) * chunkSteps);
  let segment = chunk * chunkSteps * ${together}u${width === 4 ? "" : ` + lane / ${width}u`};
  let firstOfAll = segment / a.lineSegments;
  var at = (segment - firstOfAll * a.lineSegments) * ${pixels}u;
  var image = firstOfAll / max(lines, 1u);
  var line = firstOfAll - image * lines;
${all((tap, turn, i) => `  var ${name(tap, turn, i)} = vec4f(0.0);`)}
  for (var step = chunk * chunkSteps; step < end; step++) {
    let live = image < a.images;
    let oy = firstLine + line;
    let row = a.xAt + c + (image * a.height + oy * ${stride}u + ky - a.padding) * a.width * a.xUnits;
${each(columns, loadColumn)}
    let dyAt0 = a.dyAt + k + ((image * a.outHeight + oy) * a.outWidth + at) * a.dyUnits;
${each(
  pixels,
  (p) => `
    ${p === 0 ? "" : `let dyAt${p} = dyAt${p - 1} + a.dyUnits;`}
    let d${p} = select(vec4f(0.0), dy[dyAt${p}], live & (at + ${p}u < a.outWidth));`,
)}
    let grads = mat4x4f(d0, d1, d2, d3);
${each(
  width,
  (turn) => `
${turn === 0 ? "" : each(columns, (q) => `    let v${q}_${turn} = ${swaps[turn]}(v${q}_0);`)}
${each(taps, (tap) => each(4, (i) => product(tap, turn, i)))}`,
)}
${each(together, () => advance)}
  }
  var made = ${list("vec4f", sums.length, (at) => name(...sums[at]!))};
  let out = a.sumsAt + chunk * a.length + (ky * ${taps}u * a.filterRows + firstChannel) * a.dyUnits + k;
  for (var i = 0u; i < ${sums.length}u; i++) {
    let tap = i / ${4 * width}u;
    let channel = (((i / 4u) & ${width - 1}u) ^ own) * 4u + (i & 3u);
    var sum = made[i];
${
  width === 4
    ? ""
    : `    sum += quadSwapY(sum);
    if (lane < ${width}u) {`
}
    sums[out + (tap * a.filterRows + channel) * a.dyUnits] = sum;
${width === 4 ? "" : "    }"}
  }`),
  });
}
