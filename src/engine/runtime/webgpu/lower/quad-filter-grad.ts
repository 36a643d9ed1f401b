import type { TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { filterSegment, quadFilterGrad } from "../kernels/quad-filter-grad.ts";
import { turnedFilterGrad, turnedSegment } from "../kernels/turned-filter-grad.ts";
import type { Program } from "../program.ts";
import { flag, groupsOf } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { normedInput } from "./normed-input.ts";
import { isQuad } from "./quad.ts";

const filterGrad = memoized(
  (channels: number, filters: number, taps: number, stride: number, normed: 0 | 1) =>
    quadFilterGrad({ channels, filters, taps, stride, normed: normed === 1 }),
);

const turnedGrad = memoized((width: 2 | 4, taps: number, stride: number, normed: 0 | 1) =>
  turnedFilterGrad({ width, taps, stride, normed: normed === 1 }),
);

/** Steps of a chunk, at least: joining the invocations and storing the sums takes as long as ten of them. */
const shortestChunk = 16;

/** Whether quads make a filter gradient: of few taps a line, at a stride of 1 or 2. */
export function isQuadFilterGrad(program: Program, { attrs }: CallOf<"conv2dFilterGrad">): boolean {
  const { kernel, stride } = attrs;
  return isQuad(program, attrs) && kernel <= 3 && stride <= 2;
}

/** @param dy with the norm behind it taken in. */
export function lowerQuadFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">, dy: TensorId): void {
  const g = call.attrs;
  const out = call.out.dFilters;
  const [inner, own] = [g.channels / g.groups / 4, g.filters / g.groups / 4];
  const width = ([4, 2] as const).find((vectors) => inner % vectors === 0 && own % vectors === 0);
  if (width !== undefined && g.kernel > 1) {
    lowerTurnedFilterGrad(program, call, { dy, width });
    return;
  }
  // Two vectors for three taps would be a tenth faster, and take SwiftShader twice the time to compile.
  const channels = g.kernel === 1 && inner % 2 === 0 ? 2 : 1;
  const filters = own % 2 === 0 ? 2 : 1;
  const [channelBlocks, filterBlocks] = [inner / channels, g.filters / 4 / filters];
  const blocks = g.kernel * channelBlocks * filterBlocks;
  const lineSegments = groupsOf(g.outWidth, filterSegment);
  const segments = g.batch * g.outHeight * lineSegments;
  const steps = groupsOf(segments, 4);
  const most = Math.max(1, Math.min(steps / shortestChunk, program.tiles.invocations / 4 / blocks));
  const chunkSteps = Math.ceil(steps / Math.floor(most));
  const chunks = Math.ceil(steps / chunkSteps);
  const length = program.lengthOf(out);
  const sums = chunks === 1 ? out : program.scratch(`d ${call.label}.chunks`, chunks * length);
  const normed = normedInput(program, call);
  program.dispatch(
    call,
    filterGrad(channels, filters, g.kernel, g.stride, flag(normed.xScale)),
    {
      lineSegments,
      segments,
      steps,
      chunkSteps,
      chunks,
      outHeight: g.outHeight,
      outWidth: g.outWidth,
      height: g.height,
      width: g.width,
      padding: g.padding,
      xUnits: g.channels / 4,
      dyUnits: g.filters / 4,
      inner,
      filterRows: g.channels / g.groups,
      channelBlocks,
      filterBlocks,
      groupBlocks: own / filters,
      blocks,
      length: length / 4,
      floor: normed.floor,
    },
    { x: normed.x, xScale: normed.xScale, xShift: normed.xShift, dy, sums },
    blocks * chunks,
  );
  if (chunks > 1) program.joinLater({ sums, out, chunks });
}

/** In whole blocks of `width` vectors of channels and of filters. */
function lowerTurnedFilterGrad(
  program: Program,
  call: CallOf<"conv2dFilterGrad">,
  { dy, width }: { readonly dy: TensorId; readonly width: 2 | 4 },
): void {
  const g = call.attrs;
  const out = call.out.dFilters;
  const filterRows = g.channels / g.groups;
  const channelBlocks = filterRows / 4 / width;
  const filterBlocks = g.filters / 4 / width;
  const blocks = g.kernel * channelBlocks * filterBlocks;
  const lineSegments = groupsOf(g.outWidth, turnedSegment);
  const steps = groupsOf(g.batch * g.outHeight * lineSegments, 4 / width);
  const chunks = Math.floor(
    Math.max(1, Math.min(steps / shortestChunk, program.tiles.invocations / 4 / blocks)),
  );
  const length = program.lengthOf(out);
  const sums = chunks === 1 ? out : program.scratch(`d ${call.label}.chunks`, chunks * length);
  const normed = normedInput(program, call);
  program.dispatch(
    call,
    turnedGrad(width, g.kernel, g.stride, flag(normed.xScale)),
    {
      lineSegments,
      images: g.batch,
      chunks,
      outHeight: g.outHeight,
      outWidth: g.outWidth,
      height: g.height,
      width: g.width,
      padding: g.padding,
      xUnits: g.channels / 4,
      dyUnits: g.filters / 4,
      filterRows,
      channelBlocks,
      filterBlocks,
      groupBlocks: g.filters / g.groups / 4 / width,
      blocks,
      length: length / 4,
      floor: normed.floor,
    },
    { x: normed.x, xScale: normed.xScale, xShift: normed.xShift, dy, sums },
    blocks * chunks,
  );
  if (chunks > 1) program.joinLater({ sums, out, chunks });
}
