import type { CallOf, ConvGeometry } from "../../../plan/calls.ts";
import {
  isDepthwise,
  lowerDepthwise,
  lowerDepthwiseFilterGrad,
  lowerDepthwiseInputGrad,
} from "./depthwise.ts";
import { isMatrixConv, lowerMatrixConv, lowerMatrixFilterGrad, lowerMatrixInputGrad } from "./matrix-conv.ts";
import type { Program } from "./program.ts";
import { lowerTableConv, lowerTableFilterGrad, lowerTableInputGrad } from "./table-conv.ts";

/** Three families: matrix products, depthwise, and tables for all others. */
type Family = "matrix" | "depthwise" | "table";

function familyOf(attrs: ConvGeometry): Family {
  if (isMatrixConv(attrs)) return "matrix";
  return isDepthwise(attrs) ? "depthwise" : "table";
}

const forward = { matrix: lowerMatrixConv, depthwise: lowerDepthwise, table: lowerTableConv };
const inputGrad = {
  matrix: lowerMatrixInputGrad,
  depthwise: lowerDepthwiseInputGrad,
  table: lowerTableInputGrad,
};
const filterGrad = {
  matrix: lowerMatrixFilterGrad,
  depthwise: lowerDepthwiseFilterGrad,
  table: lowerTableFilterGrad,
};

export function lowerConv2d(program: Program, call: CallOf<"conv2d">): void {
  forward[familyOf(call.attrs)](program, call);
}

export function lowerConv2dInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  inputGrad[familyOf(call.attrs)](program, call);
}

export function lowerConv2dFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  filterGrad[familyOf(call.attrs)](program, call);
}
