import type { MatrixShape, StatisticsAttrs, TensorId } from "../../../plan/call.ts";
import type { CallOf, KernelCall } from "../../../plan/calls.ts";
import {
  affineSums,
  type ColumnJoin,
  columnMoments,
  finishMoments,
  finishSums,
  foldNorm,
  normSums,
} from "../kernels/columns.ts";
import { workgroupOf } from "../kernels/conv-tile.ts";
import { mapWorkgroup } from "../kernels/pointwise.ts";
import type { Curve, Lanes } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { flag, groupsOf, lanesAlong, lanesOf, rowSpan, unitOf } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { normInputGradOf } from "./norm-gradient.ts";

const moments = memoized((lanes: Lanes, join: ColumnJoin) => columnMoments(lanes, join));
const sumsOfNorm = memoized((lanes: Lanes, join: ColumnJoin, curve: Curve | "saved", keeps: 0 | 1) =>
  normSums(lanes, join, curve, keeps === 1),
);
const sumsOfAffine = memoized((lanes: Lanes, join: ColumnJoin) => affineSums(lanes, join));
const finishedMoments = memoized((join: ColumnJoin) => finishMoments(join));
const finishedSums = memoized((join: ColumnJoin) => finishSums(join));

/** How column sums are joined. */
export function columnJoin({ tiles }: Program): ColumnJoin {
  return tiles.join === "workgroup" && tiles.sums === "subgroups" ? "subgroups" : tiles.join;
}

/** How a map's rows are cut into tiles. */
function tilesOf(program: Program, { rows, channels }: MatrixShape) {
  const { columnRows, invocations } = program.tiles;
  const join = columnJoin(program);
  const lanes = lanesOf(channels);
  const units = channels / unitOf(lanes);
  if (join === "lanes") {
    const tileRows = Math.ceil(rows / Math.max(1, Math.floor(invocations / units)));
    const tiles = groupsOf(rows, tileRows);
    const args = { rows, units, tx: 1, across: 1, tiles, tileRows };
    return { lanes, join, args, workgroups: groupsOf(units * tiles, workgroupOf.lanes) };
  }
  const tx = lanesAlong(units, 16);
  const across = groupsOf(units, tx);
  const tileRows = Math.max(columnRows, Math.ceil(rows / 512));
  const tiles = groupsOf(rows, tileRows);
  return { lanes, join, args: { rows, units, tx, across, tiles, tileRows }, workgroups: across * tiles };
}

function tileSums(program: Program, call: KernelCall, tiles: number, channels: number): TensorId {
  return program.scratch(`${call.label}.tiles`, 2 * tiles * channels);
}

type StatisticsOperands = Partial<
  Record<"gamma" | "beta" | "mean" | "invStd" | "scale" | "shift" | "runningMean" | "runningVar", TensorId>
>;

/** Batch norm's vectors from the tiles' moments. */
export function finishMomentsOf(
  program: Program,
  call: KernelCall,
  given: {
    readonly sums: TensorId;
    readonly operands: StatisticsOperands;
    readonly shape: MatrixShape & StatisticsAttrs;
    readonly tiles: number;
    readonly tileRows: number;
  },
): void {
  const { sums, operands, shape, tiles, tileRows } = given;
  const { rows, channels, epsilon, momentum } = shape;
  const { gamma, beta, mean, invStd, scale, shift, runningMean, runningVar } = operands;
  program.dispatch(
    call,
    finishedMoments(columnJoin(program)),
    { channels, rows, tiles, tileRows, epsilon, momentum },
    { sums, gamma, beta, mean, invStd, scale, shift, runningMean, runningVar },
    groupsOf(channels, 16),
  );
}

export function finishSumsOf(
  program: Program,
  call: KernelCall,
  given: {
    readonly sums: TensorId;
    readonly first: TensorId | undefined;
    readonly second: TensorId | undefined;
    readonly channels: number;
    readonly tiles: number;
  },
): void {
  const { sums, first, second, channels, tiles } = given;
  program.dispatch(
    call,
    finishedSums(columnJoin(program)),
    { channels, tiles },
    { sums, first, second },
    groupsOf(channels, 16),
  );
}

export function lowerBatchNormStats(program: Program, call: CallOf<"batchNormStats">): void {
  const { lanes, join, args, workgroups } = tilesOf(program, call.attrs);
  const sums = tileSums(program, call, args.tiles, call.attrs.channels);
  program.dispatch(call, moments(lanes, join), args, { x: call.in.x, sums }, workgroups);
  const { gamma, beta } = call.in;
  finishMomentsOf(program, call, {
    sums,
    operands: { gamma, beta, ...call.out, ...call.update },
    shape: call.attrs,
    tiles: args.tiles,
    tileRows: args.tileRows,
  });
}

export function lowerBatchNormFold(program: Program, call: CallOf<"batchNormFold">): void {
  const { channels, epsilon } = call.attrs;
  program.dispatch(
    call,
    foldNorm,
    { channels, epsilon },
    { ...call.in, ...call.out },
    groupsOf(channels, 64),
  );
}

export function lowerBatchNormReduceGrad(program: Program, call: CallOf<"batchNormReduceGrad">): void {
  normSumsOf(program, call, { ...call.in, ...call.out }, call.attrs);
}

type NormSumOperands = Partial<
  Record<
    "dy" | "x" | "mean" | "invStd" | "scale" | "shift" | "saved" | "dz" | "dGamma" | "dBeta",
    TensorId | undefined
  >
>;

/** dz, where it is asked for, and a norm's two sums over the rows, on behalf of any call. */
export function normSumsOf(
  program: Program,
  call: KernelCall,
  { dBeta, dGamma, ...operands }: NormSumOperands,
  attrs: CallOf<"batchNormReduceGrad">["attrs"],
): void {
  const { lanes, join, args, workgroups } = tilesOf(program, attrs);
  const sums = tileSums(program, call, args.tiles, attrs.channels);
  program.dispatch(
    call,
    sumsOfNorm(lanes, join, operands.saved === undefined ? attrs.activation : "saved", flag(operands.dz)),
    args,
    { ...operands, sums },
    workgroups,
  );
  const { channels } = attrs;
  finishSumsOf(program, call, { sums, first: dBeta, second: dGamma, channels, tiles: args.tiles });
}

export function lowerBatchNormInputGrad(program: Program, call: CallOf<"batchNormInputGrad">): void {
  const { in: input, out, attrs } = call;
  const lanes = lanesOf(attrs.channels);
  const units = attrs.channels / unitOf(lanes);
  const span = rowSpan(program, units, attrs.rows);
  program.dispatch(
    call,
    normInputGradOf(lanes, program.tiles.join, attrs.activation, flag(input.addend)),
    {
      rows: attrs.rows,
      units,
      span,
      perRow: 1 / attrs.rows,
    },
    { ...input, ...out },
    groupsOf(units * Math.ceil(attrs.rows / span), mapWorkgroup[program.tiles.join]),
  );
}

export function lowerAffineReduceGrad(program: Program, call: CallOf<"affineReduceGrad">): void {
  const { lanes, join, args, workgroups } = tilesOf(program, call.attrs);
  const sums = tileSums(program, call, args.tiles, call.attrs.channels);
  program.dispatch(call, sumsOfAffine(lanes, join), args, { ...call.in, sums }, workgroups);
  finishSumsOf(program, call, {
    sums,
    first: call.out.dShift,
    second: call.out.dScale,
    channels: call.attrs.channels,
    tiles: args.tiles,
  });
}
