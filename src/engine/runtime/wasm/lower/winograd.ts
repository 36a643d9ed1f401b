import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { winogradLayout, winogradSchemes } from "../table-layouts.ts";
import { gradientSumsAfter, normedView, normGradView, statisticsAfter, structTable } from "./fused.ts";
import { packedFilters, paddedBytes } from "./packed-filters.ts";
import type { Pointer, Program } from "./program.ts";
import { columnSums, evenSlotCount, scratchSlots } from "./slots.ts";
import { imagesPerChunk } from "./table-geometry.ts";
import { forwardTaps, type Taps } from "./taps.ts";

/**
 * 3×3 convolutions of wide groups with fewer multiplications, see assembly/winograd-schemes.ts. Groups are whole blocks of
 * 8 lanes on both sides. Which ones, from measurement (bench/wasm/README.md): sums cost the same for every channel, products
 * a channel grow with the group; with a stride only the filter gradient gains.
 */
export function isWinogradConv(attrs: ConvGeometry): boolean {
  return attrs.stride === 1 && isWinogradFilterGrad(attrs);
}

export function isWinogradFilterGrad({
  kernel,
  stride,
  padding,
  channels,
  filters,
  groups,
}: ConvGeometry): boolean {
  const groupIn = channels / groups;
  const groupOut = filters / groups;
  const wholeBlocks = groupIn % 8 === 0 && groupOut % 8 === 0;
  return kernel === 3 && padding === 1 && stride <= 2 && wholeBlocks && Math.min(groupIn, groupOut) >= 24;
}

/** How a scheme goes over a map: per axis, `step` of the source from tile to tile, `window` of it. Outputs: 2. */
const schemes = {
  winogradEven: { step: 2, window: 4, values: 16, products: 16 },
  winogradHalving: { step: 4, window: 5, values: 25, products: 9 },
} as const;
type Scheme = keyof typeof schemes;

/** Tiles whose values and products stay in the second-level cache, at most. */
const blockTiles = 64;

export function lowerWinogradConv(program: Program, call: CallOf<"conv2d">): void {
  const { attrs } = call;
  const { batch, filters, outHeight, outWidth } = attrs;
  const source = forwardSource(attrs, "winogradEven");
  const { groups, groupIn, groupOut } = source;
  const packed = packedFilters(program, attrs, program.at(call.in.filters), forwardTaps(3));
  const u = winogradFilters(program, { groups, groupIn, groupOut }, packed);
  const chunks = Math.ceil(batch / source.imagesPerChunk);
  const after = statisticsAfter(program, call, source.imagesPerChunk * outHeight * outWidth, chunks);
  program.emit("tableConv", {
    src: program.at(call.in.x),
    view: normedView(program, call),
    dst: program.at(call.out.y),
    init: program.atOptional(call.in.bias),
    initIsMap: 0,
    ...source,
    dstImageBytes: 4 * outHeight * outWidth * filters,
    dstChannels: filters,
    after: after?.table ?? 0,
    passes: 0,
    passCount: 0,
    ...winogradFields(program, "winogradEven", source, { outHeight, outWidth }, u),
  });
  after?.finish();
}

/** The forward kernel with filters turned round, for stride 1. */
export function lowerWinogradInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  const { attrs } = call;
  const { batch, height, width, channels, filters, groups, outHeight, outWidth } = attrs;
  const taps = { first: 2, step: -1, count: 3 };
  const transposed: Taps = { transposed: 1, y: taps, x: taps };
  const groupIn = filters / groups;
  const groupOut = channels / groups;
  const chunk = imagesPerChunk(batch, height * width);
  const source = {
    images: batch,
    imagesPerChunk: chunk,
    height: outHeight,
    width: outWidth,
    channels: filters,
    ...padded("winogradEven", tilesOf(height, width), outHeight, outWidth),
    groups,
    groupIn,
    groupOut,
  };
  const packed = packedFilters(program, attrs, program.at(call.in.filters), transposed);
  const u = winogradFilters(program, { groups, groupIn, groupOut }, packed);
  const view = normGradView(program, call);
  const after = gradientSumsAfter(program, call, Math.ceil(batch / chunk));
  program.emit("tableConv", {
    src: program.at(call.in.dy),
    view,
    dst: program.at(call.out.dx),
    init: program.atOptional(call.in.addend),
    initIsMap: 1,
    ...source,
    dstImageBytes: 4 * height * width * channels,
    dstChannels: channels,
    after: after?.table ?? 0,
    passes: 0,
    passCount: 0,
    ...winogradFields(program, "winogradEven", source, { outHeight: height, outWidth: width }, u),
  });
  after?.finish();
}

export function lowerWinogradFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { attrs } = call;
  const { batch, filters, outHeight, outWidth } = attrs;
  const scheme = attrs.stride === 1 ? "winogradEven" : "winogradHalving";
  const source = forwardSource(attrs, scheme);
  const { groups, groupIn, groupOut } = source;
  const dy = program.at(call.in.dy);
  const dyView = normGradView(program, call);
  const dyBlock = dyView ? 4 * source.imagesPerChunk * outHeight * outWidth * groupOut : 0;
  const slotCount = evenSlotCount(Math.ceil(batch / source.imagesPerChunk), groups);
  const slots = scratchSlots(program, slotCount, 9 * groups * groupIn * groupOut);
  program.emit("tableFilterGrad", {
    src: program.at(call.in.x),
    xView: normedView(program, call),
    dy,
    dyView,
    dyChannels: filters,
    ...source,
    dyImageBytes: 4 * outHeight * outWidth * filters,
    table: 0,
    pixels: outHeight * outWidth,
    runs: 3,
    runLength: 3 * groupIn,
    ...slots,
    ...winogradFields(program, scheme, source, { outHeight, outWidth }, 0, dyBlock),
  });
  program.emit("joinPackedFilters", {
    ...slots,
    out: program.at(call.out.dFilters),
    kernel: 3,
    groupIn,
    groupOut,
    filterCount: filters,
    merge: 1,
  });
  if (call.out.dBias !== undefined)
    columnSums(program, dy, batch * outHeight * outWidth, filters, program.at(call.out.dBias));
}

function tilesOf(height: number, width: number) {
  return { tileRows: Math.ceil(height / 2), tileColumns: Math.ceil(width / 2) };
}

/** The padded copy of x. */
function forwardSource(attrs: ConvGeometry, scheme: Scheme) {
  const { batch, height, width, channels, filters, groups, outHeight, outWidth } = attrs;
  return {
    images: batch,
    imagesPerChunk: imagesPerChunk(batch, outHeight * outWidth),
    height,
    width,
    channels,
    ...padded(scheme, tilesOf(outHeight, outWidth), height, width),
    groups,
    groupIn: channels / groups,
    groupOut: filters / groups,
  };
}

type Tiles = ReturnType<typeof tilesOf>;

/** Zeros around the source, so that every tile's window is inside. */
function padded(
  scheme: Scheme,
  { tileRows, tileColumns }: Tiles,

  height: number,
  width: number,
) {
  const { step, window } = schemes[scheme];
  return {
    pad: 1,
    paddedHeight: Math.max(1 + height, step * (tileRows - 1) + window),
    paddedWidth: Math.max(1 + width, step * (tileColumns - 1) + window),
  };
}

interface GroupShape {
  readonly groups: number;
  readonly groupIn: number;
  readonly groupOut: number;
}

function winogradFilters(program: Program, shape: GroupShape, packed: Pointer): Pointer {
  const { groups, groupIn, groupOut } = shape;
  const out = program.scratch(4 * 16 * groups * groupIn * groupOut);
  program.emit("winogradFilters", { packed, out, ...shape });
  return out;
}

/** The fields `winograd` and scratch: padded copy, `dyBlock`, values, products and, in a filter gradient, sums and zeros. */
function winogradFields(
  program: Program,
  scheme: Scheme,
  source: GroupShape & {
    readonly imagesPerChunk: number;
    readonly paddedHeight: number;
    readonly paddedWidth: number;
  },
  out: { readonly outHeight: number; readonly outWidth: number },
  filters: Pointer,
  dyBlock?: number,
) {
  const { values, products } = schemes[scheme];
  const { imagesPerChunk, groupIn, groupOut } = source;
  const tiles = tilesOf(out.outHeight, out.outWidth);
  const all = imagesPerChunk * tiles.tileRows * tiles.tileColumns;
  const block = Math.ceil(all / Math.ceil(all / blockTiles));
  const valuesAt = paddedBytes(source) + (dyBlock ?? 0);
  const sums = dyBlock === undefined ? 0 : values * groupIn * groupOut + groupOut;
  const floats = block * (values * groupIn + products * groupOut) + sums;
  return {
    winograd: structTable(program, "winograd", winogradLayout, {
      scheme: winogradSchemes[scheme],
      ...tiles,
      ...out,
      filters,
      blockTiles: block,
      valuesAt,
    }),
    ...program.threadScratch(valuesAt + 4 * floats),
  };
}
