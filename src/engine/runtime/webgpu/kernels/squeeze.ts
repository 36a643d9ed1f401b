import { defineKernel, each, read, write } from "../kernel.ts";
import type { Join } from "./conv-tile.ts";
import { activations, argumentsFirst, type Lanes } from "./text.ts";

// N images of P pixels × C channels, R channels of the squeeze; reduce [C][R], expand [R][C]. A unit is a vector of four
// channels or one channel.
//
// One workgroup an image: its vectors pass from lane to lane through storage, which a barrier orders within the
// workgroup. The map is read twice (the second time from the caches) and written once, channels fastest: bandwidth; with
// small batches the number of workgroups limits it. "lanes", for adapters that compute on the processor, has a single
// subgroup an image: a barrier costs 200 ns a subgroup there, and its lanes walk over the map by units.

const args = {
  batch: "u32",
  pixels: "u32",
  units: "u32",
  squeezed: "u32",
  activation: "u32",
} as const;

/** Invocations an image. */
const workgroup: Readonly<Record<Join, number>> = { workgroup: 64, lanes: 4 };

const widthOf = (lanes: Lanes) => (lanes === "vec4f" ? 4 : 1);

/** Channel k of a unit. */
const part = (lanes: Lanes, value: string, k: number) =>
  lanes === "vec4f" ? `${value}.${"xyzw"[k]}` : value;

/** activate() or slope() of one value, where the functions are declared for units. */
const ofOne = (lanes: Lanes, name: "activate" | "slope", value: string) =>
  part(lanes, `${name}(a.activation, ${lanes}(${value}))`, 0);

/** Stores the channels of a unit side by side from `at` on. */
const store = (lanes: Lanes, array: string, at: string, value: string) =>
  each(widthOf(lanes), (k) => `    ${array}[${at} + ${k}u] = ${part(lanes, value, k)};`);

/** A unit from values that lie `apart` from one another. */
const gathered = (lanes: Lanes, array: string, at: string, apart: string) =>
  `${lanes}(${Array.from({ length: widthOf(lanes) }, (_, k) => `${array}[${at} + ${k}u * ${apart}]`).join(", ")})`;

export function squeezeForward(lanes: Lanes, join: Join) {
  const size = workgroup[join];
  const width = widthOf(lanes);
  const scaleOwn = `
    var i = map + c;
    for (var p = 0u; p < a.pixels; p++) {
      y[a.yAt + i] = x[a.xAt + i] * s;
      i += a.units;
    }`;
  const scaleAll = `
  storageBarrier();
  for (var i = lane; i < a.pixels * a.units; i += ${size}u) {
    let sAt = a.sAt + vector + i % a.units * ${width}u;
    y[a.yAt + map + i] = x[a.xAt + map + i] * ${gathered(lanes, "kept", "sAt", "1u")};
  }`;
  return defineKernel({
    name: `squeezeExcite ${lanes} ${join}`,
    args,
    bindings: [
      read("x", lanes),
      read("trained", "f32", ["reduce", "reduceBias"]),
      read("widening", lanes, ["expand", "expandBias"]),
      write("y", lanes),
      write("kept", "f32", ["pooled", "hidden", "active", "s"]),
    ],
    workgroup: size,
    declarations: activations(lanes),
    body: argumentsFirst(`
  if (group >= a.batch) { return; }
  let map = group * a.pixels * a.units;
  let vector = group * a.units * ${width}u;
  let inner = group * a.squeezed;
  for (var c = lane; c < a.units; c += ${size}u) {
    var sum = ${lanes}(0.0);
    var i = a.xAt + map + c;
    for (var p = 0u; p < a.pixels; p++) {
      sum += x[i];
      i += a.units;
    }
    sum /= f32(a.pixels);
    let to = a.pooledAt + vector + c * ${width}u;
${store(lanes, "kept", "to", "sum")}
  }
  storageBarrier();
  for (var r = lane; r < a.squeezed; r += ${size}u) {
    var sum = trained[a.reduceBiasAt + r];
    var at = a.reduceAt + r;
    for (var c = 0u; c < a.units * ${width}u; c++) {
      sum = fma(kept[a.pooledAt + vector + c], trained[at], sum);
      at += a.squeezed;
    }
    kept[a.hiddenAt + inner + r] = sum;
    kept[a.activeAt + inner + r] = ${ofOne(lanes, "activate", "sum")};
  }
  storageBarrier();
  for (var c = lane; c < a.units; c += ${size}u) {
    var sum = widening[a.expandBiasAt + c];
    var at = a.expandAt + c;
    for (var r = 0u; r < a.squeezed; r++) {
      sum = fma(${lanes}(kept[a.activeAt + inner + r]), widening[at], sum);
      at += a.units;
    }
    let s = sigmoid(sum);
    let to = a.sAt + vector + c * ${width}u;
${store(lanes, "kept", "to", "s")}
${join === "lanes" ? scaleOwn : ""}
  }
${join === "lanes" ? "" : scaleAll}`),
  });
}

/**
 * The map's gradient, those of what the sigmoid (gate) and the activation (inner) are applied to, and what the activation
 * made (active).
 */
export function squeezeInputGrad(lanes: Lanes, join: Join) {
  const size = workgroup[join];
  const width = widthOf(lanes);
  return defineKernel({
    name: `squeezeInputGrad ${lanes} ${join}`,
    args,
    bindings: [
      read("dy", lanes),
      read("x", lanes),
      read("trained", "f32", ["reduce", "expand"]),
      read("kept", "f32", ["hidden", "s"]),
      write("dx", lanes),
      write("passed", "f32", ["gate", "inner", "active"]),
    ],
    workgroup: size,
    declarations: activations(lanes),
    body: argumentsFirst(`
  if (group >= a.batch) { return; }
  let map = group * a.pixels * a.units;
  let vector = group * a.units * ${width}u;
  let hidden = group * a.squeezed;
  let channels = a.units * ${width}u;
  for (var c = lane; c < a.units; c += ${size}u) {
    var sum = ${lanes}(0.0);
    var i = map + c;
    for (var p = 0u; p < a.pixels; p++) {
      sum = fma(dy[a.dyAt + i], x[a.xAt + i], sum);
      i += a.units;
    }
    let sAt = a.sAt + vector + c * ${width}u;
    let s = ${gathered(lanes, "kept", "sAt", "1u")};
    let given = sum * s * (1.0 - s);
    let to = a.gateAt + vector + c * ${width}u;
${store(lanes, "passed", "to", "given")}
  }
  storageBarrier();
  for (var r = lane; r < a.squeezed; r += ${size}u) {
    var sum = 0.0;
    let row = a.expandAt + r * channels;
    for (var c = 0u; c < channels; c++) {
      sum = fma(passed[a.gateAt + vector + c], trained[row + c], sum);
    }
    let value = kept[a.hiddenAt + hidden + r];
    passed[a.innerAt + hidden + r] = sum * ${ofOne(lanes, "slope", "value")};
    passed[a.activeAt + hidden + r] = ${ofOne(lanes, "activate", "value")};
  }
  storageBarrier();
  for (var c = lane; c < a.units; c += ${size}u) {
    var sum = ${lanes}(0.0);
    var at = a.reduceAt + c * ${width}u * a.squeezed;
    for (var r = 0u; r < a.squeezed; r++) {
      sum = fma(${lanes}(passed[a.innerAt + hidden + r]), ${gathered(lanes, "trained", "at", "a.squeezed")}, sum);
      at += 1u;
    }
    let level = sum / f32(a.pixels);
    let sAt = a.sAt + vector + c * ${width}u;
    let s = ${gathered(lanes, "kept", "sAt", "1u")};
    var i = map + c;
    for (var p = 0u; p < a.pixels; p++) {
      dx[a.dxAt + i] = fma(dy[a.dyAt + i], s, level);
      i += a.units;
    }
  }`),
  });
}

/**
 * Gradients of all four parameters, sums over the images; one invocation a value of both matrices (c fastest), or of a bias.
 * Vectors come from the caches.
 */
export const squeezeParameterGrad = defineKernel({
  name: "squeezeParameterGrad",
  args: { batch: "u32", channels: "u32", squeezed: "u32" },
  bindings: [
    read("kept", "f32", ["pooled"]),
    read("passed", "f32", ["gate", "inner", "active"]),
    write("out", "f32", ["dReduce", "dReduceBias", "dExpand", "dExpandBias"]),
  ],
  workgroup: 64,
  body: argumentsFirst(`
  var i = group * 64u + lane;
  if (i < a.channels * a.squeezed) {
    let r = i / a.channels;
    let c = i - r * a.channels;
    var reduce = 0.0;
    var expand = 0.0;
    var vector = c;
    var inner = r;
    for (var n = 0u; n < a.batch; n++) {
      reduce = fma(kept[a.pooledAt + vector], passed[a.innerAt + inner], reduce);
      expand = fma(passed[a.activeAt + inner], passed[a.gateAt + vector], expand);
      vector += a.channels;
      inner += a.squeezed;
    }
    out[a.dReduceAt + c * a.squeezed + r] = reduce;
    out[a.dExpandAt + i] = expand;
    return;
  }
  i -= a.channels * a.squeezed;
  var sum = 0.0;
  if (i < a.channels) {
    for (var n = 0u; n < a.batch; n++) { sum += passed[a.gateAt + n * a.channels + i]; }
    out[a.dExpandBiasAt + i] = sum;
    return;
  }
  i -= a.channels;
  if (i < a.squeezed) {
    for (var n = 0u; n < a.batch; n++) { sum += passed[a.innerAt + n * a.squeezed + i]; }
    out[a.dReduceBiasAt + i] = sum;
  }`),
});
