import type { MapsShape, PoolGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import type { Program } from "./program.ts";

export function lowerGlobalPool(program: Program, call: CallOf<"globalPool">): void {
  program.emit("globalPool", { x: program.at(call.in.x), y: program.at(call.out.y), ...maps(call.attrs) });
}

export function lowerGlobalPoolGrad(program: Program, call: CallOf<"globalPoolGrad">): void {
  program.emit("globalPoolGrad", {
    dy: program.at(call.in.dy),
    addend: program.atOptional(call.in.addend),
    dx: program.at(call.out.dx),
    ...maps(call.attrs),
  });
}

export function lowerMaxPool(program: Program, call: CallOf<"maxPool">): void {
  program.emit("maxPool", { x: program.at(call.in.x), y: program.at(call.out.y), ...windows(call.attrs) });
}

export function lowerMaxPoolGrad(program: Program, call: CallOf<"maxPoolGrad">): void {
  program.emit("maxPoolGrad", {
    x: program.at(call.in.x),
    dy: program.at(call.in.dy),
    dx: program.at(call.out.dx),
    ...windows(call.attrs),
  });
}

export function lowerChannelScale(program: Program, call: CallOf<"channelScale">): void {
  const operands = { x: program.at(call.in.x), s: program.at(call.in.s), y: program.at(call.out.y) };
  const { batch, pixels, channels } = call.attrs;
  if (channels === 1) program.emit("imageScale", { ...operands, images: batch, length: pixels });
  else program.emit("channelScale", { ...operands, ...maps(call.attrs) });
}

export function lowerChannelScaleGrad(program: Program, call: CallOf<"channelScaleGrad">): void {
  program.emit("channelScaleGrad", {
    dy: program.at(call.in.dy),
    x: program.at(call.in.x),
    s: program.at(call.in.s),
    dx: program.at(call.out.dx),
    ds: program.at(call.out.ds),
    ...maps(call.attrs),
  });
}

function maps({ batch, pixels, channels }: MapsShape) {
  return { images: batch, pixels, channels };
}

function windows({ batch, ...attrs }: PoolGeometry) {
  return { images: batch, ...attrs };
}
