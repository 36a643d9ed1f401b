import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { type QuadShape, quadName } from "../kernels/quad.ts";
import { quadForward } from "../kernels/quad-forward.ts";
import { type QuadThen, quadInputGrad } from "../kernels/quad-input-grad.ts";
import { noFloor } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { finishMomentsOf, finishSumsOf } from "./columns.ts";
import { flag, groupsOf } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { normedInput } from "./normed-input.ts";

const forward = memoized((key: string, normed: 0 | 1) => quadForward(shapes.get(key)!, normed === 1));
const inputGrad = memoized((key: string, then: QuadThen) => quadInputGrad(shapes.get(key)!, then));

/** Shapes of kernels so far, by name. */
const shapes = new Map<string, QuadShape>();

function keyOf(shape: QuadShape): string {
  const key = quadName(shape);
  if (!shapes.has(key)) shapes.set(key, shape);
  return key;
}

/** Whether quads make a convolution: four channels of a group are read and written at a time, and there are taps. */
export function isQuad(program: Program, g: ConvGeometry): boolean {
  const { kernel, stride, padding, channels, filters, groups } = g;
  const pointwise = kernel === 1 && stride === 1 && padding === 0;
  const vectors = (channels / groups) % 4 === 0 && (filters / groups) % 4 === 0;
  return program.tiles.quads && !pointwise && vectors;
}

interface WrittenMap {
  readonly lines: number;
  readonly width: number;
  readonly units: number;
  /** Of a group. */
  readonly own: number;
  /** Of an input gradient: lines and width are those of a class of its pixels, by the stride. */
  readonly backward: boolean;
}

/** Segments of the written map, and how many of them an invocation makes. */
function segmentsOf({ tiles }: Program, g: ConvGeometry, map: WrittenMap) {
  // Windows of a stride are told where its taps lie by the usual padding.
  const window = g.kernel === 3 && (g.stride === 1 || (g.stride === 2 && g.padding === 1)) ? 3 : 0;
  // Groups of whole fours of vectors: in turns, each input is read once for all four.
  const turned = map.own % 4 === 0;
  const pixels = 4;
  const together = map.own % 2 === 0 ? 2 : 1;
  const shape: QuadShape = {
    pixels,
    segments: window === 3 && (g.stride === 1 || (map.backward && !turned)) ? 2 : 1,
    blocks: turned ? 4 : together,
    turned,
    window,
    stride: window > 0 ? g.stride : 1,
  };
  const lineSegments = groupsOf(map.width, pixels);
  const segments = map.lines * lineSegments;
  const across = map.units / shape.blocks;
  const classes = map.backward ? g.stride * (window > 0 ? 1 : g.stride) : 1;
  // Whole lines a quad, so that its pixels are easily counted.
  const round = 4 * shape.segments;
  const least = lineSegments / commonDivisor(round, lineSegments);
  const wanted = Math.floor((segments * classes * across) / (round * tiles.invocations));
  const span = least * Math.max(1, Math.floor(wanted / least));
  const classQuads = groupsOf(segments, round * span);
  const quads = classQuads * classes;
  const tileRows = ((round * span) / lineSegments) * map.width;
  return {
    shape,
    tileRows,
    classQuads,
    args: { lineSegments, segments, across, quads, span },
    workgroups: across * quads,
  };
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/** Vectors of a group. */
function unitsOf(channels: number, g: ConvGeometry): number {
  return channels / g.groups / 4;
}

function geometryArgs({ kernel, stride, padding, channels, groups }: ConvGeometry) {
  return { kernel, stride, padding, filterRows: channels / groups };
}

export function lowerQuadForward(program: Program, call: CallOf<"conv2d">): void {
  const { in: input, out, update, attrs: g } = call;
  const units = g.filters / 4;
  const { shape, args, tileRows, workgroups } = segmentsOf(program, g, {
    lines: g.batch * g.outHeight,
    width: g.outWidth,
    units,
    own: unitsOf(g.filters, g),
    backward: false,
  });
  const rows = g.batch * g.outHeight * g.outWidth;
  const source = normedInput(program, call);
  const sums = g.statistics && program.scratch(`${call.label}.tiles`, 8 * args.quads * units);
  program.dispatch(
    call,
    forward(keyOf(shape), flag(source.xScale)),
    {
      ...geometryArgs(g),
      ...args,
      readUnits: g.channels / 4,
      units,
      readHeight: g.height,
      readWidth: g.width,
      inner: unitsOf(g.channels, g),
      own: unitsOf(g.filters, g),
      filterUnits: units,
      height: g.outHeight,
      width: g.outWidth,
      rows,
      tileRows,
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
    workgroups,
  );
  if (sums === undefined || g.statistics === undefined) return;
  finishMomentsOf(program, call, {
    sums,
    operands: { ...input, ...out, ...update },
    shape: { rows, channels: g.filters, ...g.statistics },
    tiles: args.quads,
    tileRows,
  });
}

/** What an input gradient reads, and what becomes of it. */
export interface InputGradPlan {
  readonly dy: number;
  readonly dx: number;
  readonly then: QuadThen;
}

/** @param planned dx's gradient through the norm before, if its activation has an exponential, is left to the caller. */
export function lowerQuadInputGrad(
  program: Program,
  call: CallOf<"conv2dInputGrad">,
  { dy, dx, then }: InputGradPlan,
): void {
  const { in: input, out, attrs: g } = call;
  const units = g.channels / 4;
  const [classHeight, classWidth] = [Math.ceil(g.height / g.stride), Math.ceil(g.width / g.stride)];
  const { shape, args, classQuads, workgroups } = segmentsOf(program, g, {
    lines: g.batch * classHeight,
    width: classWidth,
    units,
    own: unitsOf(g.channels, g),
    backward: true,
  });
  const normed = then === "norm";
  const sums = normed ? program.scratch(`d ${call.label}.tiles`, 8 * args.quads * units) : undefined;
  program.dispatch(
    call,
    inputGrad(keyOf(shape), then),
    {
      ...geometryArgs(g),
      ...args,
      readUnits: g.filters / 4,
      units,
      readHeight: g.outHeight,
      readWidth: g.outWidth,
      inner: unitsOf(g.filters, g),
      own: unitsOf(g.channels, g),
      filterUnits: g.filters / 4,
      height: g.height,
      width: g.width,
      classHeight,
      classQuads,
      floor: g.xActivation === "relu" ? 0 : noFloor,
    },
    {
      dy,
      filters: input.filters,
      ...(normed
        ? { xScale: input.xScale, xShift: input.xShift, xMean: input.xMean, xInvStd: input.xInvStd }
        : {}),
      other: normed ? input.x : input.addend,
      dx,
      sums,
    },
    workgroups,
  );
  if (sums === undefined) return;
  const { xDBeta: first, xDGamma: second } = out;
  finishSumsOf(program, call, { sums, first, second, channels: g.channels, tiles: args.quads });
}
