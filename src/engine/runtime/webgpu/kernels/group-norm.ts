import { defineKernel, read, write } from "../kernel.ts";
import { activations } from "./text.ts";

// N images of P pixels × C channels in groups of `wide` channels. Bandwidth alone: two reads of the map for its statistics
// (the second from the caches), coalesced along a group's channels.

const joined = (name: string) => `
  part_[lane] = ${name};
  workgroupBarrier();
  ${name} = 0.0;
  for (var l = 0u; l < 64u; l++) { ${name} += part_[l]; }
  workgroupBarrier();`;

/** One workgroup a group of an image. Deviations from the group's first value: no cancellation where the mean is large. */
export const groupMoments = defineKernel({
  name: "groupMoments",
  args: { pixels: "u32", channels: "u32", groups: "u32", all: "u32", epsilon: "f32" },
  bindings: [
    read("x", "f32"),
    read("trained", "f32", ["gamma", "beta"]),
    write("vectors", "f32", ["mean", "invStd", "scale", "shift"]),
  ],
  workgroup: 64,
  declarations: "var<workgroup> part_: array<f32, 64>;",
  body: `
  if (group >= a.all) { return; }
  let image = group / a.groups;
  let wide = a.channels / a.groups;
  let first = (group % a.groups) * wide;
  let count = a.pixels * wide;
  let start = a.xAt + image * a.pixels * a.channels + first;
  let base = x[start];
  var sum = 0.0;
  for (var i = lane; i < count; i += 64u) { sum += x[start + (i / wide) * a.channels + i % wide] - base; }
${joined("sum")}
  var mean = base + sum / f32(count);
  // What that mean is off by is small, and so is exact.
  var rest = 0.0;
  var squares = 0.0;
  for (var i = lane; i < count; i += 64u) {
    let d = x[start + (i / wide) * a.channels + i % wide] - mean;
    rest += d;
    squares = fma(d, d, squares);
  }
${joined("rest")}
${joined("squares")}
  squares -= rest * (rest / f32(count));
  mean += rest / f32(count);
  let invStd = 1.0 / sqrt(squares / f32(count) + a.epsilon);
  if (lane == 0u) {
    vectors[a.meanAt + group] = mean;
    vectors[a.invStdAt + group] = invStd;
  }
  for (var c = first + lane; c < first + wide; c += 64u) {
    let scale = trained[a.gammaAt + c] * invStd;
    vectors[a.scaleAt + image * a.channels + c] = scale;
    vectors[a.shiftAt + image * a.channels + c] = trained[a.betaAt + c] - mean * scale;
  }`,
});

const shape = { pixels: "u32", channels: "u32", groups: "u32", length: "u32", activation: "u32" } as const;

/** Per image and channel: Σ dz and Σ dz·x̂, side by side. One invocation each, walking over the pixels. */
export const imageSums = defineKernel({
  name: "imageSums",
  args: shape,
  bindings: [
    read("dy", "f32"),
    read("x", "f32"),
    read("vectors", "f32", ["mean", "invStd", "scale", "shift"]),
    write("sums", "f32"),
  ],
  workgroup: 64,
  declarations: activations("f32"),
  body: `
  let i = group * 64u + lane;
  if (i >= a.length) { return; }
  let image = i / a.channels;
  let c = i % a.channels;
  let g = image * a.groups + c / (a.channels / a.groups);
  let mean = vectors[a.meanAt + g];
  let invStd = vectors[a.invStdAt + g];
  let scale = vectors[a.scaleAt + i];
  let shift = vectors[a.shiftAt + i];
  var at = image * a.pixels * a.channels + c;
  var one = 0.0;
  var two = 0.0;
  for (var p = 0u; p < a.pixels; p++) {
    let value = x[a.xAt + at];
    let d = dy[a.dyAt + at] * slope(a.activation, fma(value, scale, shift));
    one += d;
    two = fma(d, (value - mean) * invStd, two);
    at += a.channels;
  }
  sums[a.sumsAt + i] = one;
  sums[a.sumsAt + a.length + i] = two;`,
});

/** dGamma and dBeta over the images (the first workgroups), and every group's two means (the others). */
export const finishImageSums = defineKernel({
  name: "finishImageSums",
  args: { ...shape, batch: "u32", proxied: "u32" },
  bindings: [
    read("parts", "f32"),
    read("gamma", "f32"),
    read("shares", "f32", ["dGammaProxy", "dBetaProxy"]),
    write("totals", "f32", ["dGamma", "dBeta"]),
    write("sums", "f32"),
  ],
  workgroup: 64,
  body: `
  let channelGroups = (a.channels + 63u) / 64u;
  if (group < channelGroups) {
    let c = group * 64u + lane;
    if (c >= a.channels) { return; }
    var beta = 0.0;
    var gamma_ = 0.0;
    for (var image = 0u; image < a.batch; image++) {
      beta += parts[a.partsAt + image * a.channels + c];
      gamma_ += parts[a.partsAt + a.length + image * a.channels + c];
    }
    if (a.proxied != 0u) {
      gamma_ += shares[a.dGammaProxyAt + c];
      beta += shares[a.dBetaProxyAt + c];
    }
    totals[a.dGammaAt + c] = gamma_;
    totals[a.dBetaAt + c] = beta;
    return;
  }
  let g = (group - channelGroups) * 64u + lane;
  if (g >= a.batch * a.groups) { return; }
  let wide = a.channels / a.groups;
  let first = (g % a.groups) * wide;
  let at = a.partsAt + (g / a.groups) * a.channels;
  var sum = 0.0;
  var product = 0.0;
  for (var c = first; c < first + wide; c++) {
    let factor = gamma[a.gammaAt + c];
    sum = fma(factor, parts[at + c], sum);
    product = fma(factor, parts[at + a.length + c], product);
  }
  let count = f32(a.pixels * wide);
  sums[a.sumsAt + 2u * g] = sum / count;
  sums[a.sumsAt + 2u * g + 1u] = product / count;`,
});

/** dx = scale·dz − invStd·(sums₀ + x̂·sums₁) (+ addend); one invocation a value. */
export const groupInputGrad = defineKernel({
  name: "groupInputGrad",
  args: { ...shape, added: "u32" },
  bindings: [
    read("dy", "f32"),
    read("x", "f32"),
    read("addend", "f32"),
    read("vectors", "f32", ["mean", "invStd", "scale", "shift"]),
    read("sums", "f32"),
    write("dx", "f32"),
  ],
  workgroup: 256,
  declarations: activations("f32"),
  body: `
  let i = group * 256u + lane;
  if (i >= a.length) { return; }
  let c = i % a.channels;
  let image = i / (a.pixels * a.channels);
  let g = image * a.groups + c / (a.channels / a.groups);
  let at = image * a.channels + c;
  let value = x[a.xAt + i];
  let scale = vectors[a.scaleAt + at];
  let invStd = vectors[a.invStdAt + g];
  let d = dy[a.dyAt + i] * slope(a.activation, fma(value, scale, vectors[a.shiftAt + at]));
  let xHat = (value - vectors[a.meanAt + g]) * invStd;
  var result = scale * d - invStd * fma(xHat, sums[a.sumsAt + 2u * g + 1u], sums[a.sumsAt + 2u * g]);
  if (a.added != 0u) { result += addend[a.addendAt + i]; }
  dx[a.dxAt + i] = result;`,
});
