import { gaussianQuadrature } from "../../../math/gaussian-quadrature.ts";
import type { CallOf } from "../../../plan/calls.ts";
import type { ProxyShape } from "../../../plan/norm-calls.ts";
import { activationCodes } from "../table-layouts.ts";
import { constantFloats, floatTable } from "./constants.ts";
import type { Program } from "./program.ts";
import { hotRows, join, scratchSlots, slotCountFor } from "./slots.ts";

export function lowerProxyMoments(program: Program, call: CallOf<"proxyMoments">): void {
  program.emit("proxyMoments", {
    ...proxyParameters(program, call),
    scale: program.at(call.out.scale),
    shift: program.at(call.out.shift),
    ...quadrature(program, call.attrs),
  });
}

export function lowerProxyMomentsGrad(program: Program, call: CallOf<"proxyMomentsGrad">): void {
  program.emit("proxyMomentsGrad", {
    ...proxyParameters(program, call),
    dScale: program.at(call.in.dScale),
    dShift: program.at(call.in.dShift),
    dGamma: program.at(call.out.dGamma),
    dBeta: program.at(call.out.dBeta),
    dProxyScale: program.at(call.out.dProxyScale),
    dProxyShift: program.at(call.out.dProxyShift),
    ...quadrature(program, call.attrs),
  });
}

/** Batch norm's reduction with x̂ = x and no activation is this one. */
export function lowerAffineReduceGrad(program: Program, call: CallOf<"affineReduceGrad">): void {
  const { rows, channels } = call.attrs;
  const blockRows = hotRows(channels);
  const slots = scratchSlots(program, slotCountFor(Math.ceil(rows / blockRows)), 2 * channels);
  const zeros = constantFloats(program, 0, channels);
  const ones = constantFloats(program, 1, channels);
  program.emit("batchNormReduceGrad", {
    dy: program.at(call.in.dy),
    x: program.at(call.in.x),
    mean: zeros,
    invStd: ones,
    scale: ones,
    shift: zeros,
    saved: 0,
    dz: 0,
    rows,
    channels,
    blockRows,
    activation: activationCodes.none,
    ...slots,
  });
  join(program, slots, program.at(call.out.dShift), channels);
  join(program, { ...slots, slots: slots.slots + 4 * channels }, program.at(call.out.dScale), channels);
}

function proxyParameters(program: Program, call: CallOf<"proxyMoments"> | CallOf<"proxyMomentsGrad">) {
  return {
    gamma: program.at(call.in.gamma),
    beta: program.at(call.in.beta),
    proxyScale: program.at(call.in.proxyScale),
    proxyShift: program.at(call.in.proxyShift),
  };
}

/** What both kernels know of the quadrature, and a vector of 4 channels for each of its nodes. */
function quadrature(program: Program, { channels, activation, epsilon, points }: ProxyShape) {
  const { nodes, weights } = gaussianQuadrature(points);
  return {
    channels,
    activation: activationCodes[activation],
    epsilon,
    nodes: floatTable(program, `quadrature nodes ${points}`, nodes),
    weights: floatTable(program, `quadrature weights ${points}`, weights),
    points,
    ...program.threadScratch(16 * points),
  };
}
