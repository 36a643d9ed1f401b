import type { TensorId } from "../../../plan/call.ts";
import type { Lanes } from "../kernels/text.ts";
import type { Program } from "../program.ts";

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

/**
 * Rows of a map that an invocation takes where there are more than keep the adapter busy, one invocation a unit: not more
 * than `imageRows`, and a divisor of it.
 */
export function rowSpan({ tiles }: Program, units: number, rows: number, imageRows = rows): number {
  let span = Math.min(imageRows, Math.max(1, Math.floor((rows * units) / tiles.invocations)));
  if (imageRows < rows) while (imageRows % span !== 0) span--;
  return span;
}
