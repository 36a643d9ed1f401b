import { gaussianQuadrature } from "../../../math/gaussian-quadrature.ts";
import type { TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import type { ProxyShape } from "../../../plan/norm-calls.ts";
import { proxyMoments, proxyMomentsGrad } from "../kernels/proxy.ts";
import { activationCode } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { groupsOf } from "./grid.ts";

function shapeOf({ channels, activation, points, epsilon }: ProxyShape) {
  return { channels, activation: activationCode[activation], points, epsilon };
}

function quadratureTable(program: Program, points: number): TensorId {
  const { nodes, weights } = gaussianQuadrature(points);
  return program.constant("quadrature", Float32Array.from([...nodes, ...weights]));
}

export function lowerProxyMoments(program: Program, call: CallOf<"proxyMoments">): void {
  const quadrature = quadratureTable(program, call.attrs.points);
  program.dispatch(
    call,
    proxyMoments,
    shapeOf(call.attrs),
    { ...call.in, ...call.out, quadrature },
    groupsOf(call.attrs.channels, 64),
  );
}

export function lowerProxyMomentsGrad(program: Program, call: CallOf<"proxyMomentsGrad">): void {
  const quadrature = quadratureTable(program, call.attrs.points);
  program.dispatch(
    call,
    proxyMomentsGrad,
    shapeOf(call.attrs),
    { ...call.in, ...call.out, quadrature },
    groupsOf(call.attrs.channels, 64),
  );
}
