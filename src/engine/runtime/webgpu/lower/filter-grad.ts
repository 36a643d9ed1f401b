import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf, KernelCall } from "../../../plan/calls.ts";
import { type ColumnJoin, columnSum } from "../kernels/columns.ts";
import { type ConvLanes, type Join, workgroupOf } from "../kernels/conv-tile.ts";
import { convFilterGrad, joinChunks, joinRow, joinWorkgroup } from "../kernels/filter-grad.ts";
import type { Lanes } from "../kernels/text.ts";
import type { PendingJoin, Program } from "../program.ts";
import { columnJoin } from "./columns.ts";
import { convLanes } from "./conv.ts";
import { isDepthwiseWalk, isStemWalk, lowerWalkFilterGrad } from "./depthwise.ts";
import { flag, groupsOf, lanesAlong, unitOf } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { type NormGradient, normGradient } from "./norm-gradient.ts";
import { normedInput } from "./normed-input.ts";
import { isProduct, lowerProductFilterGrad } from "./product.ts";
import { isQuadFilterGrad, lowerQuadFilterGrad } from "./quad-filter-grad.ts";

const filterGrad = memoized(
  (
    lanes: ConvLanes,
    channels: number,
    filters: number,
    join: Join,
    unroll: number,
    normed: 0 | 1,
    source: 0 | 1,
  ) => convFilterGrad({ lanes, channels, filters, join, unroll, normed: normed === 1, source: source === 1 }),
);

const joinChunksOf = memoized((lanes: Lanes, join: Join) => joinChunks(lanes, join));

const columnSumOf = memoized((join: ColumnJoin) => columnSum(join));

/** Pixels of a chunk, at least: what is shorter costs more to join than to sum. */
const shortestChunk: Readonly<Record<Join, number>> = { workgroup: 256, lanes: 64 };

/** The widest block, in halves of `most`, that divides a group's `units`. */
function blockOf(units: number, most: number): number {
  let block = most;
  while (units % block !== 0) block /= 2;
  return block;
}

/** How dy is walked: its lines, and how they are cut into chunks. */
interface Walk {
  readonly lines: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly height: number;
  readonly width: number;
  readonly chunkLines: number;
  readonly chunks: number;
}

/** @param wanted chunks that keep the adapter busy. */
function walkOf(g: ConvGeometry, wanted: number, shortest: number): Walk {
  const most = Math.max(1, Math.min(wanted, (g.batch * g.outHeight * g.outWidth) / shortest));
  let { outHeight, outWidth, height, width } = g;
  if (g.kernel === 1 && g.stride === 1 && g.padding === 0) {
    // All pixels of an image are one line, if need be cut into lines of equal length.
    let parts = 1;
    while (parts < g.height && (g.batch * parts < most || g.height % parts !== 0)) parts++;
    height = parts;
    width = (g.height / parts) * g.width;
    [outHeight, outWidth] = [height, width];
  }
  const lines = g.batch * outHeight;
  const chunkLines = Math.ceil(lines / Math.floor(most));
  return { lines, outHeight, outWidth, height, width, chunkLines, chunks: Math.ceil(lines / chunkLines) };
}

export function lowerConv2dFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { out, attrs: g } = call;
  const source = normGradient(program, call);
  if (source.y === undefined && isProduct(program, g)) lowerProductFilterGrad(program, call, source.dy);
  else if (source.y === undefined && (isDepthwiseWalk(program, g) || isStemWalk(program, call)))
    lowerWalkFilterGrad(program, call, source.dy);
  else if (source.y === undefined && isQuadFilterGrad(program, call))
    lowerQuadFilterGrad(program, call, source.dy);
  else lowerWalkedFilterGrad(program, call, source);
  if (out.dBias === undefined) return;
  program.dispatch(
    call,
    columnSumOf(columnJoin(program)),
    { rows: g.batch * g.outHeight * g.outWidth, channels: g.filters },
    { x: source.dy, out: out.dBias },
    groupsOf(g.filters, 16),
  );
}

function lowerWalkedFilterGrad(
  program: Program,
  call: CallOf<"conv2dFilterGrad">,
  source: NormGradient,
): void {
  const { out, attrs: g } = call;
  const { join, filterGrad: most, unroll, filterGradGroups, invocations } = program.tiles;
  const lanes = convLanes(g, false);
  const [c, k] = [g.channels / g.groups, g.filters / g.groups];
  const read = lanes === "vector" || lanes === "depthwise" ? 4 : 1;
  const unit = lanes === "scalar" ? 1 : 4;
  const channels = lanes === "vector" ? blockOf(c / read, most.channels) : 1;
  const filters = lanes === "vector" || lanes === "wide" ? blockOf(k / unit, most.filters) : 1;
  const channelBlocks = lanes === "depthwise" ? 1 : c / (read * channels);
  const filterBlocks = g.filters / (unit * filters);
  const blocks = g.kernel * g.kernel * channelBlocks * filterBlocks;
  const blockLanes = lanesAlong(blocks);
  const across = groupsOf(blocks, blockLanes);
  // A chunk has at least two lines for each of a workgroup's lanes.
  const wanted =
    join === "lanes"
      ? groupsOf(invocations, blocks)
      : Math.min(filterGradGroups / across, (g.batch * g.outHeight * blockLanes) / 128);
  const walk = walkOf(g, wanted, shortestChunk[join]);
  const { lines, outHeight, outWidth, height, width, chunks, chunkLines } = walk;
  const rows = g.batch * g.outHeight * g.outWidth;
  const length = program.lengthOf(out.dFilters);
  // The sums of a norm stand among the gradients, where they cannot be read while others are written.
  const direct =
    chunks === 1 && (source.yDGamma === undefined || !program.sameFixedBuffer(source.yDGamma, out.dFilters));
  const sums = direct ? out.dFilters : program.scratch(`d ${call.label}.chunks`, chunks * length);
  const normed = normedInput(program, call);
  program.dispatch(
    call,
    filterGrad(lanes, channels, filters, join, unroll, flag(normed.xScale), flag(source.y)),
    {
      lines,
      outHeight,
      outWidth,
      height,
      width,
      kernel: g.kernel,
      stride: g.stride,
      padding: g.padding,
      xUnits: g.channels / read,
      dyUnits: g.filters / unit,
      inner: c / read,
      filterRows: c,
      channelBlocks,
      filterBlocks,
      groupBlocks: k / (unit * filters),
      blocks,
      blockLanes,
      across,
      chunks,
      chunkLines,
      length: length / unit,
      floor: normed.floor,
      perRow: 1 / rows,
    },
    {
      ...source,
      x: normed.x,
      xScale: normed.xScale,
      xShift: normed.xShift,
      sums,
    },
    join === "lanes" ? groupsOf(blocks * chunks, workgroupOf.lanes) : across * chunks,
  );
  if (!direct) program.joinLater({ sums, out: out.dFilters, chunks });
}

/** Adds up the chunks of filter gradients, all layers in one dispatch. */
export function lowerJoins(program: Program, call: KernelCall, joins: readonly PendingJoin[]): void {
  const sums = joins.map((join) => join.sums);
  const outs = joins.map((join) => join.out);
  const whole = outs.every((out) => program.lengthOf(out) % 4 === 0);
  const lanes = whole ? "vec4f" : "f32";
  const unit = unitOf(lanes);
  const { join } = program.tiles;
  const layerOf: number[] = [];
  const rows = joins.map(({ out, chunks }, layer) => {
    const length = program.lengthOf(out) / unit;
    const first = layerOf.length;
    for (let i = 0; i < groupsOf(length, joinWorkgroup[join]); i++) layerOf.push(layer);
    return { first, length, chunks };
  });
  const words = joinRow * joins.length + layerOf.length;
  const table = program.addressTable("joins", words, (offsetsOf) => {
    const [sumsAt, outAt] = [offsetsOf(sums), offsetsOf(outs)];
    const layers = rows.flatMap(({ first, length, chunks }, i) => [
      first,
      (sumsAt[i] ?? 0) / unit,
      (outAt[i] ?? 0) / unit,
      length,
      chunks,
    ]);
    return Uint32Array.from([...layers, ...layerOf]);
  });
  program.dispatch(
    call,
    joinChunksOf(lanes, join),
    { layers: joins.length },
    { sums: sums[0], table, out: outs[0] },
    layerOf.length,
    { sums: sums.slice(1), out: outs.slice(1) },
  );
}
