import { defineKernel, read, write } from "../kernel.ts";
import { activations, type Lanes } from "./text.ts";

// Maps as rows × channels; a unit is a vector of four channels or one channel. One invocation a unit, neighbours side by
// side: whole lines, 0 to 2 multiply-adds a value, bandwidth alone. Vectors per channel or per image come from the caches.

/**
 * y = activation(factor·scale·x + shift (+ residual)). x may be one value per image and channel, spread over its pixels;
 * so may the vectors be. Serves affine, add, channelScale and globalPoolGrad.
 */
export function affineMap(lanes: Lanes) {
  return defineKernel({
    name: `affineMap ${lanes}`,
    args: {
      length: "u32",
      units: "u32",
      /** Units of an image: of its map, for vectors per image; the whole where they are per channel. */
      imageUnits: "u32",
      spread: "u32",
      scaled: "u32",
      shifted: "u32",
      added: "u32",
      factor: "f32",
      activation: "u32",
    },
    bindings: [
      read("x", lanes),
      read("vectors", lanes, ["scale", "shift"]),
      read("residual", lanes),
      write("y", lanes),
    ],
    workgroup: 256,
    declarations: activations(lanes),
    body: `
  let i = group * 256u + lane;
  if (i >= a.length) { return; }
  let c = (i / a.imageUnits) * a.units + i % a.units;
  var value = x[a.xAt + select(i, c, a.spread != 0u)] * a.factor;
  if (a.scaled != 0u) { value *= vectors[a.scaleAt + c]; }
  if (a.shifted != 0u) { value += vectors[a.shiftAt + c]; }
  if (a.added != 0u) { value += residual[a.residualAt + i]; }
  y[a.yAt + i] = activate(a.activation, value);`,
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
    body: `
  let i = group * 256u + lane;
  if (i >= a.length) { return; }
  let s = saved[a.savedAt + i];
  var factor = s * (1.0 - s);
  if (a.activation != 3u) { factor = slope(a.activation, s); }
  dx[a.dxAt + i] = dy[a.dyAt + i] * factor;`,
  });
}

/** dx = scale·(dz − dBeta/rows − (x − mean)·invStd·dGamma/rows) (+ addend), dz = dy ⊙ slope. */
export function normInputGrad(lanes: Lanes) {
  return defineKernel({
    name: `normInputGrad ${lanes}`,
    args: { length: "u32", units: "u32", perRow: "f32", activation: "u32", added: "u32" },
    bindings: [
      read("dy", lanes),
      read("x", lanes),
      read("addend", lanes),
      read("vectors", lanes, ["mean", "invStd", "scale", "shift"]),
      read("totals", lanes, ["dGamma", "dBeta"]),
      write("dx", lanes),
    ],
    workgroup: 256,
    declarations: activations(lanes),
    body: `
  let i = group * 256u + lane;
  if (i >= a.length) { return; }
  let c = i % a.units;
  let value = x[a.xAt + i];
  let scale = vectors[a.scaleAt + c];
  var d = dy[a.dyAt + i];
  if (a.activation != 0u) { d *= slope(a.activation, fma(value, scale, vectors[a.shiftAt + c])); }
  let slant = vectors[a.invStdAt + c] * (totals[a.dGammaAt + c] * a.perRow);
  d = scale * (d - totals[a.dBetaAt + c] * a.perRow - (value - vectors[a.meanAt + c]) * slant);
  if (a.added != 0u) { d += addend[a.addendAt + i]; }
  dx[a.dxAt + i] = d;`,
  });
}

/**
 * Nesterov SGD over all parameters, and the moving averages of what it leaves: one invocation a parameter, three reads and
 * two writes of 4 bytes (four and three with averages).
 */
export const update = defineKernel({
  name: "update",
  args: {
    length: "u32",
    momentum: "f32",
    weightDecay: "f32",
    /** Elements that decay, from the first on. */
    decayed: "u32",
    nesterov: "u32",
    averaged: "u32",
    averageDecay: "f32",
  },
  bindings: [
    read("gradients", "f32"),
    read("learningRate", "f32"),
    write("parameters", "f32"),
    write("velocity", "f32"),
    write("averages", "f32"),
  ],
  workgroup: 256,
  body: `
  let i = group * 256u + lane;
  if (i >= a.length) { return; }
  let p = parameters[a.parametersAt + i];
  let g = gradients[a.gradientsAt + i] + select(0.0, a.weightDecay, i < a.decayed) * p;
  let v = a.momentum * velocity[a.velocityAt + i] + g;
  velocity[a.velocityAt + i] = v;
  let moved = p - learningRate[a.learningRateAt] * select(v, g + a.momentum * v, a.nesterov != 0u);
  parameters[a.parametersAt + i] = moved;
  if (a.averaged != 0u) {
    let at = a.averagesAt + i;
    averages[at] = a.averageDecay * averages[at] + (1.0 - a.averageDecay) * moved;
  }`,
});

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
