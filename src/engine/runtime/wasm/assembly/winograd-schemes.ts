import { WINOGRAD_HALVING } from "./records";

// Winograd's minimal filtering of 3×3 convolutions (Lavin, Gray 2016, arXiv:1509.09308), for tiles of 2×2 outputs. Sums of a
// tile's window give the values V, sums of filter taps the filters U (winograd-filters.ts), and sums of their products M the
// tile's outputs. Both axes are done alike, every line of one with every line of the other:
//
//   scheme     window   values a line                    multiplications a line   of two lines
//   even       4        x0−x2, x1+x2, x2−x1, x1−x3       4 in place of 6          16 in place of 36
//   halving    5        (x0−x2, x1), x2, (x4−x2, x3)     5 in place of 6          25 in place of 36
//
// Halving is stride 2 (Yepez, Ko 2020, doi:10.1109/TVLSI.2019.2961602). With values in parentheses one product sums over
// the channels of both: `depthOf` of them. A product of all tiles of a block is a matrix product: rows are tiles.

/** Values that a product of line i sums over; of lines i and j the product of both numbers. */
@inline
export function depthOf(scheme: i32, i: i32): i32 {
  return scheme == WINOGRAD_HALVING && i != 1 ? 2 : 1;
}

/** Lines of products. */
@inline
export function sideOf(scheme: i32): i32 {
  return scheme == WINOGRAD_HALVING ? 3 : 4;
}

/** Values of a tile, and filters U of a channel and a filter. */
@inline
export function valueCount(scheme: i32): i32 {
  return scheme == WINOGRAD_HALVING ? 25 : 16;
}

@inline
export function productCount(scheme: i32): i32 {
  return scheme == WINOGRAD_HALVING ? 9 : 16;
}

/** Rows of the source from one tile to the next. */
@inline
export function windowStep(scheme: i32): i32 {
  return scheme == WINOGRAD_HALVING ? 4 : 2;
}
