import type { CallOf, SqueezeShape } from "../../../plan/calls.ts";
import { squeezeForward, squeezeInputGrad, squeezeParameterGrad } from "../kernels/squeeze.ts";
import { activationCode } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { groupsOf } from "./grid.ts";

function shapeOf({ batch, pixels, channels, squeezed, activation }: SqueezeShape) {
  return { batch, pixels, channels, squeezed, activation: activationCode[activation] };
}

export function lowerSqueezeExcite(program: Program, call: CallOf<"squeezeExcite">): void {
  const { attrs } = call;
  program.dispatch(call, squeezeForward, shapeOf(attrs), { ...call.in, ...call.out }, attrs.batch);
}

export function lowerSqueezeExciteGrad(program: Program, call: CallOf<"squeezeExciteGrad">): void {
  const { in: input, out, attrs } = call;
  const { batch, channels, squeezed } = attrs;
  const { dx, ...gradients } = out;
  const { dy, x, reduce, expand, pooled, hidden, s } = input;
  const gate = program.scratch(`d ${call.label}.gate`, batch * channels);
  const inner = program.scratch(`d ${call.label}.inner`, batch * squeezed);
  const shape = shapeOf(attrs);
  program.dispatch(
    call,
    squeezeInputGrad,
    shape,
    { dy, x, reduce, expand, hidden, s, dx, gate, inner },
    batch,
  );
  program.dispatch(
    call,
    squeezeParameterGrad,
    shape,
    { pooled, hidden, gate, inner, ...gradients },
    groupsOf(2 * channels * squeezed + channels + squeezed, 64),
  );
}
