import type { ConvGeometry, TensorId } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import { productFilterGrad, productStep, quadLanes } from "../kernels/product-filter-grad.ts";
import type { Program } from "../program.ts";
import { flag, groupsOf } from "./grid.ts";
import { memoized } from "./memoized.ts";
import { normedInput } from "./normed-input.ts";

const filterGrad = memoized((channels: number, filters: number, normed: 0 | 1) =>
  productFilterGrad({ channels, filters }, normed === 1),
);

/** Vectors of channels of an invocation, and of filters at most. */
const block = { channels: 4, filters: 2 } as const;

/** Pixels of a chunk, at least: what is shorter costs more to join than to sum. */
const shortestChunk = 64;

/** Whether quads make a convolution as a product of matrices: 1×1, of one group, whole vectors. */
export function isProduct({ tiles }: Program, g: ConvGeometry): boolean {
  const whole = g.channels % 4 === 0 && g.filters % 4 === 0;
  return tiles.quads && g.kernel === 1 && g.padding === 0 && g.groups === 1 && whole;
}

/** @param dy with the norm behind it taken in. */
export function lowerProductFilterGrad(
  program: Program,
  call: CallOf<"conv2dFilterGrad">,
  dy: TensorId,
): void {
  const { attrs: g } = call;
  const out = call.out.dFilters;
  const rows = g.batch * g.outHeight * g.outWidth;
  const [xUnits, dyUnits] = [g.channels / 4, g.filters / 4];
  const filters = Math.min(block.filters, dyUnits);
  const across = groupsOf(dyUnits, quadLanes * filters);
  const channelBlocks = groupsOf(xUnits, block.channels);
  const wanted = Math.round(program.tiles.invocations / (quadLanes * across * channelBlocks));
  const most = Math.max(1, Math.min(wanted, Math.floor(rows / shortestChunk)));
  const chunkRows = productStep * Math.ceil(rows / most / productStep);
  const chunks = groupsOf(rows, chunkRows);
  const length = program.lengthOf(out);
  const sums = chunks === 1 ? out : program.scratch(`d ${call.label}.chunks`, chunks * length);
  const { x, xScale, xShift, floor } = normedInput(program, call);
  program.dispatch(
    call,
    filterGrad(block.channels, filters, flag(xScale)),
    {
      rows,
      imagePixels: g.outHeight * g.outWidth,
      width: g.outWidth,
      stridedHeight: g.height,
      stridedWidth: g.width,
      stride: g.stride,
      gaps: g.stride > 1 ? 1 : 0,
      xUnits,
      dyUnits,
      across,
      channelBlocks,
      chunks,
      chunkRows,
      length: length / 4,
      floor,
    },
    { x, dy, xScale, xShift, sums },
    across * channelBlocks * chunks,
  );
  if (chunks > 1) program.joinLater({ sums, out, chunks });
}
