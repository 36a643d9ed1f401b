import { defineKernel, read, write } from "../kernel.ts";
import { exponentials } from "./text.ts";

/**
 * Softmax, cross-entropy, its gradient and the count of right answers; one workgroup, an image an invocation (N·classes
 * is a few kilobytes, so one dispatch is worth more than many cores). Losses are joined in the order of the lanes.
 */
export const crossEntropy = defineKernel({
  name: "crossEntropy",
  args: { batch: "u32", classes: "u32", trains: "u32" },
  bindings: [read("logits", "f32"), read("targets", "f32"), write("dLogits", "f32"), write("metrics", "f32")],
  workgroup: 64,
  declarations: `${exponentials}
var<workgroup> losses_: array<f32, 64>;
var<workgroup> right_: array<f32, 64>;`,
  body: `
  var loss = 0.0;
  var right = 0.0;
  for (var n = lane; n < a.batch; n += 64u) {
    let row = a.logitsAt + n * a.classes;
    let wanted = a.targetsAt + n * a.classes;
    var largest = logits[row];
    var best = 0u;
    var mass = targets[wanted];
    var label = 0u;
    var top = mass;
    for (var k = 1u; k < a.classes; k++) {
      let logit = logits[row + k];
      if (logit > largest) { largest = logit; best = k; }
      let t = targets[wanted + k];
      mass += t;
      if (t > top) { top = t; label = k; }
    }
    var total = 0.0;
    for (var k = 0u; k < a.classes; k++) { total += expo(logits[row + k] - largest); }
    let logTotal = log(total);
    for (var k = 0u; k < a.classes; k++) {
      let z = logits[row + k] - largest;
      let t = targets[wanted + k];
      if (t > 0.0) { loss -= t * (z - logTotal); }
      if (a.trains != 0u) {
        dLogits[a.dLogitsAt + n * a.classes + k] = (mass * (expo(z) / total) - t) / f32(a.batch);
      }
    }
    if (mass > 0.0 && best == label) { right += 1.0; }
  }
  losses_[lane] = loss;
  right_[lane] = right;
  workgroupBarrier();
  if (lane > 0u) { return; }
  for (var l = 1u; l < 64u; l++) { loss += losses_[l]; right += right_[l]; }
  metrics[a.metricsAt] = loss;
  metrics[a.metricsAt + 1u] = right;`,
});

/**
 * The input op (plan/calls.ts, Gather): bytes of the resident set through a table of 256 normalized values a channel, an
 * affine map and mixing to images, labels to soft targets. One invocation a value, then one a target. Bandwidth alone; the
 * lanes of an image take the same branches.
 */
export const gatherImages = defineKernel({
  name: "gatherImages",
  args: { batch: "u32", height: "u32", width: "u32", channels: "u32", classes: "u32", smoothing: "f32" },
  bindings: [
    read("bytes", "u32"),
    read("own", "u32"),
    read("tables", "f32"),
    // How many images are given (the others are 0), the byte of the first label, height and width of the set's images, and 1
    // more than the first byte of the batch's own pixels, or 0.
    read("words", "u32", ["indices", "batchWords", "transforms"]),
    write("images", "f32"),
    write("targets", "f32"),
  ],
  workgroup: 256,
  declarations: `
fn part(word: u32, i: u32) -> u32 { return (word >> (8u * (i & 3u))) & 255u; }
fn byteAt(i: u32) -> u32 { return part(bytes[i >> 2u], i); }
fn sourceAt(i: u32) -> u32 {
  if (words[a.batchWordsAt + 4u] == 0u) { return byteAt(i); }
  return part(own[i >> 2u], i);
}
fn field(n: u32, i: u32) -> f32 { return bitcast<f32>(words[a.transformsAt + 12u * n + i]); }
fn pixelAt(first: u32, x: i32, y: i32, channel: u32) -> f32 {
  let height = i32(words[a.batchWordsAt + 2u]);
  let width = i32(words[a.batchWordsAt + 3u]);
  let at = u32(clamp(y, 0, height - 1) * width + clamp(x, 0, width - 1));
  return tables[256u * channel + sourceAt(first + at * a.channels + channel)];
}
fn sampleAt(first: u32, s: f32, t: f32, channel: u32) -> f32 {
  let left = floor(s - 0.5);
  let top = floor(t - 0.5);
  let right = (s - 0.5) - left;
  let below = (t - 0.5) - top;
  let x = i32(left);
  let y = i32(top);
  var value = pixelAt(first, x, y, channel);
  // Copied pixels stay as they are, to the bit.
  if (right == 0.0 && below == 0.0) { return value; }
  value = (1.0 - right) * value + right * pixelAt(first, x + 1, y, channel);
  let under = (1.0 - right) * pixelAt(first, x, y + 1, channel) + right * pixelAt(first, x + 1, y + 1, channel);
  return (1.0 - below) * value + below * under;
}
fn warped(n: u32, x: u32, y: u32, channel: u32) -> f32 {
  let height = words[a.batchWordsAt + 2u];
  let width = words[a.batchWordsAt + 3u];
  let own = words[a.batchWordsAt + 4u];
  let size = height * width * a.channels;
  let first = select(n * size + own - 1u, words[a.indicesAt + n] * size, own == 0u);
  let across = u32(field(n, 6u));
  let down = u32(field(n, 7u));
  var sum = 0.0;
  for (var j = 0u; j < down; j++) { for (var i = 0u; i < across; i++) {
    let u = f32(x) + (f32(i) + 0.5) / f32(across);
    let v = f32(y) + (f32(j) + 0.5) / f32(down);
    let s = field(n, 0u) * u + field(n, 1u) * v + field(n, 2u);
    let t = field(n, 3u) * u + field(n, 4u) * v + field(n, 5u);
    if (s >= 0.0 && s < f32(width) && t >= 0.0 && t < f32(height)) {
      sum += field(n, 8u) * sampleAt(first, s, t, channel) + field(n, 9u);
    }
  } }
  return sum / f32(across * down);
}
fn softLabel(n: u32, k: u32) -> f32 {
  let spread = a.smoothing / f32(a.classes);
  let label = byteAt(words[a.batchWordsAt + 1u] + words[a.indicesAt + n]);
  return select(spread, spread + 1.0 - a.smoothing, label == k);
}`,
  body: `
  let i = group * 256u + lane;
  let imageLength = a.height * a.width * a.channels;
  let values = a.batch * imageLength;
  let count = words[a.batchWordsAt];
  if (i < values) {
    let n = i / imageLength;
    let at = i - n * imageLength;
    let channel = at % a.channels;
    let x = (at / a.channels) % a.width;
    let y = at / (a.channels * a.width);
    var value = 0.0;
    if (n < count) {
      value = warped(n, x, y, channel);
      let lambda = field(n, 10u);
      if (lambda != 1.0) {
        value = lambda * value + (1.0 - lambda) * warped(u32(field(n, 11u)), x, y, channel);
      }
    }
    images[a.imagesAt + i] = value;
    return;
  }
  let t = i - values;
  if (t >= a.batch * a.classes) { return; }
  let n = t / a.classes;
  let k = t % a.classes;
  var wanted = 0.0;
  if (n < count) {
    wanted = softLabel(n, k);
    let lambda = field(n, 10u);
    if (lambda != 1.0) { wanted = lambda * wanted + (1.0 - lambda) * softLabel(u32(field(n, 11u)), k); }
  }
  targets[a.targetsAt + t] = wanted;`,
});
