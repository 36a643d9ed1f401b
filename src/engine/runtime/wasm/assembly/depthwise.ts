import { copyGroup } from "./padded";
import { After, DepthwiseFilterGradRecord, DepthwisePass, DepthwiseRecord, View } from "./records";
import { ceilDiv, copyFloats, fillFloats, fma, shareStart, touch } from "./simd";
import { emptySlot, follow } from "./sums";
import { viewPixels } from "./view";

// Depthwise convolutions: every channel has its own filter. Channels are taken in strips of 16, one cache line, whose
// zero-padded copy [row][column][16] is small; an image is done with all its strips before the next one, because it comes
// from far away once. In the copy 4 channels of the taps of a filter row lie 64 bytes apart, at constant offsets, and
// their filters stay in registers for all pixels of a tile. Filters: [strip][ky][kx][16 channels].

const STRIP: i32 = 16;
const STRIP_BYTES: usize = 64;

/** Unit of work: one chunk of images, or, where sums follow, the chunks of one slot. Also the input gradient, as tableConv. */
export function depthwise(r: DepthwiseRecord, thread: i32, threads: i32): void {
  const chunks = ceilDiv(r.images, r.imagesPerChunk), after = changetype<After>(r.after);
  const units = r.after ? after.slotCount : chunks, end = shareStart(units, thread + 1, threads);
  const scratch = r.scratch + <usize>thread * r.scratchBytes;
  let unit = shareStart(units, thread, threads);
  if (unit < end) fillFloats(scratch, r.paddedHeight * r.paddedWidth * STRIP, 0);
  const rowBytes = <usize>r.channels << 2, pixels = r.dstImageBytes / (r.channels << 2);
  for (; unit < end; unit++) {
    const first = shareStart(chunks, unit, units) * r.imagesPerChunk;
    const endImage = min(r.images, shareStart(chunks, unit + 1, units) * r.imagesPerChunk);
    const out = r.after ? emptySlot(after, unit, r.channels) : 0;
    for (let image = first; image < endImage; image += r.imagesPerChunk) {
      const images = min(r.imagesPerChunk, endImage - image);
      for (let i = 0; i < images; i++) convolveImage(r, image + i, scratch);
      if (r.after) follow(after, r.dst, <usize>image * r.dstImageBytes, rowBytes, images * pixels, (image - first) * pixels, 0, r.channels, out);
    }
  }
}

function convolveImage(r: DepthwiseRecord, image: i32, scratch: usize): void {
  const imageBytes = <usize>(r.height * r.width * r.channels) << 2;
  touch(r.src + <usize>image * imageBytes, imageBytes);
  // The results, too: they are written in pieces of lines that lie far apart.
  touch(r.dst + <usize>image * r.dstImageBytes, r.dstImageBytes);
  for (let channel = 0; channel < r.channels; channel += STRIP) {
    const count = min(STRIP, r.channels - channel);
    copyGroup(
      r.src, <usize>image * imageBytes, r.view, 1, r.height, r.width, r.channels, channel, count, STRIP,
      scratch, r.pad, r.paddedHeight, r.paddedWidth,
    );
    let pass = r.passes;
    for (let i = 0; i < r.passCount; i++, pass += offsetof<DepthwisePass>()) {
      convolveStrip(r, changetype<DepthwisePass>(pass), image, channel, count, scratch);
    }
  }
}

/** One strip of one image: 4 channels at a time, a piece of the filter rows after the other. */
function convolveStrip(r: DepthwiseRecord, pass: DepthwisePass, image: i32, channel: i32, count: i32, scratch: usize): void {
  const w = pass.filters + <usize>(channel / STRIP * pass.rowTaps * pass.columnTaps) * STRIP_BYTES;
  const x = scratch + <usize>(pass.firstRow * r.paddedWidth + pass.firstColumn) * STRIP_BYTES;
  const at = <usize>image * r.dstImageBytes + pass.out;
  for (let c = 0; c < count; c += 4) {
    const from = <usize>c << 2, channelAt = <usize>(channel + c) << 2;
    const out = r.dst + at + channelAt;
    let init = r.init ? r.init + (r.initIsMap ? at : 0) + channelAt : 0, initIsMap = r.initIsMap;
    // Once also where no tap reaches these pixels.
    let tap = 0;
    do {
      const taps = pieceOf(pass.columnTaps - tap), skip = from + <usize>tap * STRIP_BYTES;
      convolveQuad(r, pass, taps, x + skip, w + skip, out, init, initIsMap, min(4, count - c), scratch);
      init = out; initIsMap = 1;
      tap += taps;
    } while (tap < pass.columnTaps);
  }
}

/** Taps of a filter row that are taken in one go, of `left`: 5 with 7 pixels are what 16 registers hold. */
@inline
function pieceOf(left: i32): i32 {
  return left >= 5 ? 5 : left >= 3 ? 3 : left >= 2 ? 2 : 1;
}

/** Columns of pixels in tiles of 7, 4, 2 and 1. Less than 4 channels are made beside the padded copy and then copied. */
function convolveQuad(r: DepthwiseRecord, pass: DepthwisePass, taps: i32, x: usize, w: usize, out: usize, init: usize, initIsMap: i32, lanes: i32, scratch: usize): void {
  const stepBytes = <usize>r.step * STRIP_BYTES, side = scratch + <usize>(r.paddedHeight * r.paddedWidth) * STRIP_BYTES;
  const toBytes: usize = lanes == 4 ? <usize>pass.outPixelBytes : 16, initBytes = initIsMap ? <usize>pass.outPixelBytes : 0;
  let to = lanes == 4 ? out : side;
  for (let column = 0; column < pass.columns; ) {
    const left = pass.columns - column, pixels = left >= 7 ? 7 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
    const tiles = left / pixels, done = tiles * pixels;
    if (pixels == 7) tilesOf7(taps, tiles, r, pass, x, w, to, toBytes, init, initIsMap);
    else if (pixels == 4) tilesOf4(taps, tiles, r, pass, x, w, to, toBytes, init, initIsMap);
    else if (pixels == 2) tilesOf2(taps, tiles, r, pass, x, w, to, toBytes, init, initIsMap);
    else tilesOf1(taps, tiles, r, pass, x, w, to, toBytes, init, initIsMap);
    x += <usize>done * stepBytes; to += <usize>done * toBytes; column += done;
    if (init) init += <usize>done * initBytes;
  }
  if (lanes < 4) {
    for (let row = 0; row < pass.rows; row++, out += pass.outRowBytes) {
      for (let column = 0; column < pass.columns; column++) {
        copyFloats(side + (<usize>(row * pass.columns + column) << 4), out + <usize>column * pass.outPixelBytes, lanes);
      }
    }
  }
}

function tilesOf7(taps: i32, tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  if (taps == 5) tiles7x5(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 3) tiles7x3(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 2) tiles7x2(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else tiles7x1(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tilesOf4(taps: i32, tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  if (taps == 5) tiles4x5(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 3) tiles4x3(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 2) tiles4x2(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else tiles4x1(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tilesOf2(taps: i32, tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  if (taps == 5) tiles2x5(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 3) tiles2x3(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 2) tiles2x2(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else tiles2x1(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tilesOf1(taps: i32, tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  if (taps == 5) tiles1x5(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 3) tiles1x3(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else if (taps == 2) tiles1x2(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
  else tiles1x1(tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}

// A function for each tile: several in one function make the compiler spill.

function tiles7x5(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(7, 5, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles7x3(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(7, 3, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles7x2(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(7, 2, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles7x1(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(7, 1, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles4x5(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(4, 5, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles4x3(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(4, 3, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles4x2(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(4, 2, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles4x1(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(4, 1, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles2x5(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(2, 5, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles2x3(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(2, 3, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles2x2(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(2, 2, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles2x1(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(2, 1, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles1x5(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(1, 5, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles1x3(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(1, 3, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles1x2(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(1, 2, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}
function tiles1x1(tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  eachTile(1, 1, tiles, r, pass, x, w, out, outBytes, init, initIsMap);
}

/** `tiles` tiles of every row. */
@inline
function eachTile(P: i32, TAPS: i32, tiles: i32, r: DepthwiseRecord, pass: DepthwisePass, x: usize, w: usize, out: usize, outBytes: usize, init: usize, initIsMap: i32): void {
  const paddedBytes = <usize>r.paddedWidth * STRIP_BYTES, stepBytes = <usize>r.step * STRIP_BYTES;
  const filterRowBytes = <usize>pass.columnTaps * STRIP_BYTES, rows = pass.rowTaps, outRows = pass.rows;
  // Fewer than 4 channels are always made aside, also where pixels are as far apart there: 2 channels at a stride of 2.
  const xRowBytes = <usize>r.step * paddedBytes, aside = r.channels < 4 || outBytes != <usize>pass.outPixelBytes;
  const outRowBytes = aside ? <usize>pass.columns << 4 : <usize>pass.outRowBytes;
  const initBytes = initIsMap ? <usize>pass.outPixelBytes : 0, initRowBytes = initIsMap ? <usize>pass.outRowBytes : 0;
  for (let row = 0; row < outRows; row++) {
    let p = x, o = out, i = init;
    for (let tile = 0; tile < tiles; tile++) {
      tileOf(P, TAPS, p, stepBytes, paddedBytes, w, filterRowBytes, rows, o, outBytes, i, initBytes);
      p += <usize>P * stepBytes; o += <usize>P * outBytes;
      if (i) i += <usize>P * initBytes;
    }
    x += xRowBytes; out += outRowBytes;
    if (init) init += initRowBytes;
  }
}

/** out[p][0..4) = init[p] + Σ over `rows` rows and TAPS taps of x[row][p + tap] · w[row][tap], for P pixels. Constants: P (7, 4, 2, 1) and TAPS (5, 3, 2, 1). */
@inline
function tileOf(P: i32, TAPS: i32, x: usize, stepBytes: usize, rowBytes: usize, w: usize, filterRowBytes: usize, rows: i32, out: usize, outBytes: usize, init: usize, initBytes: usize): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
  if (init) {
    c0 = v128.load(init);
    if (P > 1) c1 = v128.load(init += initBytes);
    if (P > 2) { c2 = v128.load(init += initBytes); c3 = v128.load(init += initBytes); }
    if (P > 4) { c4 = v128.load(init += initBytes); c5 = v128.load(init += initBytes); c6 = v128.load(init += initBytes); }
  }
  for (let row = 0; row < rows; row++) {
    const w0 = v128.load(w);
    let w1 = w0, w2 = w0, w3 = w0, w4 = w0, p = x;
    if (TAPS > 1) w1 = v128.load(w, 64);
    if (TAPS > 2) w2 = v128.load(w, 128);
    if (TAPS > 3) { w3 = v128.load(w, 192); w4 = v128.load(w, 256); }
    c0 = sumTaps(TAPS, p, w0, w1, w2, w3, w4, c0);
    if (P > 1) { p += stepBytes; c1 = sumTaps(TAPS, p, w0, w1, w2, w3, w4, c1); }
    if (P > 2) {
      p += stepBytes; c2 = sumTaps(TAPS, p, w0, w1, w2, w3, w4, c2);
      p += stepBytes; c3 = sumTaps(TAPS, p, w0, w1, w2, w3, w4, c3);
    }
    if (P > 4) {
      p += stepBytes; c4 = sumTaps(TAPS, p, w0, w1, w2, w3, w4, c4);
      p += stepBytes; c5 = sumTaps(TAPS, p, w0, w1, w2, w3, w4, c5);
      p += stepBytes; c6 = sumTaps(TAPS, p, w0, w1, w2, w3, w4, c6);
    }
    x += rowBytes;
    w += filterRowBytes;
  }
  v128.store(out, c0);
  if (P > 1) v128.store(out += outBytes, c1);
  if (P > 2) { v128.store(out += outBytes, c2); v128.store(out += outBytes, c3); }
  if (P > 4) { v128.store(out += outBytes, c4); v128.store(out += outBytes, c5); v128.store(out += outBytes, c6); }
}

@inline
function sumTaps(TAPS: i32, p: usize, w0: v128, w1: v128, w2: v128, w3: v128, w4: v128, c: v128): v128 {
  c = fma(v128.load(p), w0, c);
  if (TAPS > 1) c = fma(v128.load(p, 64), w1, c);
  if (TAPS > 2) c = fma(v128.load(p, 128), w2, c);
  if (TAPS > 3) { c = fma(v128.load(p, 192), w3, c); c = fma(v128.load(p, 256), w4, c); }
  return c;
}

/** Slot s of the packed filter gradient = Σ over its images of padded x ⊙ dy. Unit of work: one slot. */
export function depthwiseFilterGrad(r: DepthwiseFilterGradRecord, thread: i32, threads: i32): void {
  const scratch = r.scratch + <usize>thread * r.scratchBytes;
  const imageBytes = <usize>(r.height * r.width * r.channels) << 2;
  const pixelBytes = <usize>r.channels << 2, pixels = r.outHeight * r.outWidth, dyImageBytes = <usize>pixels * pixelBytes;
  const paddedFloats = r.paddedHeight * r.paddedWidth * STRIP;
  const end = shareStart(r.slotCount, thread + 1, threads);
  let slot = shareStart(r.slotCount, thread, threads);
  if (slot < end) fillFloats(scratch, paddedFloats, 0);
  for (; slot < end; slot++) {
    const first = shareStart(r.images, slot, r.slotCount), endImage = shareStart(r.images, slot + 1, r.slotCount);
    for (let image = first; image < endImage; image++) {
      touch(r.src + <usize>image * imageBytes, imageBytes);
      touch(r.dy + <usize>image * dyImageBytes, dyImageBytes);
      for (let channel = 0; channel < r.channels; channel += STRIP) {
        const count = min(STRIP, r.channels - channel);
        copyGroup(
          r.src, <usize>image * imageBytes, r.xView, 1, r.height, r.width, r.channels, channel, count, STRIP,
          scratch, r.pad, r.paddedHeight, r.paddedWidth,
        );
        const offset = <usize>image * dyImageBytes + (<usize>channel << 2);
        let dy = r.dy + offset, dyBytes = pixelBytes;
        if (r.dyView) {
          dy = scratch + (<usize>paddedFloats << 2);
          dyBytes = STRIP_BYTES;
          viewPixels(changetype<View>(r.dyView), r.dy, offset, pixelBytes, dy, dyBytes, 0, pixels, 1, channel, count);
        }
        const out = r.slots + <usize>slot * r.slotBytes + <usize>(channel / STRIP * r.kernel * r.kernel) * STRIP_BYTES;
        sumStrip(r, scratch, dy, dyBytes, count, out, image > first ? 1 : 0);
      }
    }
  }
}

/** 4 channels at a time, as many filter rows as there are registers for sums. dY is read 4 wide even where fewer are left. */
function sumStrip(r: DepthwiseFilterGradRecord, x: usize, dy: usize, dyBytes: usize, count: i32, out: usize, accumulate: i32): void {
  const paddedBytes = <usize>r.paddedWidth * STRIP_BYTES, filterRowBytes = <usize>r.kernel * STRIP_BYTES;
  for (let c = 0; c < count; c += 4, x += 16, dy += 16, out += 16) {
    for (let ky = 0; ky < r.kernel; ) {
      const rows = r.kernel == 3 ? 3 : r.kernel == 5 && ky < 4 ? 2 : 1;
      for (let tap = 0; tap < r.kernel; ) {
        const taps = pieceOf(r.kernel - tap), skip = <usize>tap * STRIP_BYTES;
        gradTile(rows, taps, x + <usize>ky * paddedBytes + skip, r.step, paddedBytes, dy, dyBytes, r.outHeight, r.outWidth, out + <usize>ky * filterRowBytes + skip, accumulate);
        tap += taps;
      }
      ky += rows;
    }
  }
}

function gradTile(rows: i32, taps: i32, x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  if (rows == 3) gradTile33(x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
  else if (rows == 2) gradTile25(x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
  else if (taps == 5) gradTile15(x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
  else if (taps == 3) gradTile13(x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
  else if (taps == 2) gradTile12(x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
  else gradTile11(x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
}

function gradTile33(x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  gradTileOf(3, 3, x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
}
function gradTile25(x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  gradTileOf(2, 5, x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
}
function gradTile15(x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  gradTileOf(1, 5, x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
}
function gradTile13(x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  gradTileOf(1, 3, x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
}
function gradTile12(x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  gradTileOf(1, 2, x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
}
function gradTile11(x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  gradTileOf(1, 1, x, step, rowBytes, dy, dyBytes, height, width, out, accumulate);
}

/**
 * out[row][tap] (+)= Σ over height × width pixels of x[y·step + row][x·step + tap] ⊙ dy, 4 channels, for ROWS·TAPS ≤ 10 sums.
 * Rows of sums follow each other without a gap: more than one only where TAPS is the whole filter row.
 */
@inline
function gradTileOf(ROWS: i32, TAPS: i32, x: usize, step: i32, rowBytes: usize, dy: usize, dyBytes: usize, height: i32, width: i32, out: usize, accumulate: i32): void {
  let a0 = f32x4.splat(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0;
  let b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, c0 = a0, c1 = a0, c2 = a0;
  const stepBytes = <usize>step * STRIP_BYTES;
  for (let row = 0; row < height; row++, x += <usize>step * rowBytes) {
    let p = x;
    for (let column = 0; column < width; column++, p += stepBytes, dy += dyBytes) {
      const d = v128.load(dy);
      a0 = fma(v128.load(p), d, a0);
      if (TAPS > 1) a1 = fma(v128.load(p, 64), d, a1);
      if (TAPS > 2) a2 = fma(v128.load(p, 128), d, a2);
      if (TAPS > 3) { a3 = fma(v128.load(p, 192), d, a3); a4 = fma(v128.load(p, 256), d, a4); }
      if (ROWS > 1) {
        const q = p + rowBytes;
        b0 = fma(v128.load(q), d, b0); b1 = fma(v128.load(q, 64), d, b1); b2 = fma(v128.load(q, 128), d, b2);
        if (TAPS > 3) { b3 = fma(v128.load(q, 192), d, b3); b4 = fma(v128.load(q, 256), d, b4); }
        if (ROWS > 2) {
          const s = q + rowBytes;
          c0 = fma(v128.load(s), d, c0); c1 = fma(v128.load(s, 64), d, c1); c2 = fma(v128.load(s, 128), d, c2);
        }
      }
    }
  }
  out = put(out, a0, accumulate);
  if (TAPS > 1) out = put(out, a1, accumulate);
  if (TAPS > 2) out = put(out, a2, accumulate);
  if (TAPS > 3) { out = put(out, a3, accumulate); out = put(out, a4, accumulate); }
  if (ROWS > 1) {
    out = put(out, b0, accumulate); out = put(out, b1, accumulate); out = put(out, b2, accumulate);
    if (TAPS > 3) { out = put(out, b3, accumulate); out = put(out, b4, accumulate); }
  }
  if (ROWS > 2) { out = put(out, c0, accumulate); out = put(out, c1, accumulate); put(out, c2, accumulate); }
}

@inline
function put(out: usize, sum: v128, accumulate: i32): usize {
  v128.store(out, accumulate ? f32x4.add(v128.load(out), sum) : sum);
  return out + STRIP_BYTES;
}
