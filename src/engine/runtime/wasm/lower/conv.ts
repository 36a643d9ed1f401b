import type { CallOf } from "../../../plan/calls.ts";
import { isMatrixConv, lowerMatrixConv, lowerMatrixFilterGrad, lowerMatrixInputGrad } from "./matrix-conv.ts";
import type { Program } from "./program.ts";
import { lowerTableConv, lowerTableFilterGrad, lowerTableInputGrad } from "./table-conv.ts";

// Two families of convolutions: matrix products, and tables of pixels for all others.

export function lowerConv2d(program: Program, call: CallOf<"conv2d">): void {
  (isMatrixConv(call.attrs) ? lowerMatrixConv : lowerTableConv)(program, call);
}

export function lowerConv2dInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  (isMatrixConv(call.attrs) ? lowerMatrixInputGrad : lowerTableInputGrad)(program, call);
}

export function lowerConv2dFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  (isMatrixConv(call.attrs) ? lowerMatrixFilterGrad : lowerTableFilterGrad)(program, call);
}
