import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { gradientSumsAfter, normedView, normGradView, statisticsAfter } from "./fused.ts";
import { packedFilters, packedFloats, paddedBytes, runLength } from "./packed-filters.ts";
import type { Pointer, Program } from "./program.ts";
import { columnSums, evenSlotCount, scratchSlots } from "./slots.ts";
import {
  type AxisClass,
  axisClasses,
  axisPadding,
  type Groups,
  imagesPerChunk,
  mergedGroups,
} from "./table-geometry.ts";
import { forwardTaps, tapsOf } from "./taps.ts";

/** Convolutions over a padded copy, see assembly/table-conv.ts: any kernel, stride, padding and group width. */
export function lowerTableConv(program: Program, call: CallOf<"conv2d">): void {
  const { attrs } = call;
  const { kernel, filters, outHeight, outWidth } = attrs;
  const view = forwardView(program, attrs);
  const packed = packedFilters(program, attrs, program.at(call.in.filters), forwardTaps(kernel));
  const passes = passTable(program, [
    {
      table: view.table,
      pixels: view.pixels,
      runs: kernel,
      runLength: runLength(view, kernel),
      filters: packed,
    },
  ]);
  const { table: _, pixels: __, ...source } = view;
  const chunkRows = view.imagesPerChunk * view.pixels;
  const after = statisticsAfter(program, call, chunkRows, Math.ceil(attrs.batch / view.imagesPerChunk));
  program.emit("tableConv", {
    src: program.at(call.in.x),
    view: normedView(program, call),
    dst: program.at(call.out.y),
    init: program.atOptional(call.in.bias),
    initIsMap: 0,
    ...source,
    ...passes,
    dstImageBytes: 4 * outHeight * outWidth * filters,
    dstChannels: filters,
    after: after?.table ?? 0,
    ...program.threadScratch(paddedBytes(view)),
  });
  after?.finish();
}

export function lowerTableInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  const { attrs } = call;
  const { batch, height, width, channels, filters, stride, outHeight, outWidth } = attrs;
  const { merge: _, ...merged } = mergedGroups(attrs);
  const rows = axisClasses(height, attrs);
  const columns = axisClasses(width, attrs);
  const chunk = imagesPerChunk(batch, (rows[0] as AxisClass).count * (columns[0] as AxisClass).count);
  const rowPad = axisPadding(rows, outHeight);
  const columnPad = axisPadding(columns, outWidth, rowPad.pad);
  // One number for both axes: columns may ask for more zeros than rows.
  const { padded: paddedHeight } = axisPadding(rows, outHeight, columnPad.pad);
  const { pad, padded: paddedWidth } = columnPad;
  const passes = rows.flatMap((row) =>
    columns.map((column) => {
      const table = program.table(`grad ${geometryKey(attrs)} ${row.residue} ${column.residue}`, () =>
        pixelTable(chunk, row.count, column.count, (image, y, x) => [
          4 *
            merged.groupOut *
            ((image * paddedHeight + y + row.firstOutput + pad) * paddedWidth + x + column.firstOutput + pad),
          4 * channels * ((image * height + row.residue + stride * y) * width + column.residue + stride * x),
        ]),
      );
      const reached = row.taps > 0 && column.taps > 0;
      const taps = { transposed: 1, y: tapsOf(row, stride), x: tapsOf(column, stride) };
      return {
        table,
        pixels: row.count * column.count,
        runs: reached ? row.taps : 0,
        runLength: reached ? runLength({ ...merged, groupIn: merged.groupOut }, column.taps) : 0,
        filters: reached ? packedFilters(program, attrs, program.at(call.in.filters), taps) : 0,
      };
    }),
  );
  const view = normGradView(program, call);
  const after = gradientSumsAfter(program, call, Math.ceil(batch / chunk));
  program.emit("tableConv", {
    src: program.at(call.in.dy),
    view,
    dst: program.at(call.out.dx),
    init: program.atOptional(call.in.addend),
    initIsMap: 1,
    images: batch,
    imagesPerChunk: chunk,
    height: outHeight,
    width: outWidth,
    channels: filters,
    pad,
    paddedHeight,
    paddedWidth,
    groups: merged.groups,
    groupIn: merged.groupOut,
    groupOut: merged.groupIn,
    dstImageBytes: 4 * height * width * channels,
    dstChannels: channels,
    after: after?.table ?? 0,
    ...passTable(program, passes),
    ...program.threadScratch(
      paddedBytes({ imagesPerChunk: chunk, paddedHeight, paddedWidth, groupIn: merged.groupOut }),
    ),
  });
  after?.finish();
}

export function lowerTableFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { attrs } = call;
  const { batch, channels, filters, groups, kernel, outHeight, outWidth } = attrs;
  const dyView = normGradView(program, call);
  const view = forwardView(program, attrs, dyView !== 0);
  const dy = program.at(call.in.dy);
  const dyBlock = dyView ? 4 * view.imagesPerChunk * view.pixels * lanesOf(view) : 0;
  const slotCount = evenSlotCount(Math.ceil(batch / view.imagesPerChunk), view.groups);
  const slots = scratchSlots(program, slotCount, packedFloats(view, kernel * kernel));
  program.emit("tableFilterGrad", {
    src: program.at(call.in.x),
    xView: normedView(program, call),
    dy,
    dyView,
    dyChannels: filters,
    ...view,
    dyImageBytes: 4 * outHeight * outWidth * filters,
    runs: kernel,
    runLength: runLength(view, kernel),
    winograd: 0,
    ...slots,
    ...program.threadScratch(paddedBytes(view) + dyBlock),
  });
  program.emit("joinPackedFilters", {
    ...slots,
    out: program.at(call.out.dFilters),
    kernel,
    groupIn: channels / groups,
    groupOut: filters / groups,
    filterCount: filters,
    merge: mergedGroups(attrs).merge,
  });
  if (call.out.dBias !== undefined)
    columnSums(program, dy, batch * outHeight * outWidth, filters, program.at(call.out.dBias));
}

/** Filters of a group, in whole tiles. */
function lanesOf({ groupOut }: Pick<Groups, "groupOut">): number {
  return 8 * Math.ceil(groupOut / 8);
}

/**
 * The padded copy of x and the table of its output pixels; these lie in y, or, `packed`, side by side, the lanes of
 * one group each.
 */
function forwardView(program: Program, attrs: ConvGeometry, packed = false) {
  const { batch, height, width, channels, filters, kernel, stride, padding, outHeight, outWidth } = attrs;
  const { merge: _, ...merged } = mergedGroups(attrs);
  const pixels = outHeight * outWidth;
  const chunk = imagesPerChunk(batch, pixels);
  const paddedHeight = Math.max(padding + height, (outHeight - 1) * stride + kernel);
  const paddedWidth = Math.max(padding + width, (outWidth - 1) * stride + kernel);
  const pixelFloats = packed ? lanesOf(merged) : filters;
  const table = program.table(`forward ${pixelFloats} ${geometryKey(attrs)}`, () =>
    pixelTable(chunk, outHeight, outWidth, (image, y, x) => [
      4 * merged.groupIn * ((image * paddedHeight + y * stride) * paddedWidth + x * stride),
      4 * pixelFloats * ((image * outHeight + y) * outWidth + x),
    ]),
  );
  return {
    images: batch,
    imagesPerChunk: chunk,
    height,
    width,
    channels,
    pad: padding,
    paddedHeight,
    paddedWidth,
    ...merged,
    table,
    pixels,
  };
}

function geometryKey(attrs: ConvGeometry): string {
  const { batch, height, width, channels, filters, kernel, stride, padding, groups } = attrs;
  return [batch, height, width, channels, filters, kernel, stride, padding, groups].join(" ");
}

function pixelTable(
  images: number,
  height: number,
  width: number,
  offsets: (image: number, y: number, x: number) => readonly [number, number],
): number[] {
  const words: number[] = [];
  for (let image = 0; image < images; image++)
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) words.push(...offsets(image, y, x));
  return words;
}

interface PassFields {
  readonly table: Pointer;
  readonly pixels: number;
  readonly runs: number;
  readonly runLength: number;
  readonly filters: Pointer;
}

function passTable(program: Program, passes: readonly PassFields[]) {
  const words = passes.flatMap((pass) => [pass.table, pass.pixels, pass.runs, pass.runLength, pass.filters]);
  return { passes: program.table(`passes ${words}`, () => words), passCount: passes.length, winograd: 0 };
}
