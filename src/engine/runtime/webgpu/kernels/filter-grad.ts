import { defineKernel, each, read, write } from "../kernel.ts";
import type { ConvLanes } from "./conv.ts";

// N images, C channels, K filters, k×k taps; a line is a row of pixels of dy: N·outHeight of them.
//
// One invocation owns a block of the filters, 4·B channels × 4·B filters of one tap (or 1 × 4, 1 × 1), in registers, and
// walks along the lines of its chunk: both maps' addresses only step. A workgroup of 64 is so many blocks × row lanes;
// the lanes of one pixel share its inputs (broadcasts), neighbouring blocks are neighbouring filters. The row lanes are
// joined in workgroup memory (4 KB) in fixed order, the chunks by a second stage (split-K without atomics).
// B = 2: 4 vector loads (2 more where dy is made of the norm's gradient) for 64 multiply-adds, 1 a byte of cache traffic;
// B = 1: 2 for 16. What the norms' vectors are is held in registers. Limits on a real GPU: the L1 cache; the number of
// workgroups for few channels, which the chunks make up for.

export interface FilterGradShape {
  readonly lanes: ConvLanes;
  /** Vectors of channels and of filters of an invocation; 1 for other lanes than "vector". */
  readonly blocks: 1 | 2;
}

export function convFilterGrad({ lanes, blocks }: FilterGradShape) {
  const input = lanes === "vector" || lanes === "depthwise" ? "vec4f" : "f32";
  const output = lanes === "scalar" ? "f32" : "vec4f";
  const outer = lanes === "vector";
  /** Rows of the block: channels that have a filter row of their own. */
  const rows = outer ? 4 * blocks : 1;
  const sums = rows * blocks;
  const component = (i: number) => "xyzw"[i % 4];
  const multiply = each(rows, (i) =>
    each(blocks, (b) => {
      const factor = outer
        ? `vec4f(x${i >> 2}.${component(i)})`
        : lanes === "depthwise"
          ? "x0"
          : `${output}(x0)`;
      return `        s${i * blocks + b} = fma(${factor}, d${b}, s${i * blocks + b});`;
    }),
  );
  const shared = Math.min(4, sums);
  const join = each(sums / shared, (part) => {
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
  return defineKernel({
    name: `conv2dFilterGrad ${lanes} ${blocks}`,
    args: {
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
      /** Lanes of a workgroup along the blocks (the others go along the lines); workgroups along the blocks. */
      blockLanes: "u32",
      across: "u32",
      chunks: "u32",
      chunkLines: "u32",
      /** Units of all filters: from one chunk's sums to the next's. */
      length: "u32",
      normed: "u32",
      floor: "f32",
      source: "u32",
      perRow: "f32",
    },
    bindings: [
      read("x", input),
      read("dy", output),
      read("y", output),
      read("xVectors", input, ["xScale", "xShift"]),
      read("yVectors", output, ["yScale", "yMean", "yInvStd"]),
      read("totals", output, ["yDGamma", "yDBeta"]),
      write("sums", output),
    ],
    workgroup: 64,
    declarations: `
var<workgroup> join_: array<${output}, ${64 * shared}>;`,
    body: `
  if (group >= a.across * a.chunks) { return; }
  let chunk = group / a.across;
  let blockLane = lane % a.blockLanes;
  let rowLane = lane / a.blockLanes;
  let given = (group % a.across) * a.blockLanes + blockLane;
  let live = given < a.blocks;
  let block = select(0u, given, live);
  let filterBlock = block % a.filterBlocks;
  let row = block / a.filterBlocks;
  let channelBlock = row % a.channelBlocks;
  let tap = row / a.channelBlocks;
  let ky = tap / a.kernel;
  let kx = tap % a.kernel;
  let k = filterBlock * ${blocks}u;
  let c = ${lanes === "depthwise" ? "k" : `(filterBlock / a.groupBlocks) * a.inner + channelBlock * ${blocks}u`};
${each(sums, (i) => `  var s${i} = ${output}(0.0);`)}
${each(
  blocks,
  (b) => `
  var xScale${b} = ${input}(1.0);
  var xShift${b} = ${input}(0.0);
  var scale${b} = ${output}(1.0);
  var mean${b} = ${output}(0.0);
  var slant${b} = ${output}(0.0);
  var level${b} = ${output}(0.0);`,
)}
  if (a.normed != 0u) {
${each(
  blocks,
  (b) => `    xScale${b} = xVectors[a.xScaleAt + c + ${b}u];
    xShift${b} = xVectors[a.xShiftAt + c + ${b}u];`,
)}
  }
  if (a.source != 0u) {
${each(
  blocks,
  (b) => `    scale${b} = yVectors[a.yScaleAt + k + ${b}u];
    mean${b} = yVectors[a.yMeanAt + k + ${b}u];
    slant${b} = yVectors[a.yInvStdAt + k + ${b}u] * (totals[a.yDGammaAt + k + ${b}u] * a.perRow);
    level${b} = totals[a.yDBetaAt + k + ${b}u] * a.perRow;`,
)}
  }
  // The pixels of a line whose tap lies on the map.
  let low = (max(a.padding, kx) - kx + a.stride - 1u) / a.stride;
  let reach = a.width - 1u + a.padding;
  let high = select(0u, min(a.outWidth, (max(reach, kx) - kx) / a.stride + 1u), live && reach >= kx);
  let end = min(a.lines, (chunk + 1u) * a.chunkLines);
  for (var line = chunk * a.chunkLines + rowLane; line < end; line += 64u / a.blockLanes) {
    let image = line / a.outHeight;
    let iy = (line - image * a.outHeight) * a.stride + ky - a.padding;
    if (iy < a.height) {
      var xAt = a.xAt + ((image * a.height + iy) * a.width + low * a.stride + kx - a.padding) * a.xUnits + c;
      var dyAt = (line * a.outWidth + low) * a.dyUnits + k;
      for (var ox = low; ox < high; ox++) {
${each(blocks, (b) => `        var x${b} = x[xAt + ${b}u];`)}
        if (a.normed != 0u) {
${each(blocks, (b) => `          x${b} = max(fma(x${b}, xScale${b}, xShift${b}), ${input}(a.floor));`)}
        }
${each(blocks, (b) => `        var d${b} = dy[a.dyAt + dyAt + ${b}u];`)}
        if (a.source != 0u) {
${each(blocks, (b) => `          d${b} = scale${b} * (d${b} - level${b} - (y[a.yAt + dyAt + ${b}u] - mean${b}) * slant${b});`)}
        }
${multiply}
        xAt += a.stride * a.xUnits;
        dyAt += a.dyUnits;
      }
    }
  }
  if (a.blockLanes < 64u) {
${join}
  }
  if (live && rowLane == 0u) {
    let at = a.sumsAt + chunk * a.length + ${
      lanes === "depthwise"
        ? "tap * a.dyUnits + k"
        : `(tap * a.filterRows + channelBlock * ${rows}u) * a.dyUnits + k`
    };
${each(rows, (i) => each(blocks, (b) => `    sums[at + ${i}u * a.dyUnits + ${b}u] = s${i * blocks + b};`))}
  }`,
  });
}

/** Words of a layer's row in the table of joinChunks. */
export const joinRow = 5;

/**
 * Second stage, of all layers in one dispatch: out[i] = Σ over the chunks of sums[chunk][i], in order. One invocation a
 * value. The table has a row a layer: its first workgroup, first sum, first value, length, chunks. Bandwidth alone,
 * coalesced; which layer it is is the same for a whole workgroup.
 */
export const joinChunks = defineKernel({
  name: "joinChunks",
  args: { layers: "u32" },
  bindings: [read("sums", "f32"), read("table", "u32"), write("out", "f32")],
  workgroup: 64,
  body: `
  var row = a.tableAt;
  for (var layer = 1u; layer < a.layers && table[row + ${joinRow}u] <= group; layer++) { row += ${joinRow}u; }
  let length = table[row + 3u];
  let i = (group - table[row]) * 64u + lane;
  if (i >= length) { return; }
  let chunks = table[row + 4u];
  var at = table[row + 1u] + i;
  var sum = 0.0;
  for (var chunk = 0u; chunk < chunks; chunk++) { sum += sums[at]; at += length; }
  out[table[row + 2u] + i] = sum;`,
});
