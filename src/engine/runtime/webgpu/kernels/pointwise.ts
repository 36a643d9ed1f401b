import { defineKernel, read, write } from "../kernel.ts";
import { type Join, workgroupOf } from "./conv-tile.ts";
import { activations, argumentsFirst, type Curve, curveText, type Lanes } from "./text.ts";

// Maps as rows × channels; a unit is a vector of four channels or one channel. One invocation makes a unit of `span` rows,
// neighbours lie side by side: whole lines, 0 to 2 multiply-adds a value, bandwidth alone. Vectors per channel or per image
// are read once for all rows of an invocation; they come from the caches.

/** Invocations of a workgroup. */
export const mapWorkgroup: Readonly<Record<Join, number>> = { workgroup: 256, lanes: workgroupOf.lanes };

const mapArgs = { rows: "u32", units: "u32", span: "u32" } as const;

/** `unit` and the rows from `first` to `end` of an invocation. */
const rowsOfUnit = (workgroup: number) => `
  let id = group * ${workgroup}u + lane;
  let first = (id / a.units) * a.span;
  if (first >= a.rows) { return; }
  let unit = id % a.units;
  let end = min(a.rows, first + a.span);`;

/**
 * y = activation(factor·scale·x + shift (+ residual)). x may be one value per image and channel, spread over its pixels;
 * so may the vectors be. Serves affine, add, channelScale and globalPoolGrad.
 */
export function affineMap(lanes: Lanes, join: Join, curve: Curve, added: boolean) {
  const workgroup = mapWorkgroup[join];
  const { declarations, activated } = curveText(curve, lanes);
  return defineKernel({
    name: `affineMap ${lanes} ${join} ${curve}${added ? " added" : ""}`,
    args: {
      ...mapArgs,
      /** Rows of an image, for vectors per image; all of them where the vectors are per channel. */
      imageRows: "u32",
      spread: "u32",
      scaled: "u32",
      shifted: "u32",
      factor: "f32",
    },
    bindings: [
      read("x", lanes),
      read("vectors", lanes, ["scale", "shift"]),
      read("residual", lanes),
      write("y", lanes),
    ],
    workgroup,
    declarations,
    body: argumentsFirst(`${rowsOfUnit(workgroup)}
  let c = (first / a.imageRows) * a.units + unit;
  var scale = ${lanes}(a.factor);
  var shift = ${lanes}(0.0);
  if (a.scaled != 0u) { scale *= vectors[a.scaleAt + c]; }
  if (a.shifted != 0u) { shift = vectors[a.shiftAt + c]; }
  for (var row = first; row < end; row++) {
    let i = row * a.units + unit;
    let value = x[a.xAt + select(i, c, a.spread != 0u)] * scale + shift${added ? " + residual[a.residualAt + i]" : ""};
    y[a.yAt + i] = ${activated("value")};
  }`),
  });
}

/** dx = dy ⊙ activation′, from the activation's output (relu, sigmoid) or its input (silu). */
export function slopeMap(lanes: Lanes) {
  return defineKernel({
    name: `slopeMap ${lanes}`,
    args: { length: "u32", activation: "u32" },
    bindings: [read("dy", lanes), read("saved", lanes), write("dx", lanes)],
    workgroup: 256,
    declarations: activations(lanes),
    body: argumentsFirst(`
  let i = group * 256u + lane;
  if (i >= a.length) { return; }
  let s = saved[a.savedAt + i];
  var factor = s * (1.0 - s);
  if (a.activation != 3u) { factor = slope(a.activation, s); }
  dx[a.dxAt + i] = dy[a.dyAt + i] * factor;`),
  });
}

/** dx = scale·(dz − dBeta/rows − (x − mean)·invStd·dGamma/rows) (+ addend), dz = dy ⊙ slope. */
export function normInputGrad(lanes: Lanes, join: Join, curve: Curve, added: boolean) {
  const workgroup = mapWorkgroup[join];
  const { declarations, through } = curveText(curve, lanes);
  return defineKernel({
    name: `normInputGrad ${lanes} ${join} ${curve}${added ? " added" : ""}`,
    args: { ...mapArgs, perRow: "f32" },
    bindings: [
      read("dy", lanes),
      read("x", lanes),
      read("addend", lanes),
      read("vectors", lanes, ["mean", "invStd", "scale", "shift"]),
      read("totals", lanes, ["dGamma", "dBeta"]),
      write("dx", lanes),
    ],
    workgroup,
    declarations,
    body: argumentsFirst(`${rowsOfUnit(workgroup)}
  let mean = vectors[a.meanAt + unit];
  let scale = vectors[a.scaleAt + unit];
  let shift = vectors[a.shiftAt + unit];
  let slant = vectors[a.invStdAt + unit] * (totals[a.dGammaAt + unit] * a.perRow);
  let level = totals[a.dBetaAt + unit] * a.perRow;
  for (var row = first; row < end; row++) {
    let i = row * a.units + unit;
    let value = x[a.xAt + i];
    let given = dy[a.dyAt + i];
    let d = ${through("given", "fma(value, scale, shift)")};
    dx[a.dxAt + i] = scale * (d - level - (value - mean) * slant)${added ? " + addend[a.addendAt + i]" : ""};
  }`),
  });
}

/**
 * Nesterov SGD over all parameters, and the moving averages of what it leaves: three reads and two writes of 4 bytes a
 * parameter (four and three with averages). A workgroup makes `span` times as many units as it has invocations, side by side
 * each time: once on a GPU, where many hide the latency; on the processor an invocation costs as much to begin as it to move
 * one unit.
 */
export function update(lanes: Lanes, join: Join, averaged: boolean) {
  const workgroup = mapWorkgroup[join];
  return defineKernel({
    name: `update ${lanes} ${join}${averaged ? " and average" : ""}`,
    args: {
      /** In units, as what decays is. */
      length: "u32",
      span: "u32",
      momentum: "f32",
      weightDecay: "f32",
      /** Units that decay, from the first on. */
      decayed: "u32",
      nesterov: "u32",
      averageDecay: "f32",
    },
    bindings: [
      read("gradients", lanes),
      read("learningRate", "f32"),
      write("parameters", lanes),
      write("velocity", lanes),
      write("averages", lanes),
    ],
    workgroup,
    body: argumentsFirst(`
  let first = group * a.span * ${workgroup}u;
  let end = min(a.length, first + a.span * ${workgroup}u);
  let rate = learningRate[a.learningRateAt];
  for (var i = first + lane; i < end; i += ${workgroup}u) {
    let p = parameters[a.parametersAt + i];
    let g = gradients[a.gradientsAt + i] + select(0.0, a.weightDecay, i < a.decayed) * p;
    let v = a.momentum * velocity[a.velocityAt + i] + g;
    velocity[a.velocityAt + i] = v;
    let moved = p - rate * select(v, g + a.momentum * v, a.nesterov != 0u);
    parameters[a.parametersAt + i] = moved;
${
  averaged
    ? `
    let at = a.averagesAt + i;
    averages[at] = a.averageDecay * averages[at] + (1.0 - a.averageDecay) * moved;`
    : ""
}
  }`),
  });
}

/** average = decay·average + (1 − decay)·x; one invocation a value. */
export const moveAverage = defineKernel({
  name: "moveAverage",
  args: { length: "u32", decay: "f32" },
  bindings: [read("x", "f32"), write("average", "f32")],
  workgroup: 256,
  body: `
  let i = group * 256u + lane;
  if (i >= a.length) { return; }
  average[a.averageAt + i] = a.decay * average[a.averageAt + i] + (1.0 - a.decay) * x[a.xAt + i];`,
});
