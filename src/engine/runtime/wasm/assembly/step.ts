import { AverageRecord, CrossEntropyJoinRecord, CrossEntropyRecord, SgdRecord } from "./records";
import { FLAT_UNIT } from "./rows";
import { ceilDiv, fma, loadLanes, shareStart, storeLanes } from "./simd";

// The end of a step: the loss comes out, the parameters move.

/**
 * Per image, in double precision: results[n] = (loss, 1 if the largest logit is the target's), dLogits = (softmax·Σt −
 * t)/batch. Σt is 1, or 0 for padding, which so adds nothing. Unit of work: one image.
 */
export function crossEntropy(r: CrossEntropyRecord, thread: i32, threads: i32): void {
  const classes = r.classes, rowBytes = <usize>classes << 2;
  const end = shareStart(r.images, thread + 1, threads);
  for (let n = shareStart(r.images, thread, threads); n < end; n++) {
    const logits = r.logits + <usize>n * rowBytes, targets = r.targets + <usize>n * rowBytes;
    let highest: f32 = -Infinity, likeliest: f32 = -Infinity, guess = 0, label = 0;
    let mass: f64 = 0;
    for (let c = 0; c < classes; c++) {
      const logit = load<f32>(logits + (<usize>c << 2)), target = load<f32>(targets + (<usize>c << 2));
      if (logit > highest) { highest = logit; guess = c; }
      if (target > likeliest) { likeliest = target; label = c; }
      mass += <f64>target;
    }
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(<f64>load<f32>(logits + (<usize>c << 2)) - <f64>highest);
    const logSum = Math.log(sum);
    let loss: f64 = 0;
    for (let c = 0; c < classes; c++) {
      const at = <usize>c << 2, target = <f64>load<f32>(targets + at);
      const logit = <f64>load<f32>(logits + at) - <f64>highest;
      if (target != 0) loss -= target * (logit - logSum);
      if (r.dLogits) {
        const gradient = mass == 0 ? 0 : ((Math.exp(logit) / sum) * mass - target) / <f64>r.images;
        store<f32>(r.dLogits + <usize>n * rowBytes + at, <f32>gradient);
      }
    }
    const result = r.results + (<usize>n << 4);
    store<f64>(result, loss);
    store<f64>(result, mass != 0 && guess == label ? 1 : 0, 8);
  }
}

/** metrics = [Σ losses, number correct], in the order of the images. */
export function crossEntropyJoin(r: CrossEntropyJoinRecord, thread: i32): void {
  if (thread != 0) return;
  let loss: f64 = 0, correct: f64 = 0;
  for (let n = 0; n < r.images; n++) {
    loss += load<f64>(r.results + (<usize>n << 4));
    correct += load<f64>(r.results + (<usize>n << 4), 8);
  }
  store<f32>(r.metrics, <f32>loss);
  store<f32>(r.metrics, <f32>correct, 4);
}

/**
 * g′ = g + weightDecay·p (up to `decayed`); v = momentum·v + g′; p −= η·(g′ + momentum·v) (Nesterov) or η·v; averages
 * follow p. Unit: FLAT_UNIT floats. `decayed` is a multiple of 4, so no vector is half decayed.
 */
export function sgd(r: SgdRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.length, FLAT_UNIT);
  const first = shareStart(units, thread, threads) * FLAT_UNIT;
  const end = min(r.length, shareStart(units, thread + 1, threads) * FLAT_UNIT);
  const between = max(first, min(end, r.decayed));
  if (r.averages) {
    sgdAveraged(r, first, between, r.weightDecay);
    sgdAveraged(r, between, end, 0);
  } else {
    sgdPlain(r, first, between, r.weightDecay);
    sgdPlain(r, between, end, 0);
  }
}

function sgdPlain(r: SgdRecord, first: i32, last: i32, decay: f32): void { sgdRange(r, first, last, decay, 0); }
function sgdAveraged(r: SgdRecord, first: i32, last: i32, decay: f32): void { sgdRange(r, first, last, decay, 1); }

@inline
function sgdRange(r: SgdRecord, first: i32, last: i32, weightDecay: f32, averaged: i32): void {
  const minusRate = f32x4.splat(-load<f32>(r.learningRate));
  const momentum = f32x4.splat(r.momentum), decay = f32x4.splat(weightDecay), keep = f32x4.splat(r.averageDecay);
  let at = <usize>first << 2;
  const end = <usize>last << 2;
  for (; at + 16 <= end; at += 16) sgdAt(r, at, minusRate, momentum, decay, keep, averaged, 4);
  for (; at < end; at += 4) sgdAt(r, at, minusRate, momentum, decay, keep, averaged, 1);
}

@inline
function sgdAt(r: SgdRecord, at: usize, minusRate: v128, momentum: v128, decay: v128, keep: v128, averaged: i32, lanes: i32): void {
  const p = loadLanes(r.parameters + at, lanes);
  const g = fma(decay, p, loadLanes(r.gradients + at, lanes));
  const v = fma(momentum, loadLanes(r.velocity + at, lanes), g);
  storeLanes(r.velocity + at, v, lanes);
  const moved = fma(minusRate, r.nesterov ? fma(momentum, v, g) : v, p);
  storeLanes(r.parameters + at, moved, lanes);
  if (averaged) averageAt(r.averages + at, moved, keep, lanes);
}

/** Unit: FLAT_UNIT floats. */
export function average(r: AverageRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.length, FLAT_UNIT), keep = f32x4.splat(r.decay);
  let at = <usize>(shareStart(units, thread, threads) * FLAT_UNIT) << 2;
  const end = <usize>min(r.length, shareStart(units, thread + 1, threads) * FLAT_UNIT) << 2;
  for (; at + 16 <= end; at += 16) averageAt(r.average + at, loadLanes(r.x + at, 4), keep, 4);
  for (; at < end; at += 4) averageAt(r.average + at, loadLanes(r.x + at, 1), keep, 1);
}

@inline
function averageAt(average: usize, value: v128, keep: v128, lanes: i32): void {
  const share = f32x4.mul(f32x4.sub(f32x4.splat(1), keep), value);
  storeLanes(average, fma(keep, loadLanes(average, lanes), share), lanes);
}
