import type { TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import type { Join } from "../kernels/conv-tile.ts";
import { mapWorkgroup, normInputGrad } from "../kernels/pointwise.ts";
import type { Curve, Lanes } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { groupsOf, lanesOf, rowSpan, unitOf } from "./grid.ts";
import { memoized } from "./memoized.ts";

export const normInputGradOf = memoized((lanes: Lanes, join: Join, curve: Curve, added: 0 | 1) =>
  normInputGrad(lanes, join, curve, added === 1),
);

type NormGradientOperand = "y" | "yScale" | "yMean" | "yInvStd" | "yDGamma" | "yDBeta";

/** What a convolution's gradients read as dy, and what they make of it as they load. */
export type NormGradient = { readonly dy: TensorId } & {
  readonly [Name in NormGradientOperand]?: TensorId | undefined;
};

/**
 * Whether the gradient through the norm is a pass of its own: where it would be made again at every tap (a small depthwise
 * convolution is bound by memory all the same), and two convolutions read it.
 */
function isStored(program: Program, { in: { y }, attrs }: CallOf<"conv2dFilterGrad" | "conv2dInputGrad">) {
  if (program.tiles.normGradient === "stored") return true;
  const { kernel, groups, channels } = attrs;
  if (kernel === 1 || (kernel <= 5 && groups === channels)) return false;
  return program.plan.train.some((call) => call.op === "conv2dInputGrad" && call.in.y === y);
}

/**
 * dy itself, with the norm behind it or none; or the gradient through that norm, stored once for both gradients of the
 * convolution.
 */
export function normGradient(
  program: Program,
  call: CallOf<"conv2dFilterGrad" | "conv2dInputGrad">,
): NormGradient {
  const { dy, y, yScale, yMean, yInvStd, yDGamma, yDBeta } = call.in;
  if (y === undefined) return { dy };
  if (!isStored(program, call)) return { dy, y, yScale, yMean, yInvStd, yDGamma, yDBeta };
  const stored = program.storedOnce(`${dy} ${y}`, () => {
    const { filters, batch, outHeight, outWidth } = call.attrs;
    const lanes = lanesOf(filters);
    const length = program.lengthOf(y);
    const dx = program.scratch(`d ${call.label} behind its norm`, length);
    const units = filters / unitOf(lanes);
    const rows = batch * outHeight * outWidth;
    const span = rowSpan(program, units, rows);
    program.dispatch(
      call,
      normInputGradOf(lanes, program.tiles.join, "none", 0),
      {
        rows,
        units,
        span,
        perRow: 1 / rows,
      },
      { dy, x: y, mean: yMean, invStd: yInvStd, scale: yScale, dGamma: yDGamma, dBeta: yDBeta, dx },
      groupsOf(units * Math.ceil(rows / span), mapWorkgroup[program.tiles.join]),
    );
    return dx;
  });
  return { dy: stored };
}
