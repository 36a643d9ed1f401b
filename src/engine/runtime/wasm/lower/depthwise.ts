import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { depthwisePassLayout } from "../table-layouts.ts";
import { gradientSumsAfter, normedView, normGradView, statisticsAfter } from "./fused.ts";
import type { Pointer, Program } from "./program.ts";
import { columnSums, scratchSlots, slotCountFor } from "./slots.ts";
import { axisClasses, axisPadding } from "./table-geometry.ts";
import { forwardTaps, type Taps, tapsOf } from "./taps.ts";

/** Every channel has a filter of its own, see assembly/depthwise.ts. */
export function isDepthwise({ groups, channels, filters }: ConvGeometry): boolean {
  return groups === channels && groups === filters;
}

/** Channels of a strip: one cache line. */
const strip = 16;

export function lowerDepthwise(program: Program, call: CallOf<"conv2d">): void {
  const { attrs } = call;
  const { batch, kernel, stride, channels, outHeight, outWidth } = attrs;
  const source = forwardSource(attrs);
  const passes = passTable(program, [
    {
      filters: packedFilters(program, attrs, program.at(call.in.filters), forwardTaps(kernel)),
      rowTaps: kernel,
      columnTaps: kernel,
      firstRow: 0,
      firstColumn: 0,
      rows: outHeight,
      columns: outWidth,
      out: 0,
      outRowBytes: 4 * outWidth * channels,
      outPixelBytes: 4 * channels,
    },
  ]);
  const chunk = chunkOf(batch, outHeight * outWidth);
  const after = statisticsAfter(program, call, chunk * outHeight * outWidth, Math.ceil(batch / chunk));
  program.emit("depthwise", {
    src: program.at(call.in.x),
    view: normedView(program, call),
    dst: program.at(call.out.y),
    init: program.atOptional(call.in.bias),
    initIsMap: 0,
    ...source,
    imagesPerChunk: after ? chunk : 1,
    step: stride,
    dstImageBytes: 4 * outHeight * outWidth * channels,
    after: after?.table ?? 0,
    ...passes,
    ...program.threadScratch(paddedBytes(source) + asideBytes(channels, outHeight * outWidth)),
  });
  after?.finish();
}

export function lowerDepthwiseInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  const { attrs } = call;
  const { batch, height, width, channels, stride, outHeight, outWidth } = attrs;
  const rowClasses = axisClasses(height, attrs);
  const columnClasses = axisClasses(width, attrs);
  const rowPad = axisPadding(rowClasses, outHeight);
  const columnPad = axisPadding(columnClasses, outWidth, rowPad.pad);
  const { pad } = columnPad;
  const source = {
    images: batch,
    height: outHeight,
    width: outWidth,
    channels,
    pad,
    paddedHeight: axisPadding(rowClasses, outHeight, pad).padded,
    paddedWidth: columnPad.padded,
  };
  const passes = rowClasses.flatMap((row) =>
    columnClasses.map((column) => {
      const reached = row.taps > 0 && column.taps > 0;
      const taps = { transposed: 1, y: tapsOf(row, stride), x: tapsOf(column, stride) };
      return {
        filters: reached ? packedFilters(program, attrs, program.at(call.in.filters), taps) : 0,
        rowTaps: reached ? row.taps : 0,
        columnTaps: reached ? column.taps : 0,
        firstRow: reached ? row.firstOutput + pad : 0,
        firstColumn: reached ? column.firstOutput + pad : 0,
        rows: row.count,
        columns: column.count,
        out: 4 * channels * (row.residue * width + column.residue),
        outRowBytes: 4 * channels * stride * width,
        outPixelBytes: 4 * channels * stride,
      };
    }),
  );
  const view = normGradView(program, call);
  const chunk = chunkOf(batch, height * width);
  const after = gradientSumsAfter(program, call, Math.ceil(batch / chunk));
  program.emit("depthwise", {
    src: program.at(call.in.dy),
    view,
    dst: program.at(call.out.dx),
    init: program.atOptional(call.in.addend),
    initIsMap: 1,
    ...source,
    imagesPerChunk: after ? chunk : 1,
    step: 1,
    dstImageBytes: 4 * height * width * channels,
    after: after?.table ?? 0,
    ...passTable(program, passes),
    ...program.threadScratch(paddedBytes(source) + asideBytes(channels, height * width)),
  });
  after?.finish();
}

export function lowerDepthwiseFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { attrs } = call;
  const { batch, channels, kernel, stride, outHeight, outWidth } = attrs;
  const source = forwardSource(attrs);
  const dy = program.at(call.in.dy);
  const dyView = normGradView(program, call);
  const slots = scratchSlots(program, slotCountFor(batch), packedFloats(channels, kernel * kernel));
  program.emit("depthwiseFilterGrad", {
    src: program.at(call.in.x),
    xView: normedView(program, call),
    dy,
    dyView,
    ...source,
    kernel,
    step: stride,
    outHeight,
    outWidth,
    ...slots,
    ...program.threadScratch(paddedBytes(source) + (dyView ? 4 * strip * outHeight * outWidth : 0)),
  });
  program.emit("joinStrips", {
    ...slots,
    out: program.at(call.out.dFilters),
    taps: kernel * kernel,
    channels,
  });
  if (call.out.dBias !== undefined)
    columnSums(program, dy, batch * outHeight * outWidth, channels, program.at(call.out.dBias));
}

/** The padded copy of x: all that filters reach, from the first output's first tap to the last one's last. */
function forwardSource(attrs: ConvGeometry) {
  const { batch, height, width, channels, kernel, stride, padding, outHeight, outWidth } = attrs;
  return {
    images: batch,
    height,
    width,
    channels,
    pad: padding,
    paddedHeight: Math.max(padding + height, (outHeight - 1) * stride + kernel),
    paddedWidth: Math.max(padding + width, (outWidth - 1) * stride + kernel),
  };
}

function paddedBytes({ paddedHeight, paddedWidth }: { paddedHeight: number; paddedWidth: number }): number {
  return 4 * strip * paddedHeight * paddedWidth;
}

/** Results of the last channels where they are not 4: made aside. */
function asideBytes(channels: number, pixels: number): number {
  return channels % 4 === 0 ? 0 : 16 * pixels;
}

function packedFilters(program: Program, attrs: ConvGeometry, filters: Pointer, { y, x }: Taps): Pointer {
  const out = program.scratch(4 * packedFloats(attrs.channels, y.count * x.count));
  program.emit("packStrips", {
    filters,
    out,
    channels: attrs.channels,
    kernel: attrs.kernel,
    yFirst: y.first,
    yStep: y.step,
    yCount: y.count,
    xFirst: x.first,
    xStep: x.step,
    xCount: x.count,
  });
  return out;
}

/** Floats of packed filters: whole strips. */
function packedFloats(channels: number, taps: number): number {
  return strip * Math.ceil(channels / strip) * taps;
}

/** Images whose results are summed in one go: some 48 pixels, still cached. */
function chunkOf(batch: number, pixels: number): number {
  return Math.min(batch, Math.ceil(48 / pixels));
}

type PassFields = { readonly [F in keyof typeof depthwisePassLayout]: number };

function passTable(program: Program, passes: readonly PassFields[]) {
  const words = passes.flatMap((pass) =>
    Object.keys(depthwisePassLayout).map((field) => pass[field as keyof PassFields]),
  );
  return { passes: program.table(`depthwise passes ${words}`, () => words), passCount: passes.length };
}
