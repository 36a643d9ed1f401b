import type { CallOf } from "../../../plan/calls.ts";
import { finishImageSums, groupInputGrad, groupMoments, imageSums } from "../kernels/group-norm.ts";
import { activationCode } from "../kernels/text.ts";
import type { Program } from "../program.ts";
import { flag, groupsOf } from "./grid.ts";

export function lowerGroupNormStats(program: Program, call: CallOf<"groupNormStats">): void {
  const { batch, pixels, channels, groups, epsilon } = call.attrs;
  const all = batch * groups;
  program.dispatch(
    call,
    groupMoments,
    { pixels, channels, groups, all, epsilon },
    { ...call.in, ...call.out },
    all,
  );
}

export function lowerGroupNormReduceGrad(program: Program, call: CallOf<"groupNormReduceGrad">): void {
  const { batch, pixels, channels, groups } = call.attrs;
  const { dy, x, mean, invStd, scale, shift, gamma, dGammaProxy, dBetaProxy } = call.in;
  const length = batch * channels;
  const shape = { pixels, channels, groups, length, activation: activationCode[call.attrs.activation] };
  const parts = program.scratch(`${call.label}.images`, 2 * length);
  program.dispatch(
    call,
    imageSums,
    shape,
    { dy, x, mean, invStd, scale, shift, sums: parts },
    groupsOf(length, 64),
  );
  program.dispatch(
    call,
    finishImageSums,
    { ...shape, batch, proxied: flag(dGammaProxy) },
    { parts, gamma, dGammaProxy, dBetaProxy, ...call.out },
    groupsOf(channels, 64) + groupsOf(batch * groups, 64),
  );
}

export function lowerGroupNormInputGrad(program: Program, call: CallOf<"groupNormInputGrad">): void {
  const { batch, pixels, channels, groups, activation } = call.attrs;
  const length = batch * pixels * channels;
  program.dispatch(
    call,
    groupInputGrad,
    {
      pixels,
      channels,
      groups,
      length,
      activation: activationCode[activation],
      added: flag(call.in.addend),
    },
    { ...call.in, ...call.out },
    groupsOf(length, 256),
  );
}
