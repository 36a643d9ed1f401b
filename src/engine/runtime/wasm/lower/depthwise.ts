import type { CallOf, ConvGeometry } from "../../../plan/calls.ts";
import type { Program } from "./program.ts";
import { columnSums, join, slotCountFor, slotsOrResult } from "./slots.ts";

export function isDepthwise({ groups, channels, filters }: ConvGeometry): boolean {
  return groups === channels && groups === filters;
}

export function lowerDepthwise(program: Program, call: CallOf<"conv2d">): void {
  program.emit("depthwise", {
    x: program.at(call.in.x),
    filters: program.at(call.in.filters),
    y: program.at(call.out.y),
    bias: program.atOptional(call.in.bias),
    ...geometry(call.attrs),
  });
}

export function lowerDepthwiseInputGrad(program: Program, call: CallOf<"conv2dInputGrad">): void {
  program.emit("depthwiseInputGrad", {
    dy: program.at(call.in.dy),
    filters: program.at(call.in.filters),
    dx: program.at(call.out.dx),
    addend: program.atOptional(call.in.addend),
    ...geometry(call.attrs),
  });
}

export function lowerDepthwiseFilterGrad(program: Program, call: CallOf<"conv2dFilterGrad">): void {
  const { batch, channels, kernel, outHeight, outWidth } = call.attrs;
  const dy = program.at(call.in.dy);
  const out = program.at(call.out.dFilters);
  const length = kernel * kernel * channels;
  const slots = slotsOrResult(program, slotCountFor(batch), length, out);
  program.emit("depthwiseFilterGrad", {
    x: program.at(call.in.x),
    dy,
    ...slots,
    ...geometry(call.attrs),
  });
  join(program, slots, out, length);
  if (call.out.dBias !== undefined)
    columnSums(program, dy, batch * outHeight * outWidth, channels, program.at(call.out.dBias));
}

function geometry({ batch, filters: _, groups: __, ...attrs }: ConvGeometry) {
  return { images: batch, ...attrs };
}
