import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { type ConvLanes, convForward, convInputGrad } from "../kernels/conv.ts";
import type { Program } from "../program.ts";
import { finishMomentsOf, finishSumsOf, normSumsOf } from "./columns.ts";
import { flag, groupsOf, lanesAlong } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { normGradient } from "./norm-gradient.ts";
import { isCurved, normedInput } from "./normed-input.ts";

const forward = memoized((lanes: ConvLanes, pixels: number, blocks: number) =>
  convForward({ lanes, pixels, blocks }),
);
const inputGrad = memoized((lanes: ConvLanes, pixels: number, blocks: number) =>
  convInputGrad({ lanes, pixels, blocks }),
);

/** How the invocations of a convolution's kernel share the map that it writes. */
interface ConvTiling {
  readonly lanes: ConvLanes;
  readonly pixels: number;
  readonly blocks: number;
  readonly unit: 1 | 4;
  /** Units of the written map; lanes along them; workgroups along them and along the pixels; pixels of a workgroup. */
  readonly units: number;
  readonly tx: number;
  readonly across: number;
  readonly tiles: number;
  readonly tileRows: number;
}

/** @param inner, own channels that a group reads and writes. */
function tilingOf(
  program: Program,
  lanes: ConvLanes,
  channels: number,
  own: number,
  rows: number,
): ConvTiling {
  const unit = lanes === "scalar" ? 1 : 4;
  const { pixels } = program.tiles;
  const blocks = lanes === "vector" && program.tiles.channels === 8 && own % 8 === 0 ? 2 : 1;
  const units = channels / unit;
  const tx = lanesAlong(units / blocks, lanes === "scalar" ? 32 : 8);
  const tileRows = (64 / tx) * pixels;
  const across = groupsOf(units, tx * blocks);
  return { lanes, pixels, blocks, unit, units, tx, across, tiles: groupsOf(rows, tileRows), tileRows };
}

/** By the widths of a group: what it reads and what it writes. */
export function convLanes({ channels, filters, groups }: ConvGeometry, backward: boolean): ConvLanes {
  const [c, k] = [channels / groups, filters / groups];
  if (c === 1 && k === 1 && channels % 4 === 0) return "depthwise";
  if (c % 4 === 0 && k % 4 === 0) return "vector";
  return k % 4 === 0 && !backward ? "wide" : "scalar";
}

function geometryArgs(g: ConvGeometry, tiling: ConvTiling) {
  const { lanes, units, tx, across, tiles } = tiling;
  return {
    units,
    kernel: g.kernel,
    stride: g.stride,
    padding: g.padding,
    filterRows: lanes === "depthwise" ? 1 : g.channels / g.groups,
    tx,
    across,
    tiles,
  };
}

export function lowerConv2d(program: Program, call: CallOf<"conv2d">): void {
  const { in: input, out, update, attrs: g } = call;
  const lanes = convLanes(g, false);
  const rows = g.batch * g.outHeight * g.outWidth;
  const tiling = tilingOf(program, lanes, g.filters, g.filters / g.groups, rows);
  const read = lanes === "vector" || lanes === "depthwise" ? 4 : 1;
  const source = normedInput(program, call);
  const sums =
    g.statistics && program.scratch(`${call.label}.tiles`, 2 * tiling.tiles * tiling.units * tiling.unit);
  program.dispatch(
    call,
    forward(lanes, tiling.pixels, tiling.blocks),
    {
      ...geometryArgs(g, tiling),
      rows,
      imagePixels: g.outHeight * g.outWidth,
      width: g.outWidth,
      readHeight: g.height,
      readWidth: g.width,
      readUnits: g.channels / read,
      inner: lanes === "depthwise" ? 1 : g.channels / g.groups / read,
      own: lanes === "depthwise" ? 1 : g.filters / g.groups / tiling.unit,
      filterUnits: g.filters / tiling.unit,
      normed: flag(source.xScale),
      floor: source.floor,
      biased: flag(input.bias),
      statistics: flag(sums),
    },
    {
      x: source.x,
      filters: input.filters,
      xScale: source.xScale,
      xShift: source.xShift,
      bias: input.bias,
      y: out.y,
      sums,
    },
    tiling.across * tiling.tiles,
  );
  if (sums === undefined || g.statistics === undefined) return;
  finishMomentsOf(program, call, {
    sums,
    operands: { ...input, ...out, ...update },
    shape: { rows, channels: g.filters, ...g.statistics },
    tiles: tiling.tiles,
    tileRows: tiling.tileRows,
  });
}

export function lowerConv2dInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  const { in: input, out, attrs: g } = call;
  const lanes = convLanes(g, true);
  const rows = g.batch * g.height * g.width;
  const tiling = tilingOf(program, lanes, g.channels, g.channels / g.groups, rows);
  const { unit } = tiling;
  const { xActivation = "none" } = g;
  // The slope of an activation with an exponential is a pass of its own.
  const apart = input.x !== undefined && isCurved(xActivation);
  const before = input.x !== undefined && !apart;
  const source = normGradient(program, call);
  const dx = apart ? program.scratch(`d ${call.label}.x`, program.lengthOf(out.dx)) : out.dx;
  const sums = before
    ? program.scratch(`d ${call.label}.tiles`, 2 * tiling.tiles * tiling.units * unit)
    : undefined;
  program.dispatch(
    call,
    inputGrad(lanes, tiling.pixels, tiling.blocks),
    {
      ...geometryArgs(g, tiling),
      rows,
      imagePixels: g.height * g.width,
      width: g.width,
      readHeight: g.outHeight,
      readWidth: g.outWidth,
      readUnits: g.filters / unit,
      inner: lanes === "depthwise" ? 1 : g.filters / g.groups / unit,
      own: lanes === "depthwise" ? 1 : g.channels / g.groups / unit,
      filterUnits: g.filters / unit,
      source: flag(source.y),
      perRow: 1 / (g.batch * g.outHeight * g.outWidth),
      added: flag(input.addend),
      before: before ? 1 : 0,
      rectified: xActivation === "relu" ? 1 : 0,
    },
    {
      ...source,
      filters: input.filters,
      ...(before
        ? { xScale: input.xScale, xShift: input.xShift, xMean: input.xMean, xInvStd: input.xInvStd }
        : {}),
      other: before ? input.x : input.addend,
      dx,
      sums,
    },
    tiling.across * tiling.tiles,
  );
  const { xDBeta: dBeta, xDGamma: dGamma } = out;
  const { channels } = g;
  if (sums !== undefined)
    finishSumsOf(program, call, { sums, first: dBeta, second: dGamma, channels, tiles: tiling.tiles });
  if (!apart) return;
  const { x, xMean: mean, xInvStd: invStd, xScale: scale, xShift: shift } = input;
  normSumsOf(
    program,
    call,
    { dy: dx, x, mean, invStd, scale, shift, dz: out.dx, dBeta, dGamma },
    { rows, channels, activation: xActivation },
  );
}
