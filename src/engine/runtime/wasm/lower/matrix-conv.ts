import type { CallOf, ConvGeometry } from "../../../plan/calls.ts";
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

export function lowerMatrixConv(program: Program, call: CallOf<"conv2d">): void {
  const { attrs } = call;
  const bias = program.atOptional(call.in.bias);
  program.emit("gemm", {
    a: seenRows(program, attrs, program.at(call.in.x)),
    w: program.at(call.in.filters),
    c: program.at(call.out.y),
    init: bias,
    initRowBytes: 0,
    rows: outRows(attrs),
    depth: attrs.channels,
    columns: attrs.filters,
    blockRows,
  });
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
  program.emit("gemm", {
    a: program.at(call.in.dy),
    w: transposed,
    c,
    init: strided ? 0 : addend,
    initRowBytes: 4 * channels,
    rows: outRows(attrs),
    depth: filters,
    columns: channels,
    blockRows,
  });
  if (strided) program.emit("scatterRows", { x: c, out: dx, addend, ...rowList(program, attrs) });
}

export function lowerMatrixFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { attrs } = call;
  const { channels, filters } = attrs;
  const rows = outRows(attrs);
  const dy = program.at(call.in.dy);
  const out = program.at(call.out.dFilters);
  const slotCount = slotCountFor(Math.ceil(rows / sumRows), Math.ceil(channels / strip));
  const slots = slotsOrResult(program, slotCount, channels * filters, out);
  program.emit("gemmFilterGrad", {
    x: seenRows(program, attrs, program.at(call.in.x)),
    dy,
    ...slots,
    rows,
    depth: channels,
    columns: filters,
    blockRows: sumRows,
    strip,
  });
  join(program, slots, out, channels * filters);
  if (call.out.dBias !== undefined) columnSums(program, dy, rows, filters, program.at(call.out.dBias));
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
