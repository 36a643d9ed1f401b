import type { TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { activationCodes, afterKinds, afterLayout, viewLayout } from "../table-layouts.ts";
import { lowerStatisticsJoin } from "./norm.ts";
import type { Pointer, Program } from "./program.ts";
import { join, type Slots, scratchSlots } from "./slots.ts";

/** What convolutions read through and do afterwards where the plan fused norms into them: ../table-layouts.ts has the layouts. */

/** The norm before a convolution, as what is read in place of its x; 0 where x is read as it is. */
export function normedView(
  program: Program,
  { in: input, attrs }: CallOf<"conv2d" | "conv2dFilterGrad">,
): Pointer {
  if (input.xScale === undefined || input.xShift === undefined) return 0;
  return viewTable(program, {
    second: 0,
    scale: program.at(input.xScale),
    slope: 0,
    shift: program.at(input.xShift),
    activation: activationCodes[attrs.xActivation ?? "none"],
  });
}

/** The gradient of the norm behind a convolution, as what is read in place of its dy; 0 where dy is read as it is. */
export function normGradView(
  program: Program,
  call: CallOf<"conv2dInputGrad" | "conv2dFilterGrad">,
): Pointer {
  const { y, yScale, yMean, yInvStd, yDGamma, yDBeta } = call.in;
  if (y === undefined) return 0;
  const { batch, outHeight, outWidth, filters: channels } = call.attrs;
  const need = (tensor: TensorId | undefined) => operand(program, tensor, call.label);
  const slope = program.scratch(4 * channels);
  const shift = program.scratch(4 * channels);
  const scale = need(yScale);
  program.emit("normGradVectors", {
    scale,
    mean: need(yMean),
    invStd: need(yInvStd),
    dGamma: need(yDGamma),
    dBeta: need(yDBeta),
    slope,
    shift,
    rows: batch * outHeight * outWidth,
    channels,
  });
  return viewTable(program, { second: program.at(y), scale, slope, shift, activation: activationCodes.none });
}

/** Sums that follow a convolution's results: their table for its record, and the records that finish them. */
export interface After {
  readonly table: Pointer;
  finish(): void;
}

/** @param blockRows rows of y that a block of results has; `blocks` of them. */
export function statisticsAfter(
  program: Program,
  call: CallOf<"conv2d">,
  blockRows: number,
  blocks: number,
): After | undefined {
  const { attrs, in: input, out, update } = call;
  const { statistics } = attrs;
  if (statistics === undefined) return undefined;
  const need = (tensor: TensorId | undefined) => operand(program, tensor, call.label);
  const channels = attrs.filters;
  const slots = afterSlots(program, blocks, channels);
  return {
    table: afterTable(program, {
      ...slots,
      kind: afterKinds.statistics,
      x: 0,
      scale: 0,
      shift: 0,
      mean: 0,
      invStd: 0,
      activation: 0,
    }),
    finish: () =>
      lowerStatisticsJoin(program, slots, {
        rows: attrs.batch * attrs.outHeight * attrs.outWidth,
        channels,
        blockRows,
        gamma: need(input.gamma),
        beta: need(input.beta),
        mean: need(out.mean),
        invStd: need(out.invStd),
        scale: need(out.scale),
        shift: need(out.shift),
        runningMean: need(update.runningMean),
        runningVar: need(update.runningVar),
        ...statistics,
      }),
  };
}

/** The slope of the norm before a convolution and the sums of its gradient; `blocks` of dx. */
export function gradientSumsAfter(
  program: Program,
  call: CallOf<"conv2dInputGrad">,
  blocks: number,
): After | undefined {
  const { attrs, in: input, out } = call;
  if (input.x === undefined) return undefined;
  const need = (tensor: TensorId | undefined) => operand(program, tensor, call.label);
  const { channels } = attrs;
  const slots = afterSlots(program, blocks, channels);
  return {
    table: afterTable(program, {
      ...slots,
      kind: afterKinds.gradientSums,
      x: program.at(input.x),
      scale: need(input.xScale),
      shift: need(input.xShift),
      mean: need(input.xMean),
      invStd: need(input.xInvStd),
      activation: activationCodes[attrs.xActivation ?? "none"],
    }),
    finish: () => {
      join(program, slots, need(out.xDBeta), channels);
      join(program, { ...slots, slots: slots.slots + 4 * channels }, need(out.xDGamma), channels);
    },
  };
}

/** Threads share the slots of a whole convolution: 24 give 2, 3, 4, 6, 8 and 12 of them the same. */
const convolutionSlots = 24;

function afterSlots(program: Program, blocks: number, channels: number): Slots {
  return scratchSlots(program, Math.min(blocks, convolutionSlots), 2 * channels);
}

function operand(program: Program, tensor: TensorId | undefined, label: string): Pointer {
  if (tensor === undefined) throw new RangeError(`${label}: a fused norm lacks an operand`);
  return program.at(tensor);
}

function viewTable(program: Program, fields: { readonly [F in keyof typeof viewLayout]: number }): Pointer {
  return structTable(program, "view", viewLayout, fields);
}

function afterTable(program: Program, fields: { readonly [F in keyof typeof afterLayout]: number }): Pointer {
  return structTable(program, "after", afterLayout, fields);
}

/** A struct of ../records.ts as a table. */
export function structTable<L extends Record<string, unknown>>(
  program: Program,
  name: string,
  layout: L,
  fields: { readonly [F in keyof L]: number },
): Pointer {
  const words = Object.keys(layout).map((field) => fields[field as keyof L]);
  return program.table(`${name} ${words}`, () => words);
}
