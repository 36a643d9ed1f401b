import type { TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { activationCodes } from "../table-layouts.ts";
import { constantFloats } from "./constants.ts";
import type { Program } from "./program.ts";

export function lowerAffine(program: Program, call: CallOf<"affine">): void {
  const { rows, channels, imageRows = rows } = call.attrs;
  const x = program.at(call.in.x);
  const y = program.at(call.out.y);
  const residual = program.atOptional(call.in.residual);
  const activation = activationCodes[call.attrs.activation];
  if (call.in.scale === undefined && call.in.shift === undefined) {
    program.emit("pointwise", { x, residual, y, length: rows * channels, activation });
    return;
  }
  const { at: scale, step: scaleStep } = vector(program, call.in.scale, 1, channels);
  const { at: shift, step: shiftStep } = vector(program, call.in.shift, 0, channels);
  program.emit("affine", {
    x,
    scale,
    shift,
    residual,
    y,
    rows,
    channels,
    activation,
    imageRows,
    scaleStep,
    shiftStep,
  });
}

/** A vector and its bytes from image to image; the constant of an absent one serves all images. */
function vector(program: Program, tensor: TensorId | undefined, absent: number, channels: number) {
  if (tensor === undefined) return { at: constantFloats(program, absent, channels), step: 0 };
  return { at: program.at(tensor), step: 4 * channels };
}

export function lowerAdd(program: Program, call: CallOf<"add">): void {
  program.emit("pointwise", {
    x: program.at(call.in.a),
    residual: program.at(call.in.b),
    y: program.at(call.out.y),
    length: call.attrs.rows * call.attrs.channels,
    activation: activationCodes.none,
  });
}

export function lowerActivationGrad(program: Program, call: CallOf<"activationGrad">): void {
  program.emit("activationGrad", {
    dy: program.at(call.in.dy),
    saved: program.at(call.in.saved),
    dx: program.at(call.out.dx),
    length: call.attrs.rows * call.attrs.channels,
    activation: activationCodes[call.attrs.activation],
  });
}
