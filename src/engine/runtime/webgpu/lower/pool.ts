import type { PoolGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { channelScaleGrad, globalPool, maxPool, maxPoolGrad } from "../kernels/pool.ts";
import type { Program } from "../program.ts";
import { groupsOf } from "./grid.ts";

export function lowerGlobalPool(program: Program, call: CallOf<"globalPool">): void {
  const { batch, pixels, channels } = call.attrs;
  const length = batch * channels;
  program.dispatch(
    call,
    globalPool,
    { length, pixels, channels },
    { ...call.in, ...call.out },
    groupsOf(length, 64),
  );
}

export function lowerChannelScaleGrad(program: Program, call: CallOf<"channelScaleGrad">): void {
  const { batch, pixels, channels } = call.attrs;
  const length = batch * channels;
  program.dispatch(
    call,
    channelScaleGrad,
    { length, pixels, channels },
    { ...call.in, ...call.out },
    groupsOf(length, 64),
  );
}

function windowsOf(g: PoolGeometry, length: number) {
  const { channels, height, width, outHeight, outWidth, kernel, stride, padding } = g;
  return { length, channels, height, width, outHeight, outWidth, kernel, stride, padding };
}

export function lowerMaxPool(program: Program, call: CallOf<"maxPool">): void {
  const length = program.lengthOf(call.out.y);
  program.dispatch(
    call,
    maxPool,
    windowsOf(call.attrs, length),
    { ...call.in, ...call.out },
    groupsOf(length, 64),
  );
}

export function lowerMaxPoolGrad(program: Program, call: CallOf<"maxPoolGrad">): void {
  const length = program.lengthOf(call.out.dx);
  program.dispatch(
    call,
    maxPoolGrad,
    windowsOf(call.attrs, length),
    { ...call.in, ...call.out },
    groupsOf(length, 64),
  );
}
