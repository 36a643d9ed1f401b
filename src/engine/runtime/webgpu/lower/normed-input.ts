import type { TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { noFloor } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { affineCall } from "./pointwise.ts";

/** What a convolution reads as x. */
export interface NormedInput {
  readonly x: TensorId;
  readonly xScale?: TensorId | undefined;
  readonly xShift?: TensorId | undefined;
  /** Least value of the normed x: 0 where it is rectified. */
  readonly floor: number;
}

/**
 * x as it is, or with its norm. Kernels rectify as they load; an activation with an exponential is stored once instead,
 * for both convolutions that read it.
 */
export function normedInput(program: Program, call: CallOf<"conv2d" | "conv2dFilterGrad">): NormedInput {
  const { x, xScale, xShift } = call.in;
  const { xActivation = "none" } = call.attrs;
  if (xScale === undefined) return { x, floor: noFloor };
  if (!isCurved(xActivation)) return { x, xScale, xShift, floor: xActivation === "relu" ? 0 : noFloor };
  const stored = program.storedOnce(`${x} ${xScale}`, () => {
    const { batch, height, width, channels } = call.attrs;
    const y = program.scratch(`${call.label}.x`, program.lengthOf(x));
    const shape = { rows: batch * height * width, channels, activation: xActivation };
    affineCall(program, call, { x, scale: xScale, shift: xShift, y }, shape);
    return y;
  });
  return { x: stored, floor: noFloor };
}

export function isCurved(activation: string): boolean {
  return activation === "silu" || activation === "sigmoid";
}
