import { activationSlope } from "./activation";
import {
  BatchNormFoldRecord, BatchNormInputGradRecord, BatchNormReduceGradRecord, BatchNormStatsJoinRecord, BatchNormStatsRecord,
  NONE, NormGradVectorsRecord, RELU, SIGMOID, SILU,
} from "./records";
import { ceilDiv, fillFloats, fma, loadLanes, shareStart, storeLanes, touch } from "./simd";
import { addGradientSums, addStatistics } from "./sums";

// x[rows][channels]. Sums over rows go in blocks of rows small enough for the first-level cache, see sums.ts.

/** Slot s = mean[C], Σ(x − mean)²[C] over its rows. Unit of work: one slot. */
export function batchNormStats(r: BatchNormStatsRecord, thread: i32, threads: i32): void {
  const channels = r.channels, perBlock = r.blockRows, blocks = ceilDiv(r.rows, perBlock);
  const rowBytes = <usize>channels << 2;
  const end = shareStart(r.slotCount, thread + 1, threads);
  for (let slot = shareStart(r.slotCount, thread, threads); slot < end; slot++) {
    const out = r.slots + <usize>slot * r.slotBytes;
    fillFloats(out, 2 * channels, 0);
    const firstBlock = shareStart(blocks, slot, r.slotCount), endBlock = shareStart(blocks, slot + 1, r.slotCount);
    for (let block = firstBlock; block < endBlock; block++) {
      const row = block * perBlock, count = min(perBlock, r.rows - row), x = r.x + <usize>row * rowBytes;
      touch(x, <usize>count * rowBytes);
      addStatistics(x, rowBytes, count, row - firstBlock * perBlock, channels, out, rowBytes);
    }
  }
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
  const channels = r.channels, perBlock = r.blockRows, blocks = ceilDiv(r.rows, perBlock);
  const rowBytes = <usize>channels << 2;
  const endSlot = shareStart(r.slotCount, thread + 1, threads);
  for (let slot = shareStart(r.slotCount, thread, threads); slot < endSlot; slot++) {
    const out = r.slots + <usize>slot * r.slotBytes;
    fillFloats(out, 2 * channels, 0);
    const end = shareStart(blocks, slot + 1, r.slotCount);
    for (let block = shareStart(blocks, slot, r.slotCount); block < end; block++) {
      const row = block * perBlock, count = min(perBlock, r.rows - row), at = <usize>row * rowBytes;
      touch(r.x + at, <usize>count * rowBytes);
      touch(r.dy + at, <usize>count * rowBytes);
      addGradientSums(
        r.activation, r.dy + at, r.x + at, r.saved ? r.saved + at : 0, r.dz ? r.dz + at : 0, rowBytes, count, channels,
        r.scale, r.shift, r.mean, r.invStd, out, rowBytes,
      );
    }
  }
}

/**
 * BatchNormInputGrad's scale·(dz − dBeta/rows − (x − mean)·invStd·dGamma/rows) as scale·dz + slope·x + shift, for views.
 * Unit of work: one channel.
 */
export function normGradVectors(r: NormGradVectorsRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.channels, thread + 1, threads);
  for (let channel = shareStart(r.channels, thread, threads); channel < end; channel++) {
    const at = <usize>channel << 2;
    const share = -<f64>load<f32>(r.scale + at) / <f64>r.rows;
    const slope = share * <f64>load<f32>(r.invStd + at) * <f64>load<f32>(r.dGamma + at);
    store<f32>(r.slope + at, <f32>slope);
    store<f32>(r.shift + at, <f32>(share * <f64>load<f32>(r.dBeta + at) - slope * <f64>load<f32>(r.mean + at)));
  }
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
