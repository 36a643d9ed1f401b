import fc from "fast-check";
import type { ConvGeometry, MapsShape, MatrixShape, PoolGeometry } from "../../src/engine/plan/call.ts";
import type { SqueezeShape } from "../../src/engine/plan/calls.ts";
import { activation } from "./case-parts.ts";

const small = (most: number) => fc.integer({ min: 1, max: most });

const anyConvGeometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    batch: small(5),
    height: small(9),
    width: small(9),
    groups: fc.constantFrom(1, 1, 2, 3, 5),
    groupChannels: fc.constantFrom(1, 2, 3, 4, 8, 8, 16, 24, 7),
    groupFilters: fc.constantFrom(1, 2, 3, 4, 8, 8, 16, 24, 9),
    /** Channels of a depthwise convolution; 0 is none. */
    depthwise: fc.constantFrom(0, 0, 0, 0, 16, 21, 40),
    kernel: fc.constantFrom(1, 1, 3, 3, 5, 7),
    stride: fc.constantFrom(1, 1, 2, 3),
    square: fc.boolean(),
  })
  .map(({ batch, height, width, groups, groupChannels, groupFilters, depthwise, kernel, stride, square }) => {
    const map = { batch, ...windows(height, width, kernel, stride) };
    if (depthwise > 0) return { ...map, groups: depthwise, channels: depthwise, filters: depthwise };
    // Square groups are what networks have, and the fast path of many kernels.
    const filters = square ? groupChannels : groupFilters;
    return { ...map, groups, channels: groups * groupChannels, filters: groups * filters };
  });

/** Products of matrices, as most of a network is. */
const wideConvGeometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    batch: small(3),
    height: small(6),
    width: small(6),
    channels: fc.constantFrom(32, 36, 44, 64),
    filters: fc.constantFrom(32, 40, 52, 68),
  })
  .map((shape) => ({
    ...shape,
    groups: 1,
    ...windows(shape.height, shape.width, 1, 1),
  }));

/** 3×3 of wide groups: fewer multiplications, in tiles that maps of odd sizes do not fill. */
export const wide3x3Geometry: fc.Arbitrary<ConvGeometry> = fc
  .record({
    // Enough pixels that a channel's variance is that of random values.
    batch: fc.integer({ min: 3, max: 7 }),
    height: fc.integer({ min: 3, max: 8 }),
    width: fc.integer({ min: 3, max: 9 }),
    groups: fc.constantFrom(1, 1, 2),
    groupChannels: fc.constantFrom(24, 32, 40),
    groupFilters: fc.constantFrom(24, 32, 40),
    stride: fc.constantFrom(1, 2),
  })
  .map(({ groups, groupChannels, groupFilters, ...shape }) => ({
    batch: shape.batch,
    groups,
    channels: groups * groupChannels,
    filters: groups * groupFilters,
    ...windows(shape.height, shape.width, 3, shape.stride),
  }));

const convGeometry: fc.Arbitrary<ConvGeometry> = fc.oneof(
  { weight: 3, arbitrary: anyConvGeometry },
  { weight: 1, arbitrary: wideConvGeometry },
);

const poolGeometry: fc.Arbitrary<PoolGeometry> = fc
  .record({
    batch: small(3),
    height: small(9),
    width: small(9),
    channels: small(21),
    kernel: fc.constantFrom(1, 3, 5),
    stride: fc.constantFrom(1, 2, 3),
  })
  .map(({ batch, height, width, channels, kernel, stride }) => ({
    batch,
    channels,
    ...windows(height, width, kernel, stride),
  }));

export function windows(height: number, width: number, kernel: number, stride: number) {
  return {
    height,
    width,
    kernel,
    stride,
    padding: (kernel - 1) / 2,
    outHeight: Math.floor((height - 1) / stride) + 1,
    outWidth: Math.floor((width - 1) / stride) + 1,
  };
}

const matrix = fc.record({
  rows: fc.oneof(small(7), fc.integer({ min: 60, max: 700 })),
  channels: fc.oneof(small(40), fc.constantFrom(8, 16, 24, 64)),
});
const maps = fc.record({ batch: small(5), pixels: small(50), channels: small(40) });
/** Batches beyond the slots of a sum, maps beyond one block of it. */
const grouped = fc
  .record({
    batch: fc.oneof(small(5), fc.integer({ min: 17, max: 40 })),
    pixels: fc.oneof(small(50), fc.integer({ min: 130, max: 300 })),
    groups: fc.constantFrom(1, 1, 2, 3),
    width: small(20),
  })
  .map(({ width, ...shape }) => ({ ...shape, channels: shape.groups * width }));
const squeezeOf = (maps: fc.Arbitrary<MapsShape>, squeezed: fc.Arbitrary<number>) =>
  fc
    .tuple(maps, squeezed, activation)
    .map(([shape, squeezed, kind]) => ({ ...shape, squeezed, activation: kind }));

/** What calls of all kernels are made for. */
export interface Shapes {
  readonly conv: fc.Arbitrary<ConvGeometry>;
  readonly matrix: fc.Arbitrary<MatrixShape>;
  readonly maps: fc.Arbitrary<MapsShape>;
  readonly grouped: fc.Arbitrary<MapsShape & { readonly groups: number }>;
  readonly squeeze: fc.Arbitrary<SqueezeShape>;
  readonly pool: fc.Arbitrary<PoolGeometry>;
  /** Of what has no pixels. */
  readonly channels: fc.Arbitrary<number>;
  readonly loss: fc.Arbitrary<{ readonly batch: number; readonly classes: number }>;
  /** Parameters. */
  readonly length: fc.Arbitrary<number>;
}

/**
 * Odd sizes, tails (no channel count is a multiple of anything), strides, group widths from depthwise to dense. Small,
 * so that there can be many.
 */
export const randomShapes: Shapes = {
  conv: convGeometry,
  matrix,
  maps,
  grouped,
  squeeze: squeezeOf(maps, small(12)),
  pool: poolGeometry,
  channels: small(50),
  loss: fc.record({ batch: small(40), classes: small(20) }),
  length: small(200),
};

function grid(
  batch: number,
  map: ReturnType<typeof windows>,
  groups: number,
  width: number,
  own = width,
): ConvGeometry {
  return { batch, ...map, groups, channels: groups * width, filters: groups * own };
}

/** 1×1 of several tiles, with a rest along every side. */
export const tailProduct = grid(3, windows(5, 7, 1, 1), 1, 36, 44);

/**
 * What small shapes do not reach: more than one workgroup, tile, chunk or segment along every side, the last of them partly
 * filled, and groups that read another width than they write.
 */
export const tailConvs: readonly ConvGeometry[] = [
  // Lines of several segments, chunks of the filter gradient, groups.
  grid(2, windows(23, 20, 3, 1), 2, 4, 8),
  grid(3, windows(9, 11, 3, 2), 2, 8, 12),
  grid(2, windows(10, 11, 5, 3), 1, 8),
  grid(3, windows(9, 10, 5, 2), 12, 1),
  grid(2, windows(7, 9, 3, 2), 12, 1),
  // Wide, but no whole blocks of 8 channels.
  grid(2, windows(5, 6, 3, 1), 1, 28, 36),
  // Fewer channels than a vector has.
  grid(3, windows(7, 6, 5, 2), 2, 1),
  // Images of two chunks, tiles of two blocks (wasm's winograd).
  grid(7, windows(8, 9, 3, 1), 1, 24),
];

/** The same of other calls. */
export const tailShapes = {
  ...randomShapes,
  maps: fc.constant({ batch: 5, pixels: 35, channels: 20 }),
  grouped: fc.constant({ batch: 40, pixels: 5, channels: 140, groups: 2 }),
  channels: fc.constant(70),
  loss: fc.constant({ batch: 130, classes: 7 }),
  length: fc.constant(1_500),
} satisfies Shapes;
