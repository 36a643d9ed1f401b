import type { CallOf } from "../../../plan/calls.ts";
import type { Fields } from "../records.ts";
import { activationCodes } from "../table-layouts.ts";
import type { Program } from "./program.ts";
import { hotRows, join, type Slots, scratchSlots, slotCountFor } from "./slots.ts";

export function lowerBatchNormStats(program: Program, call: CallOf<"batchNormStats">): void {
  const { rows, channels, epsilon, momentum } = call.attrs;
  const blockRows = hotRows(channels);
  const slots = scratchSlots(program, slotCountFor(Math.ceil(rows / blockRows)), 2 * channels);
  program.emit("batchNormStats", { x: program.at(call.in.x), rows, channels, blockRows, ...slots });
  lowerStatisticsJoin(program, slots, {
    rows,
    channels,
    blockRows,
    gamma: program.at(call.in.gamma),
    beta: program.at(call.in.beta),
    mean: program.at(call.out.mean),
    invStd: program.at(call.out.invStd),
    scale: program.at(call.out.scale),
    shift: program.at(call.out.shift),
    runningMean: program.at(call.update.runningMean),
    runningVar: program.at(call.update.runningVar),
    epsilon,
    momentum,
  });
}

/** Statistics from the slots of `batchNormStats` or of a convolution: blocks of `blockRows` rows, shared out evenly. */
export function lowerStatisticsJoin(
  program: Program,
  slots: Slots,
  fields: Omit<Fields<"batchNormStatsJoin">, keyof Slots>,
): void {
  program.emit("batchNormStatsJoin", { ...slots, ...fields });
}

export function lowerBatchNormFold(program: Program, call: CallOf<"batchNormFold">): void {
  program.emit("batchNormFold", {
    gamma: program.at(call.in.gamma),
    beta: program.at(call.in.beta),
    runningMean: program.at(call.in.runningMean),
    runningVar: program.at(call.in.runningVar),
    scale: program.at(call.out.scale),
    shift: program.at(call.out.shift),
    ...call.attrs,
  });
}

export function lowerBatchNormReduceGrad(program: Program, call: CallOf<"batchNormReduceGrad">): void {
  const { rows, channels, activation } = call.attrs;
  // Three maps share the cache: dy, x and dz.
  const blockRows = hotRows(3 * channels);
  const slots = scratchSlots(program, slotCountFor(Math.ceil(rows / blockRows)), 2 * channels);
  program.emit("batchNormReduceGrad", {
    dy: program.at(call.in.dy),
    x: program.at(call.in.x),
    mean: program.at(call.in.mean),
    invStd: program.at(call.in.invStd),
    scale: program.at(call.in.scale),
    shift: program.at(call.in.shift),
    saved: program.atOptional(call.in.saved),
    dz: program.atOptional(call.out.dz),
    rows,
    channels,
    blockRows,
    activation: activationCodes[activation],
    ...slots,
  });
  join(program, slots, program.at(call.out.dBeta), channels);
  join(program, { ...slots, slots: slots.slots + 4 * channels }, program.at(call.out.dGamma), channels);
}

export function lowerBatchNormInputGrad(program: Program, call: CallOf<"batchNormInputGrad">): void {
  const { rows, channels, activation } = call.attrs;
  program.emit("batchNormInputGrad", {
    dy: program.at(call.in.dy),
    x: program.at(call.in.x),
    dx: program.at(call.out.dx),
    addend: program.atOptional(call.in.addend),
    mean: program.at(call.in.mean),
    invStd: program.at(call.in.invStd),
    scale: program.at(call.in.scale),
    shift: program.at(call.in.shift),
    dGamma: program.at(call.in.dGamma),
    dBeta: program.at(call.in.dBeta),
    rows,
    channels,
    blockRows: hotRows(channels),
    activation: activationCodes[activation],
    ...program.threadScratch(8 * channels),
  });
}
