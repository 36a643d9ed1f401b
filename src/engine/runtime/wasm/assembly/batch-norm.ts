import { activationSlope } from "./activation";
import {
  BatchNormFoldRecord, BatchNormInputGradRecord, BatchNormReduceGradRecord, BatchNormStatsJoinRecord, BatchNormStatsRecord,
  NONE, RELU, SIGMOID, SILU,
} from "./records";
import { ceilDiv, fillFloats, fma, loadLanes, shareStart, storeLanes, touch } from "./simd";

// x[rows][channels]. Sums over rows go in blocks of rows small enough for the first-level cache; a block's sums are made
// in registers, then join the slot's in memory. Σx² − (Σx)²/n would lose the variance of maps whose mean is large, so
// a block takes its mean first and then its squared deviations, and blocks are merged by Chan's formula.

/** Slot s = mean[C], Σ(x − mean)²[C] over its rows. Unit of work: one slot. */
export function batchNormStats(r: BatchNormStatsRecord, thread: i32, threads: i32): void {
  const channels = r.channels, perBlock = r.blockRows, blocks = ceilDiv(r.rows, perBlock);
  const end = shareStart(r.slotCount, thread + 1, threads);
  for (let slot = shareStart(r.slotCount, thread, threads); slot < end; slot++) {
    const out = r.slots + <usize>slot * r.slotBytes;
    fillFloats(out, 2 * channels, 0);
    const firstBlock = shareStart(blocks, slot, r.slotCount), endBlock = shareStart(blocks, slot + 1, r.slotCount);
    for (let block = firstBlock; block < endBlock; block++) {
      const row = block * perBlock, count = min(perBlock, r.rows - row), before = row - firstBlock * perBlock;
      touch(r.x + (<usize>(row * channels) << 2), <usize>(count * channels) << 2);
      let c = 0;
      for (; c + 4 <= channels; c += 4) mergeBlock(r.x, row, count, before, channels, c, out, 4);
      for (; c < channels; c++) mergeBlock(r.x, row, count, before, channels, c, out, 1);
    }
  }
}

@inline
function mergeBlock(x: usize, row: i32, count: i32, before: i32, channels: i32, channel: i32, out: usize, lanes: i32): void {
  const rowBytes = <usize>channels << 2;
  const first = x + <usize>row * rowBytes + (<usize>channel << 2);
  let a = f32x4.splat(0), b = a, c = a, d = a, p = first, i = 0;
  for (; i + 4 <= count; i += 4) {
    a = f32x4.add(a, loadLanes(p, lanes)); p += rowBytes;
    b = f32x4.add(b, loadLanes(p, lanes)); p += rowBytes;
    c = f32x4.add(c, loadLanes(p, lanes)); p += rowBytes;
    d = f32x4.add(d, loadLanes(p, lanes)); p += rowBytes;
  }
  for (; i < count; i++) { a = f32x4.add(a, loadLanes(p, lanes)); p += rowBytes; }
  const sum = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const mean = f32x4.mul(sum, f32x4.splat(1 / <f32>count));
  a = f32x4.splat(0); b = a; c = a; d = a; p = first;
  for (i = 0; i + 4 <= count; i += 4) {
    let e = f32x4.sub(loadLanes(p, lanes), mean); a = fma(e, e, a); p += rowBytes;
    e = f32x4.sub(loadLanes(p, lanes), mean); b = fma(e, e, b); p += rowBytes;
    e = f32x4.sub(loadLanes(p, lanes), mean); c = fma(e, e, c); p += rowBytes;
    e = f32x4.sub(loadLanes(p, lanes), mean); d = fma(e, e, d); p += rowBytes;
  }
  for (; i < count; i++) { const e = f32x4.sub(loadLanes(p, lanes), mean); a = fma(e, e, a); p += rowBytes; }
  const squares = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  merge(out + (<usize>channel << 2), rowBytes, <f32>before, mean, squares, <f32>count, lanes);
}

/** Chan, Golub, LeVeque 1983: joins (n, mean, Σ squared deviations) of two sets. */
@inline
function merge(at: usize, squaresAt: usize, n: f32, mean: v128, squares: v128, count: f32, lanes: i32): void {
  const total = n + count;
  const oldMean = loadLanes(at, lanes);
  const delta = f32x4.sub(mean, oldMean);
  const oldSquares = loadLanes(at + squaresAt, lanes);
  storeLanes(at, fma(delta, f32x4.splat(count / total), oldMean), lanes);
  const between = f32x4.mul(f32x4.mul(delta, delta), f32x4.splat((n * count) / total));
  storeLanes(at + squaresAt, f32x4.add(f32x4.add(oldSquares, squares), between), lanes);
}

/** Joins the slots and finishes. Unit of work: one channel. */
export function batchNormStatsJoin(r: BatchNormStatsJoinRecord, thread: i32, threads: i32): void {
  const perBlock = r.blockRows, blocks = ceilDiv(r.rows, perBlock);
  const squaresAt = <usize>r.channels << 2;
  const end = shareStart(r.channels, thread + 1, threads);
  for (let channel = shareStart(r.channels, thread, threads); channel < end; channel++) {
    const at = <usize>channel << 2;
    let n: f64 = 0, mean: f64 = 0, squares: f64 = 0;
    for (let slot = 0; slot < r.slotCount; slot++) {
      const first = shareStart(blocks, slot, r.slotCount) * perBlock;
      const count = <f64>(min(r.rows, shareStart(blocks, slot + 1, r.slotCount) * perBlock) - first);
      const p = r.slots + <usize>slot * r.slotBytes + at;
      const delta = <f64>load<f32>(p) - mean, total = n + count;
      mean += (delta * count) / total;
      squares += <f64>load<f32>(p + squaresAt) + (delta * delta * n * count) / total;
      n = total;
    }
    const invStd = 1 / Math.sqrt(squares / n + <f64>r.epsilon);
    const scale = <f64>load<f32>(r.gamma + at) * invStd;
    store<f32>(r.mean + at, <f32>mean);
    store<f32>(r.invStd + at, <f32>invStd);
    store<f32>(r.scale + at, <f32>scale);
    store<f32>(r.shift + at, <f32>(<f64>load<f32>(r.beta + at) - mean * scale));
    move(r.runningMean + at, mean, r.momentum);
    move(r.runningVar + at, squares / (n > 1 ? n - 1 : 1), r.momentum);
  }
}

@inline
function move(at: usize, target: f64, momentum: f32): void {
  const old = <f64>load<f32>(at);
  store<f32>(at, <f32>(old + <f64>momentum * (target - old)));
}

export function batchNormFold(r: BatchNormFoldRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.channels, thread + 1, threads);
  for (let channel = shareStart(r.channels, thread, threads); channel < end; channel++) {
    const at = <usize>channel << 2;
    const scale = <f64>load<f32>(r.gamma + at) / Math.sqrt(<f64>load<f32>(r.runningVar + at) + <f64>r.epsilon);
    store<f32>(r.scale + at, <f32>scale);
    store<f32>(r.shift + at, <f32>(<f64>load<f32>(r.beta + at) - <f64>load<f32>(r.runningMean + at) * scale));
  }
}

/** Slot s = Σ dz[C], Σ dz·(x − mean)·invStd[C] over its rows. Unit of work: one slot. */
export function batchNormReduceGrad(r: BatchNormReduceGradRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.slotCount, thread + 1, threads);
  for (let slot = shareStart(r.slotCount, thread, threads); slot < end; slot++) {
    if (r.activation == RELU) reduceRelu(r, slot);
    else if (r.activation == SILU) reduceSilu(r, slot);
    else if (r.activation == SIGMOID) reduceSigmoid(r, slot);
    else reduceNone(r, slot);
  }
}

// A function for each activation: within one function the compiler folds loops that differ in a constant only into one
// loop with a branch inside, half as fast.
function reduceNone(r: BatchNormReduceGradRecord, slot: i32): void { reduceSlot(r, slot, NONE); }
function reduceRelu(r: BatchNormReduceGradRecord, slot: i32): void { reduceSlot(r, slot, RELU); }
function reduceSilu(r: BatchNormReduceGradRecord, slot: i32): void { reduceSlot(r, slot, SILU); }
function reduceSigmoid(r: BatchNormReduceGradRecord, slot: i32): void { reduceSlot(r, slot, SIGMOID); }

@inline
function reduceSlot(r: BatchNormReduceGradRecord, slot: i32, activation: i32): void {
  const channels = r.channels, perBlock = r.blockRows, blocks = ceilDiv(r.rows, perBlock);
  const out = r.slots + <usize>slot * r.slotBytes;
  fillFloats(out, 2 * channels, 0);
  const end = shareStart(blocks, slot + 1, r.slotCount);
  for (let block = shareStart(blocks, slot, r.slotCount); block < end; block++) {
    const row = block * perBlock, count = min(perBlock, r.rows - row);
    touch(r.x + (<usize>(row * channels) << 2), <usize>(count * channels) << 2);
    touch(r.dy + (<usize>(row * channels) << 2), <usize>(count * channels) << 2);
    let c = 0;
    for (; c + 4 <= channels; c += 4) reduceBlock(r, row, count, c, out, activation, 4);
    for (; c < channels; c++) reduceBlock(r, row, count, c, out, activation, 1);
  }
}

@inline
function reduceBlock(r: BatchNormReduceGradRecord, row: i32, count: i32, channel: i32, out: usize, activation: i32, lanes: i32): void {
  const at = <usize>channel << 2, rowBytes = <usize>r.channels << 2;
  const scale = loadLanes(r.scale + at, lanes), shift = loadLanes(r.shift + at, lanes), mean = loadLanes(r.mean + at, lanes);
  let p = r.x + <usize>row * rowBytes + at, q = r.dy + <usize>row * rowBytes + at;
  let a = f32x4.splat(0), b = a, c = a, d = a, i = 0;
  for (; i + 2 <= count; i += 2) {
    let x = loadLanes(p, lanes), dz = activationSlope(loadLanes(q, lanes), fma(scale, x, shift), activation);
    a = f32x4.add(a, dz); b = fma(dz, f32x4.sub(x, mean), b); p += rowBytes; q += rowBytes;
    x = loadLanes(p, lanes); dz = activationSlope(loadLanes(q, lanes), fma(scale, x, shift), activation);
    c = f32x4.add(c, dz); d = fma(dz, f32x4.sub(x, mean), d); p += rowBytes; q += rowBytes;
  }
  if (i < count) {
    const x = loadLanes(p, lanes), dz = activationSlope(loadLanes(q, lanes), fma(scale, x, shift), activation);
    a = f32x4.add(a, dz); b = fma(dz, f32x4.sub(x, mean), b);
  }
  const invStd = loadLanes(r.invStd + at, lanes), sum = out + at, product = sum + rowBytes;
  storeLanes(sum, f32x4.add(loadLanes(sum, lanes), f32x4.add(a, c)), lanes);
  storeLanes(product, fma(f32x4.add(b, d), invStd, loadLanes(product, lanes)), lanes);
}

/**
 * dx = A·dz + B·(x − mean) + C (+ addend) with A = scale, B = −scale·invStd·dGamma/rows, C = −scale·dBeta/rows per
 * channel. Unit of work: one block of rows.
 */
export function batchNormInputGrad(r: BatchNormInputGradRecord, thread: i32, threads: i32): void {
  const channels = r.channels, perBlock = r.blockRows, blocks = ceilDiv(r.rows, perBlock);
  const row = shareStart(blocks, thread, threads) * perBlock;
  const end = min(r.rows, shareStart(blocks, thread + 1, threads) * perBlock);
  const slope = r.scratch + <usize>thread * r.scratchBytes, offset = slope + (<usize>channels << 2);
  for (let at: usize = 0; at < <usize>channels << 2; at += 4) {
    const share = -load<f32>(r.scale + at) / <f32>r.rows;
    store<f32>(slope + at, share * load<f32>(r.invStd + at) * load<f32>(r.dGamma + at));
    store<f32>(offset + at, share * load<f32>(r.dBeta + at));
  }
  if (r.activation == RELU) inputGradRelu(r, row, end, slope, offset);
  else if (r.activation == SILU) inputGradSilu(r, row, end, slope, offset);
  else if (r.activation == SIGMOID) inputGradSigmoid(r, row, end, slope, offset);
  else inputGradNone(r, row, end, slope, offset);
}

function inputGradNone(r: BatchNormInputGradRecord, row: i32, end: i32, slope: usize, offset: usize): void {
  inputGradRows(r, row, end, slope, offset, NONE);
}
function inputGradRelu(r: BatchNormInputGradRecord, row: i32, end: i32, slope: usize, offset: usize): void {
  inputGradRows(r, row, end, slope, offset, RELU);
}
function inputGradSilu(r: BatchNormInputGradRecord, row: i32, end: i32, slope: usize, offset: usize): void {
  inputGradRows(r, row, end, slope, offset, SILU);
}
function inputGradSigmoid(r: BatchNormInputGradRecord, row: i32, end: i32, slope: usize, offset: usize): void {
  inputGradRows(r, row, end, slope, offset, SIGMOID);
}

@inline
function inputGradRows(r: BatchNormInputGradRecord, row: i32, end: i32, slope: usize, offset: usize, activation: i32): void {
  const rowBytes = <usize>r.channels << 2, start = <usize>row * rowBytes;
  let x = r.x + start, dy = r.dy + start, dx = r.dx + start, addend = r.addend ? r.addend + start : 0;
  for (; row < end; row++) {
    let at: usize = 0;
    for (; at + 16 <= rowBytes; at += 16) inputGradAt(r, x, dy, dx, addend, at, slope, offset, activation, 4);
    for (; at < rowBytes; at += 4) inputGradAt(r, x, dy, dx, addend, at, slope, offset, activation, 1);
    x += rowBytes; dy += rowBytes; dx += rowBytes;
    if (addend) addend += rowBytes;
  }
}

@inline
function inputGradAt(r: BatchNormInputGradRecord, x: usize, dy: usize, dx: usize, addend: usize, at: usize, slope: usize, offset: usize, activation: i32, lanes: i32): void {
  const scale = loadLanes(r.scale + at, lanes), value = loadLanes(x + at, lanes);
  let z = value;
  if (activation != NONE) z = fma(scale, value, loadLanes(r.shift + at, lanes));
  const dz = activationSlope(loadLanes(dy + at, lanes), z, activation);
  let sum = fma(loadLanes(slope + at, lanes), f32x4.sub(value, loadLanes(r.mean + at, lanes)), loadLanes(offset + at, lanes));
  sum = fma(scale, dz, sum);
  if (addend) sum = f32x4.add(sum, loadLanes(addend + at, lanes));
  storeLanes(dx + at, sum, lanes);
}
