import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { gradientSumsAfter, normedView, normGradView, statisticsAfter } from "./fused.ts";
import type { Pointer, Program } from "./program.ts";
import { columnSums, join, slotCountFor, slotsOrResult } from "./slots.ts";

/**
 * 1×1 convolutions without padding and groups: matrix products over rows = pixels. With a stride, the rows that are
 * seen are first gathered side by side.
 */
export function isMatrixConv({ kernel, padding, groups }: ConvGeometry): boolean {
  return kernel === 1 && padding === 0 && groups === 1;
}

/** A block of rows stays in the first-level cache; 6 and 4 divide it. */
const blockRows = 48;
/** Rows per short sum of the filter gradient. */
const sumRows = 96;
const strip = 48;
/** Filters beyond which half the slots do: writing and joining them would cost more than the balance of threads gains. */
const largeFilters = 16384;

export function lowerMatrixConv(program: Program, call: CallOf<"conv2d">): void {
  const { attrs } = call;
  const bias = program.atOptional(call.in.bias);
  const rows = outRows(attrs);
  const after = statisticsAfter(program, call, blockRows, Math.ceil(rows / blockRows));
  const view = normedView(program, call);
  program.emit("gemm", {
    a: seenRows(program, attrs, program.at(call.in.x)),
    view,
    w: program.at(call.in.filters),
    c: program.at(call.out.y),
    init: bias,
    initRowBytes: 0,
    rows,
    depth: attrs.channels,
    columns: attrs.filters,
    blockRows,
    after: after?.table ?? 0,
    ...viewScratch(program, view ? blockRows * attrs.channels : 0),
  });
  after?.finish();
}

/** Scratch for the blocks that a record makes from views. */
function viewScratch(program: Program, floats: number) {
  return floats === 0 ? { scratch: 0, scratchBytes: 0 } : program.threadScratch(4 * floats);
}

export function lowerMatrixInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  const { attrs } = call;
  const { channels, filters } = attrs;
  const dx = program.at(call.out.dx);
  const addend = program.atOptional(call.in.addend);
  const strided = attrs.stride > 1;
  const transposed = program.scratch(4 * channels * filters);
  program.emit("transpose", {
    x: program.at(call.in.filters),
    out: transposed,
    rows: channels,
    columns: filters,
  });
  const c = strided ? program.scratch(4 * outRows(attrs) * channels) : dx;
  const view = normGradView(program, call);
  const after = gradientSumsAfter(program, call, Math.ceil(outRows(attrs) / blockRows));
  if (strided && after !== undefined)
    throw new RangeError(`${call.label}: a strided 1×1 convolution cannot sum for the norm before it`);
  program.emit("gemm", {
    a: program.at(call.in.dy),
    view,
    w: transposed,
    c,
    init: strided ? 0 : addend,
    initRowBytes: 4 * channels,
    rows: outRows(attrs),
    depth: filters,
    columns: channels,
    blockRows,
    after: after?.table ?? 0,
    ...viewScratch(program, view ? blockRows * filters : 0),
  });
  after?.finish();
  if (strided) program.emit("scatterRows", { x: c, out: dx, addend, ...rowList(program, attrs) });
}

export function lowerMatrixFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { attrs } = call;
  const { channels, filters } = attrs;
  const rows = outRows(attrs);
  const dy = program.at(call.in.dy);
  const xView = normedView(program, call);
  const dyView = normGradView(program, call);
  const x = seenRows(program, attrs, program.at(call.in.x));
  emitFilterGrad(program, { x, xView, dy, dyView, rows, channels, filters }, program.at(call.out.dFilters));
  if (call.out.dBias !== undefined) columnSums(program, dy, rows, filters, program.at(call.out.dBias));
}

interface FilterGrad {
  /** [rows][channels] and [rows][filters]. */
  readonly x: Pointer;
  readonly xView?: Pointer;
  readonly dy: Pointer;
  readonly dyView?: Pointer;
  readonly rows: number;
  readonly channels: number;
  readonly filters: number;
}

/** out[channels][filters] = xᵀ · dy. */
export function emitFilterGrad(program: Program, product: FilterGrad, out: Pointer): void {
  const { x, xView = 0, dy, dyView = 0, rows, channels, filters } = product;
  const viewed = (xView ? channels : 0) + (dyView ? filters : 0);
  // A block of a view is made once, for all of the depth.
  const unitDepth = viewed === 0 ? strip : Math.max(strip, channels);
  const most = channels * filters > largeFilters ? 2 : 1;
  const slotCount = slotCountFor(Math.ceil(rows / sumRows), Math.max(most, Math.ceil(channels / unitDepth)));
  const slots = slotsOrResult(program, slotCount, channels * filters, out);
  program.emit("gemmFilterGrad", {
    x,
    xView,
    dy,
    dyView,
    ...slots,
    rows,
    depth: channels,
    columns: filters,
    blockRows: sumRows,
    unitDepth,
    strip,
    ...viewScratch(program, sumRows * viewed),
  });
  join(program, slots, out, channels * filters);
}

function outRows({ batch, outHeight, outWidth }: ConvGeometry): number {
  return batch * outHeight * outWidth;
}

/** x, or a copy of the rows that a stride lets through. */
function seenRows(program: Program, attrs: ConvGeometry, x: Pointer): Pointer {
  if (attrs.stride === 1) return x;
  const out = program.scratch(4 * outRows(attrs) * attrs.channels);
  program.emit("gatherRows", { x, out, ...rowList(program, attrs) });
  return out;
}

function rowList(program: Program, attrs: ConvGeometry) {
  const { batch, height, width, channels, stride, outHeight, outWidth } = attrs;
  const table = program.table(`rows ${[height, width, channels, stride]}`, () => {
    const offsets: number[] = [];
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++) offsets.push(4 * channels * stride * (y * width + x));
    return offsets;
  });
  return {
    table,
    images: batch,
    pixels: outHeight * outWidth,
    imageBytes: 4 * height * width * channels,
    channels,
  };
}
