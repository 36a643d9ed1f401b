import type { CallOf, KernelCall } from "../../../plan/calls.ts";
import { columnSum } from "../kernels/columns.ts";
import type { ConvLanes } from "../kernels/conv.ts";
import { convFilterGrad, joinChunks, joinRow } from "../kernels/filter-grad.ts";
import type { PendingJoin, Program } from "../program.ts";
import { convLanes } from "./conv.ts";
import { flag, groupsOf, lanesAlong } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { normGradient } from "./norm-gradient.ts";
import { normedInput } from "./normed-input.ts";

const filterGrad = memoized((lanes: ConvLanes, blocks: 1 | 2) => convFilterGrad({ lanes, blocks }));

/** Pixels. */
const shortestChunk = 256;

export function lowerConv2dFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { out, attrs: g } = call;
  const lanes = convLanes(g, false);
  const [c, k] = [g.channels / g.groups, g.filters / g.groups];
  const wide = lanes === "vector" && program.tiles.channels === 8 && c % 8 === 0 && k % 8 === 0;
  const blocks = wide ? 2 : 1;
  const read = lanes === "vector" || lanes === "depthwise" ? 4 : 1;
  const unit = lanes === "scalar" ? 1 : 4;
  const channelBlocks = lanes === "depthwise" ? 1 : c / (read * blocks);
  const filterBlocks = g.filters / (unit * blocks);
  const count = g.kernel * g.kernel * channelBlocks * filterBlocks;
  const blockLanes = lanesAlong(count);
  const across = groupsOf(count, blockLanes);
  const lines = g.batch * g.outHeight;
  const rowLanes = 64 / blockLanes;
  // A chunk has at least two lines for each of its lanes, and 256 pixels: what is shorter costs more to join than to sum.
  const most = Math.max(
    1,
    Math.min(
      program.tiles.filterGradGroups / across,
      lines / (2 * rowLanes),
      (lines * g.outWidth) / shortestChunk,
    ),
  );
  const chunkLines = Math.ceil(lines / Math.floor(most));
  const chunks = Math.ceil(lines / chunkLines);
  const length = program.lengthOf(out.dFilters);
  const source = normGradient(program, call);
  // The sums of a norm stand among the gradients, where they cannot be read while others are written.
  const direct =
    chunks === 1 && (source.yDGamma === undefined || !program.sameFixedBuffer(source.yDGamma, out.dFilters));
  const sums = direct ? out.dFilters : program.scratch(`d ${call.label}.chunks`, chunks * length);
  const normed = normedInput(program, call);
  program.dispatch(
    call,
    filterGrad(lanes, blocks),
    {
      lines,
      outHeight: g.outHeight,
      outWidth: g.outWidth,
      height: g.height,
      width: g.width,
      kernel: g.kernel,
      stride: g.stride,
      padding: g.padding,
      xUnits: g.channels / read,
      dyUnits: g.filters / unit,
      inner: c / read,
      filterRows: c,
      channelBlocks,
      filterBlocks,
      groupBlocks: k / (unit * blocks),
      blocks: count,
      blockLanes,
      across,
      chunks,
      chunkLines,
      length: length / unit,
      normed: flag(normed.xScale),
      floor: normed.floor,
      source: flag(source.y),
      perRow: 1 / (lines * g.outWidth),
    },
    {
      ...source,
      x: normed.x,
      xScale: normed.xScale,
      xShift: normed.xShift,
      sums,
    },
    across * chunks,
  );
  if (!direct) program.joinLater({ sums, out: out.dFilters, chunks });
  if (out.dBias !== undefined) {
    const rows = lines * g.outWidth;
    program.dispatch(
      call,
      columnSum,
      { rows, channels: g.filters },
      { x: source.dy, out: out.dBias },
      groupsOf(g.filters, 16),
    );
  }
}

/** Adds up the chunks of filter gradients, all layers in one dispatch. */
export function lowerJoins(program: Program, call: KernelCall, joins: readonly PendingJoin[]): void {
  const sums = joins.map((join) => join.sums);
  const outs = joins.map((join) => join.out);
  let workgroups = 0;
  const rows = joins.map(({ out, chunks }) => {
    const length = program.lengthOf(out);
    const first = workgroups;
    workgroups += groupsOf(length, 64);
    return { first, length, chunks };
  });
  const table = program.addressTable("joins", joinRow * joins.length, (offsetsOf) => {
    const [sumsAt, outAt] = [offsetsOf(sums), offsetsOf(outs)];
    return Uint32Array.from(
      rows.flatMap(({ first, length, chunks }, i) => [first, sumsAt[i] ?? 0, outAt[i] ?? 0, length, chunks]),
    );
  });
  program.dispatch(
    call,
    joinChunks,
    { layers: joins.length },
    { sums: sums[0], table, out: outs[0] },
    workgroups,
    { sums: sums.slice(1), out: outs.slice(1) },
  );
}
