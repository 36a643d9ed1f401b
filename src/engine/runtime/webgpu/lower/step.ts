import type { CallOf } from "../../../plan/calls.ts";
import { crossEntropy, gatherImages } from "../kernels/step.ts";
import type { Program } from "../program.ts";
import { flag, groupsOf } from "./grid.ts";

export function lowerGather(program: Program, call: CallOf<"gather">): void {
  const { batch, height, width, channels, classes, labelSmoothing } = call.attrs;
  program.dispatch(
    call,
    gatherImages,
    { batch, height, width, channels, classes, smoothing: labelSmoothing },
    {
      bytes: { resident: "bytes" },
      own: { resident: "own" },
      tables: { resident: "tables" },
      indices: program.indices,
      batchWords: program.batchWords,
      transforms: call.in.transforms,
      ...call.out,
    },
    groupsOf(batch * (height * width * channels + classes), 256),
  );
}

export function lowerCrossEntropy(program: Program, call: CallOf<"softmaxCrossEntropy">): void {
  const { batch, classes } = call.attrs;
  program.dispatch(
    call,
    crossEntropy,
    { batch, classes, trains: flag(call.out.dLogits) },
    { ...call.in, ...call.out },
    1,
  );
}
