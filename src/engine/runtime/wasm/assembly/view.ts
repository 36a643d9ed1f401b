import { activate } from "./activation";
import { NONE, RELU, SIGMOID, SILU, View } from "./records";
import { fma, loadLanes, storeLanes } from "./simd";

// What is read in place of a map (viewLayout in ../table-layouts.ts), written to a small copy that stays in the first-level
// cache. A function for each activation: within one function the compiler folds loops that differ in a constant only
// into one loop with a branch inside, half as fast.

/** `rows` whole rows of `channels` from `offset` bytes into the map x on, side by side. Walks along the rows: x is cold. */
export function viewRows(view: View, x: usize, offset: usize, to: usize, rows: i32, channels: i32): void {
  if (view.second) rowsOfTwo(view, x, offset, to, rows, channels);
  else if (view.activation == RELU) rowsRelu(view, x, offset, to, rows, channels);
  else if (view.activation == SILU) rowsSilu(view, x, offset, to, rows, channels);
  else if (view.activation == SIGMOID) rowsSigmoid(view, x, offset, to, rows, channels);
  else rowsNone(view, x, offset, to, rows, channels);
}

function rowsOfTwo(view: View, x: usize, offset: usize, to: usize, rows: i32, channels: i32): void { eachRow(view, x, offset, to, rows, channels, NONE, 1); }
function rowsNone(view: View, x: usize, offset: usize, to: usize, rows: i32, channels: i32): void { eachRow(view, x, offset, to, rows, channels, NONE, 0); }
function rowsRelu(view: View, x: usize, offset: usize, to: usize, rows: i32, channels: i32): void { eachRow(view, x, offset, to, rows, channels, RELU, 0); }
function rowsSilu(view: View, x: usize, offset: usize, to: usize, rows: i32, channels: i32): void { eachRow(view, x, offset, to, rows, channels, SILU, 0); }
function rowsSigmoid(view: View, x: usize, offset: usize, to: usize, rows: i32, channels: i32): void { eachRow(view, x, offset, to, rows, channels, SIGMOID, 0); }

@inline
function eachRow(view: View, x: usize, offset: usize, to: usize, rows: i32, channels: i32, activation: i32, two: i32): void {
  const rowBytes = <usize>channels << 2, scale = view.scale, slope = view.slope, shift = view.shift;
  let p = x + offset, q = view.second + offset;
  for (let row = 0; row < rows; row++, p += rowBytes, q += rowBytes, to += rowBytes) {
    let at: usize = 0;
    for (; at + 16 <= rowBytes; at += 16) rowAt(p, q, to, at, scale, slope, shift, activation, two, 4);
    for (; at < rowBytes; at += 4) rowAt(p, q, to, at, scale, slope, shift, activation, two, 1);
  }
}

@inline
function rowAt(p: usize, q: usize, to: usize, at: usize, scale: usize, slope: usize, shift: usize, activation: i32, two: i32, lanes: i32): void {
  let value = fma(loadLanes(scale + at, lanes), loadLanes(p + at, lanes), loadLanes(shift + at, lanes));
  if (two) value = fma(loadLanes(slope + at, lanes), loadLanes(q + at, lanes), value);
  storeLanes(to + at, activate(value, activation), lanes);
}

/**
 * `count` channels from `channel` on, of `height` rows of `width` pixels that lie pixelBytes apart, the first `offset`
 * bytes into the map (to that channel). Results lie toBytes apart, with toSkip bytes more between rows. Walks down the
 * columns, 8 channels at a time: vectors stay in registers.
 */
export function viewPixels(view: View, x: usize, offset: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, channel: i32, count: i32): void {
  if (view.second) pixelsOfTwo(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count);
  else if (view.activation == RELU) pixelsRelu(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count);
  else if (view.activation == SILU) pixelsSilu(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count);
  else if (view.activation == SIGMOID) pixelsSigmoid(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count);
  else pixelsNone(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count);
}

function pixelsOfTwo(view: View, x: usize, offset: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count, NONE, 1);
}
function pixelsNone(view: View, x: usize, offset: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count, NONE, 0);
}
function pixelsRelu(view: View, x: usize, offset: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count, RELU, 0);
}
function pixelsSilu(view: View, x: usize, offset: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count, SILU, 0);
}
function pixelsSigmoid(view: View, x: usize, offset: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, pixelBytes, to, toBytes, toSkip, width, height, channel, count, SIGMOID, 0);
}

@inline
function eachColumn(view: View, x: usize, offset: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, channel: i32, count: i32, activation: i32, two: i32): void {
  const first = <usize>channel << 2, p = x + offset, q = view.second + offset;
  let c = 0;
  for (; c + 8 <= count; c += 8) wideColumn(view, p, q, pixelBytes, to, toBytes, toSkip, width, height, first, <usize>c << 2, activation, two);
  for (; c + 4 <= count; c += 4) columnAt(view, p, q, pixelBytes, to, toBytes, toSkip, width, height, first, <usize>c << 2, activation, two, 4);
  for (; c < count; c++) columnAt(view, p, q, pixelBytes, to, toBytes, toSkip, width, height, first, <usize>c << 2, activation, two, 1);
}

@inline
function wideColumn(view: View, p: usize, q: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, first: usize, at: usize, activation: i32, two: i32): void {
  const vector = first + at;
  const scale0 = v128.load(view.scale + vector), scale1 = v128.load(view.scale + vector, 16);
  const shift0 = v128.load(view.shift + vector), shift1 = v128.load(view.shift + vector, 16);
  const slope0 = two ? v128.load(view.slope + vector) : scale0, slope1 = two ? v128.load(view.slope + vector, 16) : scale1;
  p += at; q += at; to += at;
  for (let y = 0; y < height; y++, to += toSkip) {
    for (let i = 0; i < width; i++, p += pixelBytes, to += toBytes) {
      let a = fma(scale0, v128.load(p), shift0), b = fma(scale1, v128.load(p, 16), shift1);
      if (two) { a = fma(slope0, v128.load(q), a); b = fma(slope1, v128.load(q, 16), b); q += pixelBytes; }
      v128.store(to, activate(a, activation));
      v128.store(to, activate(b, activation), 16);
    }
  }
}

@inline
function columnAt(view: View, p: usize, q: usize, pixelBytes: usize, to: usize, toBytes: usize, toSkip: usize, width: i32, height: i32, first: usize, at: usize, activation: i32, two: i32, lanes: i32): void {
  const scale = loadLanes(view.scale + first + at, lanes), shift = loadLanes(view.shift + first + at, lanes);
  const slope = two ? loadLanes(view.slope + first + at, lanes) : scale;
  p += at; q += at; to += at;
  for (let y = 0; y < height; y++, to += toSkip) {
    for (let i = 0; i < width; i++, p += pixelBytes, to += toBytes) {
      let value = fma(scale, loadLanes(p, lanes), shift);
      if (two) { value = fma(slope, loadLanes(q, lanes), value); q += pixelBytes; }
      storeLanes(to, activate(value, activation), lanes);
    }
  }
}
