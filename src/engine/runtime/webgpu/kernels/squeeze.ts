import { defineKernel, read, write } from "../kernel.ts";
import { activations } from "./text.ts";

// N images of P pixels × C channels, R channels of the squeeze; reduce [C][R], expand [R][C].
//
// One workgroup of 64 an image: its vectors pass from lane to lane through storage, which a barrier orders within the
// workgroup. The map is read twice (the second time from the caches) and written once, channels fastest: bandwidth; with
// small batches the number of workgroups limits it.

const args = {
  batch: "u32",
  pixels: "u32",
  channels: "u32",
  squeezed: "u32",
  activation: "u32",
} as const;

export const squeezeForward = defineKernel({
  name: "squeezeExcite",
  args,
  bindings: [
    read("x", "f32"),
    read("trained", "f32", ["reduce", "reduceBias", "expand", "expandBias"]),
    write("y", "f32"),
    write("kept", "f32", ["pooled", "hidden", "s"]),
  ],
  workgroup: 64,
  declarations: activations("f32"),
  body: `
  if (group >= a.batch) { return; }
  let map = group * a.pixels * a.channels;
  let vector = group * a.channels;
  let inner = a.hiddenAt + group * a.squeezed;
  for (var c = lane; c < a.channels; c += 64u) {
    var sum = 0.0;
    for (var p = 0u; p < a.pixels; p++) { sum += x[a.xAt + map + p * a.channels + c]; }
    kept[a.pooledAt + vector + c] = sum / f32(a.pixels);
  }
  storageBarrier();
  for (var r = lane; r < a.squeezed; r += 64u) {
    var sum = trained[a.reduceBiasAt + r];
    for (var c = 0u; c < a.channels; c++) {
      sum = fma(kept[a.pooledAt + vector + c], trained[a.reduceAt + c * a.squeezed + r], sum);
    }
    kept[inner + r] = sum;
  }
  storageBarrier();
  for (var c = lane; c < a.channels; c += 64u) {
    var sum = trained[a.expandBiasAt + c];
    for (var r = 0u; r < a.squeezed; r++) {
      sum = fma(activate(a.activation, kept[inner + r]), trained[a.expandAt + r * a.channels + c], sum);
    }
    kept[a.sAt + vector + c] = sigmoid(sum);
  }
  storageBarrier();
  for (var i = lane; i < a.pixels * a.channels; i += 64u) {
    y[a.yAt + map + i] = x[a.xAt + map + i] * kept[a.sAt + vector + i % a.channels];
  }`,
});

/** The map's gradient, and those of what the sigmoid (gate) and the activation (inner) are applied to. */
export const squeezeInputGrad = defineKernel({
  name: "squeezeInputGrad",
  args,
  bindings: [
    read("dy", "f32"),
    read("x", "f32"),
    read("trained", "f32", ["reduce", "expand"]),
    read("kept", "f32", ["hidden", "s"]),
    write("dx", "f32"),
    write("passed", "f32", ["gate", "inner"]),
  ],
  workgroup: 64,
  declarations: activations("f32"),
  body: `
  if (group >= a.batch) { return; }
  let map = group * a.pixels * a.channels;
  let vector = group * a.channels;
  let hidden = group * a.squeezed;
  for (var c = lane; c < a.channels; c += 64u) {
    var sum = 0.0;
    for (var p = 0u; p < a.pixels; p++) {
      let i = map + p * a.channels + c;
      sum = fma(dy[a.dyAt + i], x[a.xAt + i], sum);
    }
    let s = kept[a.sAt + vector + c];
    passed[a.gateAt + vector + c] = sum * s * (1.0 - s);
  }
  storageBarrier();
  for (var r = lane; r < a.squeezed; r += 64u) {
    var sum = 0.0;
    for (var c = 0u; c < a.channels; c++) {
      sum = fma(passed[a.gateAt + vector + c], trained[a.expandAt + r * a.channels + c], sum);
    }
    passed[a.innerAt + hidden + r] = sum * slope(a.activation, kept[a.hiddenAt + hidden + r]);
  }
  storageBarrier();
  for (var c = lane; c < a.channels; c += 64u) {
    var sum = 0.0;
    for (var r = 0u; r < a.squeezed; r++) {
      sum = fma(passed[a.innerAt + hidden + r], trained[a.reduceAt + c * a.squeezed + r], sum);
    }
    let level = sum / f32(a.pixels);
    let s = kept[a.sAt + vector + c];
    for (var p = 0u; p < a.pixels; p++) {
      let i = map + p * a.channels + c;
      dx[a.dxAt + i] = fma(dy[a.dyAt + i], s, level);
    }
  }`,
});

/** Gradients of all four parameters, sums over the images; one invocation a value. Vectors come from the caches. */
export const squeezeParameterGrad = defineKernel({
  name: "squeezeParameterGrad",
  args,
  bindings: [
    read("kept", "f32", ["pooled", "hidden"]),
    read("passed", "f32", ["gate", "inner"]),
    write("out", "f32", ["dReduce", "dReduceBias", "dExpand", "dExpandBias"]),
  ],
  workgroup: 64,
  declarations: activations("f32"),
  body: `
  let size = a.channels * a.squeezed;
  var i = group * 64u + lane;
  var sum = 0.0;
  if (i < size) {
    let c = i / a.squeezed;
    let r = i % a.squeezed;
    for (var n = 0u; n < a.batch; n++) {
      sum = fma(kept[a.pooledAt + n * a.channels + c], passed[a.innerAt + n * a.squeezed + r], sum);
    }
    out[a.dReduceAt + i] = sum;
    return;
  }
  i -= size;
  if (i < size) {
    let r = i / a.channels;
    let c = i % a.channels;
    for (var n = 0u; n < a.batch; n++) {
      let value = activate(a.activation, kept[a.hiddenAt + n * a.squeezed + r]);
      sum = fma(value, passed[a.gateAt + n * a.channels + c], sum);
    }
    out[a.dExpandAt + i] = sum;
    return;
  }
  i -= size;
  if (i < a.channels) {
    for (var n = 0u; n < a.batch; n++) { sum += passed[a.gateAt + n * a.channels + i]; }
    out[a.dExpandBiasAt + i] = sum;
    return;
  }
  i -= a.channels;
  if (i < a.squeezed) {
    for (var n = 0u; n < a.batch; n++) { sum += passed[a.innerAt + n * a.squeezed + i]; }
    out[a.dReduceBiasAt + i] = sum;
  }`,
});
