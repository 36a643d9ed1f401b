import type { MapsShape } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { activationCodes } from "../table-layouts.ts";
import type { Program } from "./program.ts";
import { hotRows, join, scratchSlots, slotCountFor } from "./slots.ts";

export function lowerGroupNormStats(program: Program, call: CallOf<"groupNormStats">): void {
  program.emit("groupNormStats", {
    x: program.at(call.in.x),
    gamma: program.at(call.in.gamma),
    beta: program.at(call.in.beta),
    mean: program.at(call.out.mean),
    invStd: program.at(call.out.invStd),
    scale: program.at(call.out.scale),
    shift: program.at(call.out.shift),
    ...groups(call.attrs),
    blockRows: hotRows(call.attrs.channels),
    epsilon: call.attrs.epsilon,
    ...program.threadScratch(12 * call.attrs.channels),
  });
}

export function lowerGroupNormReduceGrad(program: Program, call: CallOf<"groupNormReduceGrad">): void {
  const { batch, channels, activation } = call.attrs;
  const slots = scratchSlots(program, slotCountFor(batch), 2 * channels);
  program.emit("groupNormReduceGrad", {
    dy: program.at(call.in.dy),
    x: program.at(call.in.x),
    mean: program.at(call.in.mean),
    invStd: program.at(call.in.invStd),
    scale: program.at(call.in.scale),
    shift: program.at(call.in.shift),
    gamma: program.at(call.in.gamma),
    dGammaProxy: program.atOptional(call.in.dGammaProxy),
    dBetaProxy: program.atOptional(call.in.dBetaProxy),
    sums: program.at(call.out.sums),
    ...groups(call.attrs),
    blockRows: hotRows(channels),
    activation: activationCodes[activation],
    ...slots,
    ...program.threadScratch(16 * channels),
  });
  join(program, slots, program.at(call.out.dBeta), channels);
  join(program, { ...slots, slots: slots.slots + 4 * channels }, program.at(call.out.dGamma), channels);
}

export function lowerGroupNormInputGrad(program: Program, call: CallOf<"groupNormInputGrad">): void {
  const { channels, activation } = call.attrs;
  program.emit("groupNormInputGrad", {
    dy: program.at(call.in.dy),
    x: program.at(call.in.x),
    dx: program.at(call.out.dx),
    addend: program.atOptional(call.in.addend),
    mean: program.at(call.in.mean),
    invStd: program.at(call.in.invStd),
    scale: program.at(call.in.scale),
    shift: program.at(call.in.shift),
    sums: program.at(call.in.sums),
    ...groups(call.attrs),
    activation: activationCodes[activation],
    ...program.threadScratch(12 * channels),
  });
}

function groups({ batch, pixels, channels, groups }: MapsShape & { readonly groups: number }) {
  return { images: batch, pixels, channels, groups };
}
