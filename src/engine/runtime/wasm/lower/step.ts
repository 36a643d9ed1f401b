import type { CallOf } from "../../../plan/calls.ts";
import type { Program } from "./program.ts";

/** Where a batch's images come from is known when it runs: ../session.ts writes the fields that are 0 here. */
export function lowerGather(program: Program, call: CallOf<"gather">): void {
  program.emit("gather", {
    bytes: 0,
    labels: 0,
    values: 0,
    sourceHeight: 0,
    sourceWidth: 0,
    own: 0,
    count: 0,
    indices: indexTable(program, call.attrs.batch),
    transforms: program.at(call.in.transforms),
    images: program.at(call.out.images),
    targets: program.at(call.out.targets),
    ...call.attrs,
  });
}

/** Where the host writes the indices of a batch. */
export function indexTable(program: Program, batch: number) {
  return program.table("indices", () => new Array<number>(batch).fill(0));
}

export function lowerCrossEntropy(program: Program, call: CallOf<"softmaxCrossEntropy">): void {
  const { batch, classes } = call.attrs;
  const results = program.scratch(16 * batch);
  program.emit("crossEntropy", {
    logits: program.at(call.in.logits),
    targets: program.at(call.in.targets),
    dLogits: program.atOptional(call.out.dLogits),
    results,
    images: batch,
    classes,
  });
  program.emit("crossEntropyJoin", { results, metrics: program.at(call.out.metrics), images: batch });
}

export function lowerSgd(program: Program, call: CallOf<"sgd">): void {
  const { nesterov, ...attrs } = call.attrs;
  program.emit("sgd", {
    parameters: program.at(call.update.parameters),
    gradients: program.at(call.in.gradients),
    velocity: program.at(call.update.velocity),
    learningRate: program.at(call.in.learningRate),
    averages: program.atOptional(call.update.averages),
    ...attrs,
    nesterov: nesterov ? 1 : 0,
  });
}

export function lowerAverage(program: Program, call: CallOf<"average">): void {
  program.emit("average", {
    x: program.at(call.in.x),
    average: program.at(call.update.average),
    ...call.attrs,
  });
}
