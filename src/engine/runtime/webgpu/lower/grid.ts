import type { TensorId } from "../../../plan/call.ts";
import type { Lanes } from "../kernels/text.ts";

/** Workgroups of `size` that cover `length`. */
export function groupsOf(length: number, size: number): number {
  return Math.max(1, Math.ceil(length / size));
}

/** Four channels at a time wherever a map's channels allow. */
export function lanesOf(channels: number): Lanes {
  return channels % 4 === 0 ? "vec4f" : "f32";
}

/** Channels of a unit. */
export function unitOf(lanes: Lanes): 1 | 4 {
  return lanes === "vec4f" ? 4 : 1;
}

/** Lanes of a workgroup of 64 along `units`: the least power of two that covers them, 64 at most. */
export function lanesAlong(units: number, most = 64): number {
  let lanes = 1;
  while (lanes < units && lanes < most) lanes *= 2;
  return lanes;
}

/** 1 where an optional operand is given. */
export function flag(operand: TensorId | undefined): 0 | 1 {
  return operand === undefined ? 0 : 1;
}
