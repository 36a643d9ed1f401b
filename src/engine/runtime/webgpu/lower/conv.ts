import type { ConvGeometry, TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { convForward } from "../kernels/conv-forward.ts";
import { type ConvInputGradShape, convInputGrad } from "../kernels/conv-input-grad.ts";
import { type ConvLanes, type ConvShape, nameOf, workgroupOf } from "../kernels/conv-tile.ts";
import { noFloor } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import type { TileClass } from "../tiles.ts";
import { finishMomentsOf, finishSumsOf, normSumsOf } from "./columns.ts";
import { isDepthwiseWalk, isStemWalk, lowerDepthwiseInputGrad, lowerWalkForward } from "./depthwise.ts";
import { flag, groupsOf, lanesAlong } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { type NormGradient, normGradient } from "./norm-gradient.ts";
import { isCurved, normedInput } from "./normed-input.ts";
import { isProductMap, lowerProductForward, lowerProductInputGrad } from "./product.ts";
import { isQuad, lowerQuadForward, lowerQuadInputGrad } from "./quad.ts";

const forward = memoized((key: string, normed: 0 | 1) =>
  convForward({ ...shapes.get(key)!, normed: normed === 1 }),
);
const inputGrad = memoized((key: string, source: 0 | 1, then: ConvInputGradShape["then"]) =>
  convInputGrad({ ...shapes.get(key)!, source: source === 1, then }),
);

/** Shapes of kernels so far, by name. */
const shapes = new Map<string, ConvShape>();

function keyOf(shape: ConvShape): string {
  const key = nameOf(shape);
  if (!shapes.has(key)) shapes.set(key, shape);
  return key;
}

/** How the invocations of a convolution's kernel share the map that it writes. */
interface ConvTiling {
  readonly shape: ConvShape;
  readonly unit: 1 | 4;
  /** Units of the written map; lanes along them; workgroups, or invocations, along them. */
  readonly units: number;
  readonly tx: number;
  readonly across: number;
  /** Tiles of `pixels` that an invocation makes; pixels, and classes of them, that have sums of their own; how many. */
  readonly span: number;
  readonly tileRows: number;
  readonly tiles: number;
  /** Invocations along the pixels of a class. */
  readonly classLanes: number;
  readonly workgroups: number;
}

interface WrittenMap {
  readonly channels: number;
  /** Of a group: of the map that is read, and of this one. */
  readonly inner: number;
  readonly own: number;
  /** Pixels, of each class. */
  readonly rows: number;
  readonly classes: number;
}

function tilingOf(
  program: Program,
  lanes: ConvLanes,
  pointwise: boolean,
  { channels, inner, own, rows, classes }: WrittenMap,
): ConvTiling {
  const { join, conv, invocations } = program.tiles;
  const unit = lanes === "scalar" ? 1 : 4;
  const wanted = conv[tileClass(lanes, pointwise)];
  const { pixels } = wanted;
  let { blocks } = wanted as { blocks: number };
  while (lanes === "depthwise" ? blocks > 1 : (own / unit) % blocks !== 0) blocks /= 2;
  const units = channels / unit;
  // Whole tiles of both matrices, or nearly: a group is all there is.
  const wide = own === channels && Math.min(channels, inner) >= program.tiles.stagedFrom;
  const staged =
    pointwise && lanes === "vector" && join === "workgroup" && wide && pixels === 4 && blocks === 1;
  const shape = { lanes, pointwise, pixels, blocks, join, staged };
  if (join === "lanes") {
    const across = units / blocks;
    const tilesInAll = groupsOf(rows, pixels);
    const span = Math.max(1, Math.floor((tilesInAll * classes * across) / invocations));
    const tileRows = span * pixels;
    const classLanes = groupsOf(rows, tileRows);
    const tiles = classes * classLanes;
    const workgroups = groupsOf(across * tiles, workgroupOf.lanes);
    return { shape, unit, units, tx: 1, across, span, tileRows, tiles, classLanes, workgroups };
  }
  const tx = lanesAlong(units / blocks, lanes === "scalar" ? 32 : 8);
  const rowLanes = workgroupOf.workgroup / tx;
  const tileRows = rowLanes * pixels;
  const across = groupsOf(units, tx * blocks);
  const classLanes = groupsOf(rows, tileRows) * rowLanes;
  const tiles = (classes * classLanes) / rowLanes;
  return { shape, unit, units, tx, across, span: 1, tileRows, tiles, classLanes, workgroups: across * tiles };
}

function tileClass(lanes: ConvLanes, pointwise: boolean): TileClass {
  if (lanes === "depthwise") return "depthwise";
  if (lanes !== "vector") return "narrow";
  return pointwise ? "pointwise" : "spatial";
}

/** By the widths of a group: what it reads and what it writes. */
export function convLanes({ channels, filters, groups }: ConvGeometry, backward: boolean): ConvLanes {
  const [c, k] = [channels / groups, filters / groups];
  if (c === 1 && k === 1 && channels % 4 === 0) return "depthwise";
  if (c % 4 === 0 && k % 4 === 0) return "vector";
  return k % 4 === 0 && !backward ? "wide" : "scalar";
}

function geometryArgs(g: ConvGeometry, tiling: ConvTiling) {
  const { units, tx, across, tiles, span, shape } = tiling;
  return {
    units,
    kernel: g.kernel,
    stride: g.stride,
    padding: g.padding,
    filterRows: shape.lanes === "depthwise" ? 1 : g.channels / g.groups,
    tx,
    across,
    tiles,
    span,
  };
}

function isPointwise({ kernel, stride, padding }: ConvGeometry): boolean {
  return kernel === 1 && stride === 1 && padding === 0;
}

export function lowerConv2d(program: Program, call: CallOf<"conv2d">): void {
  if (isDepthwiseWalk(program, call.attrs) || isStemWalk(program, call)) {
    lowerWalkForward(program, call);
    return;
  }
  if (isProductMap(program, call.attrs, call.attrs.filters)) {
    lowerProductForward(program, call);
    return;
  }
  if (isQuad(program, call.attrs)) {
    lowerQuadForward(program, call);
    return;
  }
  const { in: input, out, update, attrs: g } = call;
  const lanes = convLanes(g, false);
  const rows = g.batch * g.outHeight * g.outWidth;
  const pointwise = isPointwise(g);
  const tiling = tilingOf(program, lanes, pointwise, {
    channels: g.filters,
    inner: g.channels / g.groups,
    own: g.filters / g.groups,
    rows,
    classes: 1,
  });
  const read = lanes === "vector" || lanes === "depthwise" ? 4 : 1;
  const source = normedInput(program, call);
  const sums =
    g.statistics && program.scratch(`${call.label}.tiles`, 2 * tiling.tiles * tiling.units * tiling.unit);
  program.dispatch(
    call,
    forward(keyOf(tiling.shape), flag(source.xScale)),
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
    tiling.workgroups,
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
  const { xActivation = "none" } = g;
  // The slope of an activation with an exponential is a pass of its own.
  const apart = input.x !== undefined && isCurved(xActivation);
  const before = input.x !== undefined && !apart;
  const added = input.addend === undefined ? "store" : "add";
  const then = before ? "norm" : added;
  const source = normGradient(program, call);
  const dx = apart ? program.scratch(`d ${call.label}.x`, program.lengthOf(out.dx)) : out.dx;
  if (isDepthwiseWalk(program, g) && source.y === undefined)
    lowerDepthwiseInputGrad(program, call, { dy: source.dy, dx, then });
  // Products sum for the norm before at the pixels of dy alone.
  else if (isProductMap(program, g, g.channels) && (g.stride === 1 || !before) && source.y === undefined)
    lowerProductInputGrad(program, call, { dy: source.dy, dx, then });
  else if (isQuad(program, g) && source.y === undefined)
    lowerQuadInputGrad(program, call, { dy: source.dy, dx, then });
  else lowerTiledInputGrad(program, call, { source, dx, then });
  if (!apart) return;
  const { x, xMean: mean, xInvStd: invStd, xScale: scale, xShift: shift } = input;
  normSumsOf(
    program,
    call,
    { dy: dx, x, mean, invStd, scale, shift, dz: out.dx, dBeta: out.xDBeta, dGamma: out.xDGamma },
    { rows: g.batch * g.height * g.width, channels: g.channels, activation: xActivation },
  );
}

interface TiledInputGrad {
  readonly source: NormGradient;
  readonly dx: TensorId;
  readonly then: ConvInputGradShape["then"];
}

function lowerTiledInputGrad(
  program: Program,
  call: CallOf<"conv2dInputGrad">,
  { source, dx, then }: TiledInputGrad,
): void {
  const { in: input, out, attrs: g } = call;
  const lanes = convLanes(g, true);
  const rows = g.batch * g.height * g.width;
  const pointwise = isPointwise(g);
  const [classHeight, classWidth] = [Math.ceil(g.height / g.stride), Math.ceil(g.width / g.stride)];
  const classRows = g.batch * classHeight * classWidth;
  const tiling = tilingOf(program, lanes, pointwise, {
    channels: g.channels,
    inner: g.filters / g.groups,
    own: g.channels / g.groups,
    rows: classRows,
    classes: g.stride * g.stride,
  });
  const { unit } = tiling;
  const before = then === "norm";
  const sums = before
    ? program.scratch(`d ${call.label}.tiles`, 2 * tiling.tiles * tiling.units * unit)
    : undefined;
  program.dispatch(
    call,
    inputGrad(keyOf(tiling.shape), flag(source.y), then),
    {
      ...geometryArgs(g, tiling),
      rows,
      height: g.height,
      width: g.width,
      classPixels: classHeight * classWidth,
      classWidth,
      classRows,
      classLanes: tiling.classLanes,
      readHeight: g.outHeight,
      readWidth: g.outWidth,
      readUnits: g.filters / unit,
      inner: lanes === "depthwise" ? 1 : g.filters / g.groups / unit,
      own: lanes === "depthwise" ? 1 : g.channels / g.groups / unit,
      filterUnits: g.filters / unit,
      perRow: 1 / (g.batch * g.outHeight * g.outWidth),
      floor: g.xActivation === "relu" ? 0 : noFloor,
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
    tiling.workgroups,
  );
  const { xDBeta: dBeta, xDGamma: dGamma } = out;
  const { channels } = g;
  if (sums !== undefined)
    finishSumsOf(program, call, { sums, first: dBeta, second: dGamma, channels, tiles: tiling.tiles });
}
