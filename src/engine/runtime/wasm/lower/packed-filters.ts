import type { ConvGeometry } from "../../../plan/call.ts";
import type { Pointer, Program } from "./program.ts";
import { type Groups, mergedGroups } from "./table-geometry.ts";
import type { Taps } from "./taps.ts";

// What convolutions over a padded copy share: packed filters and the copy's size.

/** The record that packs filters, and where it puts them: in scratch. */
export function packedFilters(program: Program, attrs: ConvGeometry, filters: Pointer, taps: Taps): Pointer {
  const { merge, groups, groupIn, groupOut } = mergedGroups(attrs);
  const view = taps.transposed
    ? { groups, groupIn: groupOut, groupOut: groupIn }
    : { groups, groupIn, groupOut };
  const out = program.scratch(4 * packedFloats(view, taps.y.count * taps.x.count));
  program.emit("packFilters", {
    filters,
    out,
    transposed: taps.transposed,
    kernel: attrs.kernel,
    groupIn: groupIn / merge,
    groupOut: groupOut / merge,
    filterCount: attrs.filters,
    groups,
    merge,
    yFirst: taps.y.first,
    yStep: taps.y.step,
    yCount: taps.y.count,
    xFirst: taps.x.first,
    xStep: taps.x.step,
    xCount: taps.x.count,
  });
  return out;
}

type View = Omit<Groups, "merge">;

/** Floats of one row of taps. */
export function runLength({ groupIn }: View, taps: number): number {
  return taps * groupIn;
}

/** Floats of packed filters: whole blocks of 8 lanes. */
export function packedFloats(view: View, taps: number): number {
  return view.groups * Math.ceil(view.groupOut / 8) * 8 * runLength(view, taps);
}

/** Of the padded copy of one group. */
export function paddedBytes(view: {
  readonly imagesPerChunk: number;
  readonly paddedHeight: number;
  readonly paddedWidth: number;
  readonly groupIn: number;
}): number {
  return 4 * view.imagesPerChunk * view.paddedHeight * view.paddedWidth * view.groupIn;
}
