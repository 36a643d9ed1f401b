import type { ConvGeometry, TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { walkFilterGrad } from "../kernels/depthwise-filter-grad.ts";
import { depthwiseInputGrad, walkForward } from "../kernels/depthwise-lines.ts";
import { depthwiseSpread } from "../kernels/depthwise-spread.ts";
import type { QuadThen } from "../kernels/quad-input-grad.ts";
import { noFloor } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { finishMomentsOf, finishSumsOf } from "./columns.ts";
import { flag, groupsOf } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { normedInput } from "./normed-input.ts";
import type { InputGradPlan } from "./quad.ts";

const forward = memoized((kernel: number, stride: number, stem: number, normed: 0 | 1) =>
  walkForward({ kernel, stride, stem }, normed === 1),
);
const turnedInputGrad = memoized((kernel: number, then: QuadThen) => depthwiseInputGrad(kernel, then));
const spreadInputGrad = memoized((kernel: number, stride: number, then: QuadThen) =>
  depthwiseSpread({ kernel, stride, stem: 0 }, then),
);
const filterGrad = memoized((kernel: number, stride: number, stem: number, normed: 0 | 1) =>
  walkFilterGrad({ kernel, stride, stem }, normed === 1),
);

/** Whether a convolution is made by walks down the lines of single vectors of channels. */
export function isDepthwiseWalk({ tiles }: Program, g: ConvGeometry): boolean {
  const { kernel, stride, padding, channels, filters, groups } = g;
  const depthwise = channels === groups && filters === groups && channels % 4 === 0;
  return (
    tiles.quads && depthwise && (kernel === 3 || kernel === 5) && stride <= 2 && padding === (kernel - 1) / 2
  );
}

/** Channels of a stem. */
function stemOf({ channels, groups }: ConvGeometry): number {
  return groups === 1 ? channels : 0;
}

/** Whether walks make a convolution of the images themselves, which are read one channel at a time. */
export function isStemWalk(
  { tiles }: Program,
  { in: input, attrs }: CallOf<"conv2d" | "conv2dFilterGrad">,
): boolean {
  const { kernel, stride, padding, channels, filters, groups } = attrs;
  const few = groups === 1 && channels <= 3 && filters % 4 === 0 && input.xScale === undefined;
  return tiles.quads && few && kernel === 3 && stride <= 2 && padding === 1;
}

interface Bands {
  /** Lines of a band, a divisor of `steps`; bands of an image. */
  readonly lines: number;
  readonly imageBands: number;
  readonly bands: number;
  /** Bands of an invocation; invocations along them. */
  readonly span: number;
  readonly tiles: number;
}

/** Lines of a band, at least: every band meets one to four more. */
const fewestLines = 4;

/** Bands of equal height, so many that the adapter is kept busy. */
function bandsOf({ tiles }: Program, units: number, batch: number, steps: number): Bands {
  const wanted = Math.max(1, Math.floor(tiles.invocations / units));
  let imageBands = 1;
  for (let cut = 2; imageBands * batch < wanted && cut * fewestLines <= steps; cut++)
    if (steps % cut === 0) imageBands = cut;
  const bands = batch * imageBands;
  const span = Math.max(1, Math.floor(bands / wanted));
  return { lines: steps / imageBands, imageBands, bands, span, tiles: groupsOf(bands, span) };
}

export function lowerWalkForward(program: Program, call: CallOf<"conv2d">): void {
  const { in: input, out, update, attrs: g } = call;
  const units = g.filters / 4;
  const bands = bandsOf(program, units, g.batch, g.outHeight);
  const source = normedInput(program, call);
  const sums = g.statistics && program.scratch(`${call.label}.tiles`, 8 * bands.tiles * units);
  program.dispatch(
    call,
    forward(g.kernel, g.stride, stemOf(g), flag(source.xScale)),
    {
      ...bands,
      units,
      height: g.outHeight,
      width: g.outWidth,
      readHeight: g.height,
      readWidth: g.width,
      padding: g.padding,
      firstTap: 0,
      filterStep: units,
      blank: Math.floor(g.padding / g.stride),
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
    groupsOf(units * bands.tiles, 4),
  );
  if (sums === undefined || g.statistics === undefined) return;
  finishMomentsOf(program, call, {
    sums,
    operands: { ...input, ...out, ...update },
    shape: { rows: g.batch * g.outHeight * g.outWidth, channels: g.filters, ...g.statistics },
    tiles: bands.tiles,
    tileRows: bands.span * bands.lines * g.outWidth,
  });
}

/** @param planned dx's gradient through the norm before, if its activation has an exponential, is left to the caller. */
export function lowerDepthwiseInputGrad(
  program: Program,
  call: CallOf<"conv2dInputGrad">,
  { dy, dx, then }: InputGradPlan,
): void {
  const { in: input, out, attrs: g } = call;
  const units = g.channels / 4;
  const taps = g.kernel * g.kernel;
  const normed = then === "norm";
  const turned = g.stride === 1;
  const steps = turned ? g.height : Math.ceil((g.height + g.padding) / g.stride);
  const bands = bandsOf(program, units, g.batch, steps);
  const sums = normed ? program.scratch(`d ${call.label}.tiles`, 8 * bands.tiles * units) : undefined;
  const shared = {
    ...bands,
    units,
    height: g.height,
    width: g.width,
    readHeight: g.outHeight,
    readWidth: g.outWidth,
    floor: g.xActivation === "relu" ? 0 : noFloor,
  };
  const operands = {
    dy,
    filters: input.filters,
    ...(normed
      ? { xScale: input.xScale, xShift: input.xShift, xMean: input.xMean, xInvStd: input.xInvStd }
      : {}),
    other: normed ? input.x : input.addend,
    dx,
    sums,
  };
  const workgroups = groupsOf(units * bands.tiles, 4);
  if (turned) {
    const padding = g.kernel - 1 - g.padding;
    program.dispatch(
      call,
      turnedInputGrad(g.kernel, then),
      {
        ...shared,
        padding,
        blank: padding,
        firstTap: taps - 1,
        filterStep: 2 ** 32 - units,
        biased: 0,
        statistics: 0,
      },
      operands,
      workgroups,
    );
  } else {
    const columns = Math.ceil((g.width + g.padding) / g.stride);
    program.dispatch(
      call,
      spreadInputGrad(g.kernel, g.stride, then),
      { ...shared, padding: g.padding, steps, columns, firstTap: 0, filterStep: units },
      operands,
      workgroups,
    );
  }
  if (sums === undefined) return;
  const { xDBeta: first, xDGamma: second } = out;
  finishSumsOf(program, call, { sums, first, second, channels: g.channels, tiles: bands.tiles });
}

/** @param dy with the norm behind it taken in. */
export function lowerWalkFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">, dy: TensorId): void {
  const g = call.attrs;
  const out = call.out.dFilters;
  const units = g.filters / 4;
  const bands = bandsOf(program, units, g.batch, g.outHeight);
  const chunks = bands.tiles;
  const sums = chunks === 1 ? out : program.scratch(`d ${call.label}.chunks`, chunks * program.lengthOf(out));
  const source = normedInput(program, call);
  program.dispatch(
    call,
    filterGrad(g.kernel, g.stride, stemOf(g), flag(source.xScale)),
    {
      ...bands,
      units,
      height: g.outHeight,
      width: g.outWidth,
      readHeight: g.height,
      readWidth: g.width,
      padding: g.padding,
      floor: source.floor,
    },
    { x: source.x, xScale: source.xScale, xShift: source.xShift, dy, sums },
    groupsOf(units * chunks, 4),
  );
  if (chunks > 1) program.joinLater({ sums, out, chunks });
}
