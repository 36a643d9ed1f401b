import { CrossEntropyJoinRecord, CrossEntropyRecord, GatherRecord, SgdRecord } from "./records";
import { FLAT_UNIT } from "./rows";
import { ceilDiv, fillFloats, fma, loadLanes, shareStart, storeLanes } from "./simd";

// The ends of a step: the batch comes in, the loss comes out, the parameters move.

/** Unit of work: one image of the batch. */
export function gather(r: GatherRecord, thread: i32, threads: i32): void {
  const length = r.pixels * r.channels;
  const end = shareStart(r.batch, thread + 1, threads);
  for (let n = shareStart(r.batch, thread, threads); n < end; n++) {
    const out = r.images + (<usize>(n * length) << 2), target = r.targets + (<usize>(n * r.classes) << 2);
    if (n >= r.count) {
      fillFloats(out, length, 0);
      fillFloats(target, r.classes, 0);
      continue;
    }
    const index = load<u32>(r.indices + (<usize>n << 2));
    expand(r.bytes + <usize>index * length, r.values, r.pixels, r.channels, out);
    fillFloats(target, r.classes, r.labelSmoothing / <f32>r.classes);
    const label = target + (<usize>load<u8>(r.labels + <usize>index) << 2);
    store<f32>(label, load<f32>(label) + 1 - r.labelSmoothing);
  }
}

function expand(bytes: usize, values: usize, pixels: i32, channels: i32, out: usize): void {
  for (let pixel = 0; pixel < pixels; pixel++) {
    let table = values;
    for (let c = 0; c < channels; c++, bytes++, out += 4, table += 1024) {
      store<f32>(out, load<f32>(table + (<usize>load<u8>(bytes) << 2)));
    }
  }
}

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

/** g′ = g + weightDecay·p; v = momentum·v + g′; p −= η·(g′ + momentum·v) (Nesterov) or η·v. Unit: FLAT_UNIT floats. */
export function sgd(r: SgdRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.length, FLAT_UNIT);
  let at = <usize>(shareStart(units, thread, threads) * FLAT_UNIT) << 2;
  const end = <usize>min(r.length, shareStart(units, thread + 1, threads) * FLAT_UNIT) << 2;
  const minusRate = f32x4.splat(-load<f32>(r.learningRate));
  const momentum = f32x4.splat(r.momentum), decay = f32x4.splat(r.weightDecay);
  for (; at + 16 <= end; at += 16) sgdAt(r, at, minusRate, momentum, decay, 4);
  for (; at < end; at += 4) sgdAt(r, at, minusRate, momentum, decay, 1);
}

@inline
function sgdAt(r: SgdRecord, at: usize, minusRate: v128, momentum: v128, decay: v128, lanes: i32): void {
  const p = loadLanes(r.parameters + at, lanes);
  const g = fma(decay, p, loadLanes(r.gradients + at, lanes));
  const v = fma(momentum, loadLanes(r.velocity + at, lanes), g);
  storeLanes(r.velocity + at, v, lanes);
  storeLanes(r.parameters + at, fma(minusRate, r.nesterov ? fma(momentum, v, g) : v, p), lanes);
}
