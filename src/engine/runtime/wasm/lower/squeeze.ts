import type { CallOf } from "../../../plan/calls.ts";
import { activationCodes } from "../table-layouts.ts";
import { emitFilterGrad } from "./matrix-conv.ts";
import type { Program } from "./program.ts";
import { columnSums } from "./slots.ts";

export function lowerSqueezeExcite(program: Program, call: CallOf<"squeezeExcite">): void {
  const { batch: images, pixels, channels, squeezed, activation } = call.attrs;
  program.emit("squeezeExcite", {
    x: program.at(call.in.x),
    reduce: program.at(call.in.reduce),
    reduceBias: program.at(call.in.reduceBias),
    expand: program.at(call.in.expand),
    expandBias: program.at(call.in.expandBias),
    y: program.at(call.out.y),
    pooled: program.at(call.out.pooled),
    hidden: program.at(call.out.hidden),
    s: program.at(call.out.s),
    images,
    pixels,
    channels,
    squeezed,
    activation: activationCodes[activation],
  });
}

/** The map's gradient image by image; the filters' are sums over the images, as those of linear layers. */
export function lowerSqueezeExciteGrad(program: Program, call: CallOf<"squeezeExciteGrad">): void {
  const { batch: images, pixels, channels, squeezed, activation } = call.attrs;
  const dGate = program.scratch(4 * images * channels);
  const dHidden = program.scratch(4 * images * squeezed);
  const activeHidden = program.scratch(4 * images * squeezed);
  program.emit("squeezeExciteGrad", {
    dy: program.at(call.in.dy),
    x: program.at(call.in.x),
    reduce: program.at(call.in.reduce),
    expand: program.at(call.in.expand),
    hidden: program.at(call.in.hidden),
    s: program.at(call.in.s),
    dx: program.at(call.out.dx),
    dGate,
    dHidden,
    activeHidden,
    images,
    pixels,
    channels,
    squeezed,
    activation: activationCodes[activation],
    ...program.threadScratch(4 * channels),
  });
  const pooled = program.at(call.in.pooled);
  emitFilterGrad(
    program,
    { x: pooled, dy: dHidden, rows: images, channels, filters: squeezed },
    program.at(call.out.dReduce),
  );
  emitFilterGrad(
    program,
    { x: activeHidden, dy: dGate, rows: images, channels: squeezed, filters: channels },
    program.at(call.out.dExpand),
  );
  columnSums(program, dHidden, images, squeezed, program.at(call.out.dReduceBias));
  columnSums(program, dGate, images, channels, program.at(call.out.dExpandBias));
}
