import { activate } from "./activation";
import { NONE, RELU, SIGMOID, SILU, View } from "./records";
import { fma, loadLanes, storeLanes } from "./simd";

// What is read in place of a map (viewLayout in ../records.ts), written to a small copy that stays in the first-level
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
 * `count` channels from `channel` on, of `rows` rows that lie rowBytes apart, the first `offset` bytes into the map (to
 * that channel); results lie toBytes apart. Walks down the columns: vectors stay in registers.
 */
export function viewColumns(view: View, x: usize, offset: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, channel: i32, count: i32): void {
  if (view.second) columnsOfTwo(view, x, offset, rowBytes, to, toBytes, rows, channel, count);
  else if (view.activation == RELU) columnsRelu(view, x, offset, rowBytes, to, toBytes, rows, channel, count);
  else if (view.activation == SILU) columnsSilu(view, x, offset, rowBytes, to, toBytes, rows, channel, count);
  else if (view.activation == SIGMOID) columnsSigmoid(view, x, offset, rowBytes, to, toBytes, rows, channel, count);
  else columnsNone(view, x, offset, rowBytes, to, toBytes, rows, channel, count);
}

function columnsOfTwo(view: View, x: usize, offset: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, rowBytes, to, toBytes, rows, channel, count, NONE, 1);
}
function columnsNone(view: View, x: usize, offset: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, rowBytes, to, toBytes, rows, channel, count, NONE, 0);
}
function columnsRelu(view: View, x: usize, offset: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, rowBytes, to, toBytes, rows, channel, count, RELU, 0);
}
function columnsSilu(view: View, x: usize, offset: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, rowBytes, to, toBytes, rows, channel, count, SILU, 0);
}
function columnsSigmoid(view: View, x: usize, offset: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, channel: i32, count: i32): void {
  eachColumn(view, x, offset, rowBytes, to, toBytes, rows, channel, count, SIGMOID, 0);
}

@inline
function eachColumn(view: View, x: usize, offset: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, channel: i32, count: i32, activation: i32, two: i32): void {
  const first = <usize>channel << 2, p = x + offset, q = view.second + offset;
  let c = 0;
  for (; c + 4 <= count; c += 4) columnAt(view, p, q, rowBytes, to, toBytes, rows, first, <usize>c << 2, activation, two, 4);
  for (; c < count; c++) columnAt(view, p, q, rowBytes, to, toBytes, rows, first, <usize>c << 2, activation, two, 1);
}

@inline
function columnAt(view: View, p: usize, q: usize, rowBytes: usize, to: usize, toBytes: usize, rows: i32, first: usize, at: usize, activation: i32, two: i32, lanes: i32): void {
  const scale = loadLanes(view.scale + first + at, lanes), shift = loadLanes(view.shift + first + at, lanes);
  const slope = two ? loadLanes(view.slope + first + at, lanes) : scale;
  p += at; q += at; to += at;
  for (let row = 0; row < rows; row++, p += rowBytes, to += toBytes) {
    let value = fma(scale, loadLanes(p, lanes), shift);
    if (two) { value = fma(slope, loadLanes(q, lanes), value); q += rowBytes; }
    storeLanes(to, activate(value, activation), lanes);
  }
}
