import { defineKernel, each, type Kernel, read, write } from "../kernel.ts";
import { type ConvLanes, type Join, workgroupOf } from "./conv-tile.ts";
import { argumentsFirst, type Lanes } from "./text.ts";

// N images, C channels, K filters, k×k taps; a line is a row of pixels of dy (a 1×1 convolution's, several): N·outHeight.
//
// One invocation owns a block of the filters, 4·A channels × 4·B filters of one tap (or 1 × 4·B, 1 × 1), in registers, and
// walks along the lines of its chunk: both maps' addresses only step. Neighbouring blocks are neighbouring filters; the
// invocations of one pixel share its inputs (broadcasts). A + B vector loads (B more where dy is made of the norm's
// gradient) for 16·A·B multiply-adds: 0.5 a byte of cache traffic for 1 × 1, 1 for 2 × 2, 1.3 for 4 × 2. What the norms'
// vectors are is held in registers. The chunks are joined by a second stage (split-K without atomics). Limits on a real
// GPU: the L1 cache; the number of invocations for few channels, which the chunks make up for; registers for large blocks.
//
// "workgroup": 64 invocations are so many blocks × row lanes, which are joined in workgroup memory (4 KB) in fixed order.
// "lanes": invocations lie flat, each has a chunk of its own and none waits.

export interface FilterGradShape {
  readonly lanes: ConvLanes;
  /** Vectors of channels of an invocation; 1 for other lanes than "vector". */
  readonly channels: number;
  /** Vectors of filters; 1 for other lanes than "vector" and "wide". */
  readonly filters: number;
  readonly join: Join;
  /** Pixels of the walk that are written out. */
  readonly unroll: number;
  /** x is normed, and rectified, as it is loaded. */
  readonly normed: boolean;
  /** dy is the gradient at the output of a norm, and is led through it as it is loaded. */
  readonly source: boolean;
}

const args = {
  /** Lines of dy in all, and of one image; their pixels. */
  lines: "u32",
  outHeight: "u32",
  outWidth: "u32",
  height: "u32",
  width: "u32",
  kernel: "u32",
  stride: "u32",
  padding: "u32",
  /** Units (vectors or channels) of a pixel of x and of dy. */
  xUnits: "u32",
  dyUnits: "u32",
  /** Channels of a group in units of x; filter rows of a tap in channels. */
  inner: "u32",
  filterRows: "u32",
  /** Blocks of a tap's channels within a group, of all filters, of a group's filters; of the whole. */
  channelBlocks: "u32",
  filterBlocks: "u32",
  groupBlocks: "u32",
  blocks: "u32",
  /** "workgroup": lanes along the blocks (the others go along the lines); workgroups along the blocks. */
  blockLanes: "u32",
  across: "u32",
  chunks: "u32",
  chunkLines: "u32",
  /** Units of all filters: from one chunk's sums to the next's. */
  length: "u32",
  floor: "f32",
  perRow: "f32",
} as const;

/** `block`, `chunk`, and the lines that an invocation takes: from `line` on, every `step`-th. */
const position: Readonly<Record<Join, string>> = {
  workgroup: `
  if (group >= a.across * a.chunks) { return; }
  let chunk = group / a.across;
  let blockLane = lane % a.blockLanes;
  let rowLane = lane / a.blockLanes;
  let given = (group % a.across) * a.blockLanes + blockLane;
  let live = given < a.blocks;
  let block = select(0u, given, live);
  let step = 64u / a.blockLanes;`,
  lanes: `
  let id = group * ${workgroupOf.lanes}u + lane;
  let chunk = id / a.blocks;
  if (chunk >= a.chunks) { return; }
  let block = id - chunk * a.blocks;
  let live = true;
  let rowLane = 0u;
  let step = 1u;`,
};

/** Σ over a chunk's pixels of x ⊗ dy, for each block of the filters. */
export function convFilterGrad(shape: FilterGradShape): Kernel<typeof args> {
  const { lanes, channels, filters, join, unroll, normed, source } = shape;
  const input = lanes === "vector" || lanes === "depthwise" ? "vec4f" : "f32";
  const output = lanes === "scalar" ? "f32" : "vec4f";
  const outer = lanes === "vector";
  /** Rows of the block: channels that have a filter row of their own. */
  const rows = outer ? 4 * channels : 1;
  const sums = rows * filters;
  const factor = (i: number) => {
    if (outer) return `vec4f(x${i >> 2}.${"xyzw"[i % 4]})`;
    return lanes === "depthwise" ? "x0" : `${output}(x0)`;
  };
  const x = (i: number) => {
    const loaded = `x[xAt + ${i}u]`;
    return normed ? `max(fma(${loaded}, xScale${i}, xShift${i}), ${input}(a.floor))` : loaded;
  };
  const dy = (b: number) => {
    const loaded = `dy[a.dyAt + dyAt + ${b}u]`;
    return source
      ? `scale${b} * (${loaded} - level${b} - (y[a.yAt + dyAt + ${b}u] - mean${b}) * slant${b})`
      : loaded;
  };
  const pixel = `
        {
${each(channels, (i) => `          let x${i} = ${x(i)};`)}
${each(filters, (b) => `          let d${b} = ${dy(b)};`)}
${each(rows, (i) => each(filters, (b) => `          s${i * filters + b} = fma(${factor(i)}, d${b}, s${i * filters + b});`))}
        }
        xAt += a.stride * a.xUnits;
        dyAt += a.dyUnits;`;
  const walk =
    unroll === 1
      ? `      for (var ox = low; ox < high; ox++) {${pixel}
      }`
      : `      var ox = low;
      for (; ox + ${unroll}u <= high; ox += ${unroll}u) {${each(unroll, () => pixel)}
      }
      for (; ox < high; ox++) {${pixel}
      }`;
  return defineKernel({
    name: `conv2dFilterGrad ${lanes} ${channels}×${filters} ${join} ${unroll}${normed ? " normed" : ""}${source ? " source" : ""}`,
    args,
    bindings: [
      read("x", input),
      read("dy", output),
      read("y", output),
      read("xVectors", input, ["xScale", "xShift"]),
      read("yVectors", output, ["yScale", "yMean", "yInvStd"]),
      read("totals", output, ["yDGamma", "yDBeta"]),
      write("sums", output),
    ],
    workgroup: workgroupOf[join],
    declarations:
      join === "workgroup" ? `var<workgroup> join_: array<${output}, ${64 * Math.min(4, sums)}>;` : "",
    body: `${position[join]}
  let filterBlock = block % a.filterBlocks;
  let row = block / a.filterBlocks;
  let channelBlock = row % a.channelBlocks;
  let tap = row / a.channelBlocks;
  let ky = tap / a.kernel;
  let kx = tap % a.kernel;
  let k = filterBlock * ${filters}u;
  let c = ${lanes === "depthwise" ? "k" : `(filterBlock / a.groupBlocks) * a.inner + channelBlock * ${channels}u`};
${each(sums, (i) => `  var s${i} = ${output}(0.0);`)}
${
  normed
    ? each(
        channels,
        (i) => `  let xScale${i} = xVectors[a.xScaleAt + c + ${i}u];
  let xShift${i} = xVectors[a.xShiftAt + c + ${i}u];`,
      )
    : ""
}
${
  source
    ? each(
        filters,
        (b) => `  let scale${b} = yVectors[a.yScaleAt + k + ${b}u];
  let mean${b} = yVectors[a.yMeanAt + k + ${b}u];
  let slant${b} = yVectors[a.yInvStdAt + k + ${b}u] * (totals[a.yDGammaAt + k + ${b}u] * a.perRow);
  let level${b} = totals[a.yDBetaAt + k + ${b}u] * a.perRow;`,
      )
    : ""
}
  // The pixels of a line whose tap lies on the map.
  let low = (max(a.padding, kx) - kx + a.stride - 1u) / a.stride;
  let reach = a.width - 1u + a.padding;
  let high = select(0u, min(a.outWidth, (max(reach, kx) - kx) / a.stride + 1u), live && reach >= kx);
  let end = min(a.lines, (chunk + 1u) * a.chunkLines);
  for (var line = chunk * a.chunkLines + rowLane; line < end; line += step) {
    let image = line / a.outHeight;
    let iy = (line - image * a.outHeight) * a.stride + ky - a.padding;
    if (iy < a.height) {
      var xAt = a.xAt + ((image * a.height + iy) * a.width + low * a.stride + kx - a.padding) * a.xUnits + c;
      var dyAt = (line * a.outWidth + low) * a.dyUnits + k;
${walk}
    }
  }
${join === "workgroup" ? joinRows(sums) : ""}
  if (live && rowLane == 0u) {
    let at = a.sumsAt + chunk * a.length + ${
      lanes === "depthwise"
        ? "tap * a.dyUnits + k"
        : `(tap * a.filterRows + channelBlock * ${rows}u) * a.dyUnits + k`
    };
${each(rows, (i) => each(filters, (b) => `    sums[at + ${i}u * a.dyUnits + ${b}u] = s${i * filters + b};`))}
  }`,
  });
}

/** The row lanes' sums as those of the first, through workgroup memory, so many at a time. */
function joinRows(sums: number): string {
  const shared = Math.min(4, sums);
  const parts = each(sums / shared, (part) => {
    const first = part * shared;
    return `
    workgroupBarrier();
${each(shared, (i) => `    join_[lane * ${shared}u + ${i}u] = s${first + i};`)}
    workgroupBarrier();
    if (rowLane == 0u) {
      for (var l = lane + a.blockLanes; l < 64u; l += a.blockLanes) {
${each(shared, (i) => `        s${first + i} += join_[l * ${shared}u + ${i}u];`)}
      }
    }`;
  });
  return `
  if (a.blockLanes < 64u) {
${parts}
  }`;
}

/** Words of a layer's row in the table of joinChunks. */
export const joinRow = 5;

/** Invocations of joinChunks. */
const joinGroup: Readonly<Record<Join, number>> = { workgroup: 64, lanes: 16 };

/** Units that a workgroup of joinChunks makes: one an invocation on a GPU; on the processor many, since the table costs more to read. */
export const joinWorkgroup: Readonly<Record<Join, number>> = { workgroup: 64, lanes: 256 };

/**
 * Second stage, of all layers in one dispatch: out[i] = Σ over the chunks of sums[chunk][i], in order. The table has a row a
 * layer (its first workgroup, first sum, first value, length, chunks, all in units), then the layer of every workgroup.
 * Bandwidth alone, coalesced.
 */
export const joinChunks = (lanes: Lanes, join: Join) =>
  defineKernel({
    name: `joinChunks ${lanes} ${join}`,
    args: { layers: "u32" },
    bindings: [read("sums", lanes), read("table", "u32"), write("out", lanes)],
    workgroup: joinGroup[join],
    body: argumentsFirst(`
  let row = a.tableAt + table[a.tableAt + a.layers * ${joinRow}u + group] * ${joinRow}u;
  let length = table[row + 3u];
  let first = (group - table[row]) * ${joinWorkgroup[join]}u;
  let end = min(length, first + ${joinWorkgroup[join]}u);
  let source = table[row + 1u];
  let target_ = table[row + 2u];
  let chunks = table[row + 4u];
  for (var i = first + lane; i < end; i += ${joinGroup[join]}u) {
    var at = source + i;
    var sum = sums[at];
    for (var chunk = 1u; chunk < chunks; chunk++) { at += length; sum += sums[at]; }
    out[target_ + i] = sum;
  }`),
  });
