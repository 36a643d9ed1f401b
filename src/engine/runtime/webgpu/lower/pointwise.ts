import type { PointwiseActivation, TensorId } from "../../../plan/call.ts";
import type { CallOf, KernelCall } from "../../../plan/calls.ts";
import type { Join } from "../kernels/conv-tile.ts";
import { affineMap, mapWorkgroup, moveAverage, slopeMap, update } from "../kernels/pointwise.ts";
import { activationCode, type Curve, type Lanes } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { flag, groupsOf, lanesOf, rowSpan, unitOf } from "./grid.ts";
import { memoized } from "./memoized.ts";

const affineOf = memoized((lanes: Lanes, join: Join, curve: Curve, added: 0 | 1) =>
  affineMap(lanes, join, curve, added === 1),
);
const slopeOf = memoized((lanes: Lanes) => slopeMap(lanes));

const updateOf = memoized((lanes: Lanes, join: Join, averaged: 0 | 1) => update(lanes, join, averaged === 1));

interface MapOperands {
  readonly x: TensorId;
  readonly scale?: TensorId | undefined;
  readonly shift?: TensorId | undefined;
  readonly residual?: TensorId | undefined;
  readonly y: TensorId;
}

/** y = activation(factor·scale·x + shift + residual) over `rows` × `channels`, vectors per `imageRows` rows. */
function mapOf(
  program: Program,
  call: KernelCall,
  operands: MapOperands,
  shape: { readonly rows: number; readonly channels: number; readonly imageRows: number },
  options: {
    readonly spread?: boolean;
    readonly factor?: number;
    readonly activation?: PointwiseActivation;
  } = {},
): void {
  const { rows, channels, imageRows } = shape;
  const { activation = "none" } = options;
  const lanes = lanesOf(channels);
  const units = channels / unitOf(lanes);
  const span = rowSpan(program, units, rows, imageRows);
  program.dispatch(
    call,
    affineOf(lanes, program.tiles.join, activation, flag(operands.residual)),
    {
      rows,
      units,
      span,
      imageRows,
      spread: options.spread ? 1 : 0,
      scaled: flag(operands.scale),
      shifted: flag(operands.shift),
      factor: options.factor ?? 1,
    },
    { ...operands },
    groupsOf(units * Math.ceil(rows / span), mapWorkgroup[program.tiles.join]),
  );
}

export function lowerAffine(program: Program, call: CallOf<"affine">): void {
  affineCall(program, call, { ...call.in, ...call.out }, call.attrs);
}

/** An affine on behalf of any call. */
export function affineCall(
  program: Program,
  call: KernelCall,
  operands: MapOperands,
  { rows, channels, imageRows = rows, activation }: CallOf<"affine">["attrs"],
): void {
  const shape = { rows, channels, imageRows };
  mapOf(program, call, operands, shape, { activation });
}

export function lowerAdd(program: Program, call: CallOf<"add">): void {
  const { rows, channels } = call.attrs;
  const { a, b } = call.in;
  mapOf(program, call, { x: a, residual: b, y: call.out.y }, { rows, channels, imageRows: rows });
}

export function lowerChannelScale(program: Program, call: CallOf<"channelScale">): void {
  const { batch, pixels, channels } = call.attrs;
  const { x, s } = call.in;
  const shape = { rows: batch * pixels, channels, imageRows: pixels };
  mapOf(program, call, { x, scale: s, y: call.out.y }, shape);
}

export function lowerGlobalPoolGrad(program: Program, call: CallOf<"globalPoolGrad">): void {
  const { batch, pixels, channels } = call.attrs;
  const { dy, addend } = call.in;
  const shape = { rows: batch * pixels, channels, imageRows: pixels };
  mapOf(program, call, { x: dy, residual: addend, y: call.out.dx }, shape, {
    spread: true,
    factor: 1 / pixels,
  });
}

export function lowerActivationGrad(program: Program, call: CallOf<"activationGrad">): void {
  const { rows, channels, activation } = call.attrs;
  const lanes = lanesOf(channels);
  const length = (rows * channels) / unitOf(lanes);
  const args = { length, activation: activationCode[activation] };
  program.dispatch(call, slopeOf(lanes), args, { ...call.in, ...call.out }, groupsOf(length, 256));
}

export function lowerSgd(program: Program, call: CallOf<"sgd">): void {
  const { length, momentum, weightDecay, decayed, nesterov, averageDecay } = call.attrs;
  const lanes = length % 4 === 0 && decayed % 4 === 0 ? "vec4f" : "f32";
  const units = length / unitOf(lanes);
  const { join, invocations } = program.tiles;
  const span = Math.max(1, Math.floor(units / invocations));
  program.dispatch(
    call,
    updateOf(lanes, join, flag(call.update.averages)),
    {
      length: units,
      span,
      momentum,
      weightDecay,
      decayed: decayed / unitOf(lanes),
      nesterov: nesterov ? 1 : 0,
      averageDecay,
    },
    { ...call.in, ...call.update },
    groupsOf(units, span * mapWorkgroup[join]),
  );
}

export function lowerAverage(program: Program, call: CallOf<"average">): void {
  const { length, decay } = call.attrs;
  const operands = { ...call.in, ...call.update };
  program.dispatch(call, moveAverage, { length, decay }, operands, groupsOf(length, 256));
}
