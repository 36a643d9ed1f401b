import { defineKernel, each, type Kernel, list, read, write } from "../kernel.ts";
import { argumentsFirst, floored } from "./text.ts";
import { components, turned, turns } from "./turns.ts";

// The filters' gradient of a 1×1 convolution, made by quads: subgroups of four invocations, one a workgroup. For adapters
// that compute on the processor; quad.ts says why, and what a load costs there.
//
// A quad makes 4·A channels × 16·B filters: its invocations have neighbouring vectors of filters. Of four pixels each loads
// the channels of one, and the others get them as they swap (turns.ts): in turn r an invocation is at the pixel of lane ^ r.
// A + 4·B vector loads for 64·A·B multiply-adds an invocation, 43 a load for 4 × 2; reading all for itself takes 16 for 2 × 2. Pixels are walked in one line, whatever the stride. The chunks of
// pixels are joined by a second stage (filter-grad.ts). Channels and filters beyond the last are made, but not stored.

/** Invocations of a quad. */
export const quadLanes = 4;

/** Pixels of a step of the walk: one an invocation. */
export const productStep = quadLanes;

/** Vectors of channels, and of filters, of an invocation. */
export interface ProductBlock {
  readonly channels: number;
  readonly filters: number;
}

const args = {
  /** Pixels of dy in all, and of one image, and of a line; then x's height and width. */
  rows: "u32",
  imagePixels: "u32",
  width: "u32",
  stridedHeight: "u32",
  stridedWidth: "u32",
  stride: "u32",
  /** 1 where there is a stride: a loop that runs once or never, since SwiftShader makes both sides of a branch. */
  gaps: "u32",
  /** Vectors of a pixel of x and of dy. */
  xUnits: "u32",
  dyUnits: "u32",
  /** Blocks along the filters, four invocations wide; along the channels; chunks of so many pixels, a multiple of four. */
  across: "u32",
  channelBlocks: "u32",
  chunks: "u32",
  chunkRows: "u32",
  /** Vectors of all filters: from one chunk's sums to the next's. */
  length: "u32",
  /** 0 where a kernel for normed x reads one that is not: its scale is 1, its shift 0. */
  normed: "u32",
  floor: "f32",
} as const;

/** Σ over a chunk's pixels of x ⊗ dy, x perhaps normed and rectified. */
export function productFilterGrad({ channels, filters }: ProductBlock, normed: boolean): Kernel<typeof args> {
  const rows = 4 * channels;
  const value = (i: number) =>
    normed ? `floored(fma(x[xAt + ${i}u], xScale${i}, xShift${i}), a.floor)` : `x[xAt + ${i}u]`;
  return defineKernel({
    name: `productFilterGrad ${channels}×${filters}${normed ? " normed" : ""}`,
    args,
    bindings: [
      read("x", "vec4f"),
      read("dy", "vec4f"),
      read("xVectors", "vec4f", ["xScale", "xShift"]),
      write("sums", "vec4f"),
    ],
    workgroup: quadLanes,
    subgroups: true,
    declarations: normed ? floored : "",
    body: argumentsFirst(`
  if (group >= a.across * a.channelBlocks * a.chunks) { return; }
  let rest = group / a.across;
  let chunk = rest / a.channelBlocks;
  let c = (rest - chunk * a.channelBlocks) * ${channels}u;
  let given = ((group - rest * a.across) * ${quadLanes}u + lane) * ${filters}u;
  let k = min(given, a.dyUnits - ${filters}u);
${each(rows, (i) => each(filters, (b) => `  var s${i}_${b} = vec4f(0.0);`))}
${
  normed
    ? each(
        channels,
        (i) => `  let own${i} = min(c + ${i}u, a.xUnits - 1u) * a.normed;
  let xScale${i} = select(vec4f(1.0), xVectors[a.xScaleAt + own${i}], a.normed != 0u);
  let xShift${i} = select(vec4f(0.0), xVectors[a.xShiftAt + own${i}], a.normed != 0u);`,
      )
    : ""
}
  let end = min(a.rows, (chunk + 1u) * a.chunkRows);
  for (var row = chunk * a.chunkRows; row < end; row += ${productStep}u) {
    let laneRow = row + lane;
    var pixel = laneRow;
    for (var once = 0u; once < a.gaps; once++) {
      let image = laneRow / a.imagePixels;
      let inImage = laneRow - image * a.imagePixels;
      let line = inImage / a.width;
      pixel = (image * a.stridedHeight + line * a.stride) * a.stridedWidth + (inImage - line * a.width) * a.stride;
    }
    let live = laneRow < end;
    let xAt = a.xAt + select(0u, pixel, live) * a.xUnits + c;
${each(channels, (i) => `    let x${i}_0 = select(vec4f(0.0), ${value(i)}, live);`)}
${each(
  productStep,
  (turn) => `    let dyAt${turn} = a.dyAt + min(row + (lane ^ ${turn}u), end - 1u) * a.dyUnits + k;
${each(filters, (b) => `    let d${turn}_${b} = dy[dyAt${turn} + ${b}u];`)}`,
)}
${each(channels, (i) => `    ${turned(`x${i}_`)}`)}
${each(rows, (i) =>
  each(filters, (b) => {
    const sum = (k: string) =>
      [
        `s${i}_${b}.${k}`,
        ...turns.map((_, turn) => `x${i >> 2}_${turn}.${components[i % 4]} * d${turn}_${b}.${k}`),
      ].join(" + ");
    return `    s${i}_${b} = vec4f(${components.map(sum).join(",\n      ")});`;
  }),
)}
  }
  if (given >= a.dyUnits) { return; }
${each(filters, (b) => `  var sums_${b} = ${list("vec4f", rows, (i) => `s${i}_${b}`)};`)}
  // Vectors of channels behind the last have no rows; vectors that the block before makes are not stored twice.
  let live = min(${rows}u, (a.xUnits - c) * 4u);
  for (var i = 0u; i < live; i++) {
    let to = a.sumsAt + chunk * a.length + (c * 4u + i) * a.dyUnits + k;
${each(filters, (b) => `    if (k + ${b}u >= given) { sums[to + ${b}u] = sums_${b}[i]; }`)}
  }`),
  });
}
