import type { CallOf } from "../../../plan/calls.ts";
import {
  isDepthwise,
  lowerDepthwise,
  lowerDepthwiseFilterGrad,
  lowerDepthwiseInputGrad,
} from "./depthwise.ts";
import { isMatrixConv, lowerMatrixConv, lowerMatrixFilterGrad, lowerMatrixInputGrad } from "./matrix-conv.ts";
import type { Program } from "./program.ts";
import { lowerTableConv, lowerTableFilterGrad, lowerTableInputGrad } from "./table-conv.ts";
import {
  isWinogradConv,
  isWinogradFilterGrad,
  lowerWinogradConv,
  lowerWinogradFilterGrad,
  lowerWinogradInputGrad,
} from "./winograd.ts";

// Four families of convolutions: matrix products, strips of channels (depthwise), Winograd's for wide 3×3 groups, and
// tables of pixels for all others.

export function lowerConv2d(program: Program, call: CallOf<"conv2d">): void {
  if (isMatrixConv(call.attrs)) lowerMatrixConv(program, call);
  else if (isDepthwise(call.attrs)) lowerDepthwise(program, call);
  else if (isWinogradConv(call.attrs)) lowerWinogradConv(program, call);
  else lowerTableConv(program, call);
}

export function lowerConv2dInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  if (isMatrixConv(call.attrs)) lowerMatrixInputGrad(program, call);
  else if (isDepthwise(call.attrs)) lowerDepthwiseInputGrad(program, call);
  else if (isWinogradConv(call.attrs)) lowerWinogradInputGrad(program, call);
  else lowerTableInputGrad(program, call);
}

export function lowerConv2dFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  if (isMatrixConv(call.attrs)) lowerMatrixFilterGrad(program, call);
  else if (isDepthwise(call.attrs)) lowerDepthwiseFilterGrad(program, call);
  else if (isWinogradFilterGrad(call.attrs)) lowerWinogradFilterGrad(program, call);
  else lowerTableFilterGrad(program, call);
}
