import type { ConvGeometry, TensorId } from "../../../plan/call.ts";
import type { CallOf, KernelCall } from "../../../plan/calls.ts";
import type { Plan } from "../../../plan/plan.ts";
import { productForward, productInputGrad, productPixels } from "../kernels/product.ts";
import { productFilterGrad, productStep, quadLanes } from "../kernels/product-filter-grad.ts";
import { noFloor } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { finishMomentsOf, finishSumsOf } from "./columns.ts";
import { flag, groupsOf } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { isCurved, normedInput } from "./normed-input.ts";
import type { InputGradPlan } from "./quad.ts";

const forward = memoized((normed: 0 | 1) => productForward(normed === 1));
const inputGrad = memoized((normed: 0 | 1) => productInputGrad(normed === 1));

const filterGrad = memoized((channels: number, filters: number, normed: 0 | 1) =>
  productFilterGrad({ channels, filters }, normed === 1),
);

/** Vectors of channels of an invocation, and of filters at most. */
const block = { channels: 4, filters: 2 } as const;

/** Pixels of a chunk, at least: what is shorter costs more to join than to sum. */
const shortestChunk = 64;

/** Whether quads make a convolution as a product of matrices: 1×1, of one group, whole vectors. */
export function isProduct({ tiles }: Program, g: ConvGeometry): boolean {
  const whole = g.channels % 4 === 0 && g.filters % 4 === 0;
  return tiles.quads && g.kernel === 1 && g.padding === 0 && g.groups === 1 && whole;
}

const withNorms = new WeakMap<Plan, boolean>();

/**
 * Whether some product of the network reads its x through a norm. Those that do not are made by the same kernels then, as
 * normed by 1 and 0: compiling others for them would take longer than hundreds of steps gain.
 */
function readsNorms(program: Program): boolean {
  const { plan } = program;
  const known = withNorms.get(plan);
  if (known !== undefined) return known;
  const through = ({ op, in: input, attrs }: KernelCall) =>
    op === "conv2d" &&
    input.xScale !== undefined &&
    !isCurved(attrs.xActivation ?? "none") &&
    isProduct(program, attrs);
  const found = plan.train.some(through);
  withNorms.set(plan, found);
  return found;
}

/** @param dy with the norm behind it taken in. */
export function lowerProductFilterGrad(
  program: Program,
  call: CallOf<"conv2dFilterGrad">,
  dy: TensorId,
): void {
  const { attrs: g } = call;
  const out = call.out.dFilters;
  const rows = g.batch * g.outHeight * g.outWidth;
  const [xUnits, dyUnits] = [g.channels / 4, g.filters / 4];
  const filters = Math.min(block.filters, dyUnits);
  const across = groupsOf(dyUnits, quadLanes * filters);
  const channelBlocks = groupsOf(xUnits, block.channels);
  const wanted = Math.round(program.tiles.invocations / (quadLanes * across * channelBlocks));
  const most = Math.max(1, Math.min(wanted, Math.floor(rows / shortestChunk)));
  const chunkRows = productStep * Math.ceil(rows / most / productStep);
  const chunks = groupsOf(rows, chunkRows);
  const length = program.lengthOf(out);
  const sums = chunks === 1 ? out : program.scratch(`d ${call.label}.chunks`, chunks * length);
  const { x, xScale, xShift, floor } = normedInput(program, call);
  program.dispatch(
    call,
    filterGrad(block.channels, filters, xScale !== undefined || readsNorms(program) ? 1 : 0),
    {
      rows,
      ...strideArgs(g),
      xUnits,
      dyUnits,
      across,
      channelBlocks,
      chunks,
      chunkRows,
      length: length / 4,
      normed: flag(xScale),
      floor,
    },
    { x, dy, xScale, xShift, sums },
    across * channelBlocks * chunks,
  );
  if (chunks > 1) program.joinLater({ sums, out, chunks });
}

/** Vectors that a map has at least, to be written by quads: of four vectors that are made, a quarter may be for nothing. */
const fewestUnits = 3;

/** Whether quads make the map that a 1×1 convolution of any stride writes, of so many channels. */
export function isProductMap(program: Program, g: ConvGeometry, written: number): boolean {
  return isProduct(program, g) && written / 4 >= fewestUnits;
}

/** Which pixels of the larger map a stride takes. */
function strideArgs(g: ConvGeometry) {
  return {
    imagePixels: g.outHeight * g.outWidth,
    width: g.outWidth,
    stridedHeight: g.height,
    stridedWidth: g.width,
    stride: g.stride,
    gaps: g.stride > 1 ? 1 : 0,
  };
}

/** How quads share the map that is written. */
function quadsOf({ tiles }: Program, rows: number, units: number) {
  const tile = quadLanes * productPixels;
  const across = groupsOf(units, quadLanes);
  const span = Math.max(1, Math.floor((groupsOf(rows, tile) * across * quadLanes) / tiles.invocations));
  const tileRows = span * tile;
  const down = groupsOf(rows, tileRows);
  return { down, tileRows, args: { rows, units, across, quads: down, span, tileRows } };
}

export function lowerProductForward(program: Program, call: CallOf<"conv2d">): void {
  const { in: input, out, update, attrs: g } = call;
  const rows = g.batch * g.outHeight * g.outWidth;
  const units = g.filters / 4;
  const { args, down, tileRows } = quadsOf(program, rows, units);
  const { x, xScale, xShift, floor } = normedInput(program, call);
  const sums = g.statistics && program.scratch(`${call.label}.tiles`, 8 * down * units);
  program.dispatch(
    call,
    forward(xScale !== undefined || readsNorms(program) ? 1 : 0),
    {
      ...args,
      ...strideArgs(g),
      inner: g.channels / 4,
      filterUnits: units,
      floor,
      normed: flag(xScale),
      biased: flag(input.bias),
      statistics: flag(sums),
    },
    { x, filters: input.filters, xScale, xShift, bias: input.bias, y: out.y, sums },
    args.across * down,
  );
  if (sums === undefined || g.statistics === undefined) return;
  finishMomentsOf(program, call, {
    sums,
    operands: { ...input, ...out, ...update },
    shape: { rows, channels: g.filters, ...g.statistics },
    tiles: down,
    tileRows,
  });
}

/** @param planned dx's gradient through the norm before, if its activation has an exponential, is left to the caller. */
export function lowerProductInputGrad(
  program: Program,
  call: CallOf<"conv2dInputGrad">,
  { dy, dx, then }: InputGradPlan,
): void {
  const { in: input, out, attrs: g } = call;
  const units = g.channels / 4;
  const { args, down } = quadsOf(program, g.batch * g.outHeight * g.outWidth, units);
  const normed = then === "norm";
  const sums = normed ? program.scratch(`d ${call.label}.tiles`, 8 * down * units) : undefined;
  const { xScale, xShift, xMean, xInvStd } = input;
  program.dispatch(
    call,
    inputGrad(normed || readsNorms(program) ? 1 : 0),
    {
      ...args,
      ...strideArgs(g),
      ...(normed && { stride: 0 }),
      normed: normed ? 1 : 0,
      added: flag(normed ? undefined : input.addend),
      inner: g.filters / 4,
      filterUnits: g.filters / 4,
      floor: g.xActivation === "relu" ? 0 : noFloor,
    },
    {
      dy,
      filters: input.filters,
      ...(normed ? { xScale, xShift, xMean, xInvStd } : {}),
      other: normed ? input.x : input.addend,
      dx,
      sums,
    },
    args.across * down,
  );
  if (sums === undefined) return;
  finishSumsOf(program, call, {
    sums,
    first: out.xDBeta,
    second: out.xDGamma,
    channels: g.channels,
    tiles: down,
  });
}
