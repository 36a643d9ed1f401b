import type { CallOf, SqueezeShape } from "../../../plan/calls.ts";
import type { Join } from "../kernels/conv-tile.ts";
import { squeezeForward, squeezeInputGrad, squeezeParameterGrad } from "../kernels/squeeze.ts";
import { activationCode, type Lanes } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { groupsOf, lanesOf, unitOf } from "./grid.ts";
import { memoized } from "./memoized.ts";

const forwardOf = memoized((lanes: Lanes, join: Join) => squeezeForward(lanes, join));
const inputGradOf = memoized((lanes: Lanes, join: Join) => squeezeInputGrad(lanes, join));

/** One channel at a time where lanes are to be kept busy: an image has few vectors. */
function kindOf({ tiles }: Program, { batch, pixels, channels, squeezed, activation }: SqueezeShape) {
  const lanes = tiles.join === "lanes" ? lanesOf(channels) : "f32";
  const units = channels / unitOf(lanes);
  return { lanes, shape: { batch, pixels, units, squeezed, activation: activationCode[activation] } };
}

export function lowerSqueezeExcite(program: Program, call: CallOf<"squeezeExcite">): void {
  const { batch, squeezed } = call.attrs;
  const { lanes, shape } = kindOf(program, call.attrs);
  const active = program.scratch(`${call.label}.active`, batch * squeezed);
  const kernel = forwardOf(lanes, program.tiles.join);
  program.dispatch(call, kernel, shape, { ...call.in, ...call.out, active }, batch);
}

export function lowerSqueezeExciteGrad(program: Program, call: CallOf<"squeezeExciteGrad">): void {
  const { in: input, out, attrs } = call;
  const { batch, channels, squeezed } = attrs;
  const { dx, ...gradients } = out;
  const { dy, x, reduce, expand, pooled, hidden, s } = input;
  const gate = program.scratch(`d ${call.label}.gate`, batch * channels);
  const inner = program.scratch(`d ${call.label}.inner`, batch * squeezed);
  const active = program.scratch(`d ${call.label}.active`, batch * squeezed);
  const { lanes, shape } = kindOf(program, attrs);
  program.dispatch(
    call,
    inputGradOf(lanes, program.tiles.join),
    shape,
    { dy, x, reduce, expand, hidden, s, dx, gate, inner, active },
    batch,
  );
  program.dispatch(
    call,
    squeezeParameterGrad,
    { batch, channels, squeezed },
    { pooled, gate, inner, active, ...gradients },
    groupsOf(channels * squeezed + channels + squeezed, 64),
  );
}
