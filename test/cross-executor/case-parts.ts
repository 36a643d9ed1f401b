import fc from "fast-check";
import type {
  ConvGeometry,
  MapsShape,
  PointwiseActivation,
  PoolGeometry,
  TensorId,
} from "../../src/engine/plan/call.ts";
import type { CallOf, KernelCall, KernelOp } from "../../src/engine/plan/calls.ts";
import type { CallCase } from "./single-call.ts";

// Shapes and operands that random calls (cases.ts) are made of.

export const small = (most: number) => fc.integer({ min: 1, max: most });

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

export const convGeometry: fc.Arbitrary<ConvGeometry> = fc.oneof(
  { weight: 3, arbitrary: anyConvGeometry },
  { weight: 1, arbitrary: wideConvGeometry },
);

export const poolGeometry: fc.Arbitrary<PoolGeometry> = fc
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

export const matrix = fc.record({
  rows: fc.oneof(small(7), fc.integer({ min: 60, max: 700 })),
  channels: fc.oneof(small(40), fc.constantFrom(8, 16, 24, 64)),
});
export const maps = fc.record({ batch: small(5), pixels: small(50), channels: small(40) });
/** Batches beyond the slots of a sum, maps beyond one block of it. */
export const grouped = fc
  .record({
    batch: fc.oneof(small(5), fc.integer({ min: 17, max: 40 })),
    pixels: fc.oneof(small(50), fc.integer({ min: 130, max: 300 })),
    groups: fc.constantFrom(1, 1, 2, 3),
    width: small(20),
  })
  .map(({ width, ...shape }) => ({ ...shape, channels: shape.groups * width }));
export const activation = fc.constantFrom<PointwiseActivation>("none", "relu", "silu", "sigmoid");
export const flag = fc.boolean();
export const squeezeShape = fc
  .tuple(maps, small(12), activation)
  .map(([shape, squeezed, kind]) => ({ ...shape, squeezed, activation: kind }));

/** Numbers operands from 0 in the order in which they are asked for. */
export class Operands {
  readonly lengths = new Map<TensorId, number>();

  of(length: number): TensorId {
    const id = this.lengths.size;
    this.lengths.set(id, length);
    return id;
  }

  /** `{[name]: operand}`, or nothing. */
  optional<Name extends string>(given: boolean, name: Name, length: number): { [N in Name]?: TensorId } {
    return given ? ({ [name]: this.of(length) } as { [N in Name]?: TensorId }) : {};
  }
}

export type Parts<Op extends KernelOp> = Pick<CallOf<Op>, "in" | "out" | "attrs"> &
  Partial<Pick<CallOf<Op>, "update">>;

export function callCase<Op extends KernelOp>(op: Op, build: (operands: Operands) => Parts<Op>): CallCase {
  const operands = new Operands();
  const call = { op, label: op, update: {}, ...build(operands) } as unknown as KernelCall;
  return { call, lengths: operands.lengths };
}

export const xLength = (g: ConvGeometry | PoolGeometry) => g.batch * g.height * g.width * g.channels;
export const yLength = (g: ConvGeometry) => g.batch * g.outHeight * g.outWidth * g.filters;
export const pooledLength = (g: PoolGeometry) => g.batch * g.outHeight * g.outWidth * g.channels;
export const filterLength = (g: ConvGeometry) => (g.kernel * g.kernel * g.channels * g.filters) / g.groups;

/** The activation of the norm that a convolution reads through, if any. */
export const normedBy = fc.constantFrom<(PointwiseActivation | undefined)[]>(
  undefined,
  undefined,
  "relu",
  "relu",
  "none",
  "silu",
  "sigmoid",
);

export function normedOperands(
  o: Operands,
  attrs: ConvGeometry,
  activation: PointwiseActivation | undefined,
) {
  const normed = activation !== undefined;
  return {
    ...o.optional(normed, "xScale", attrs.channels),
    ...o.optional(normed, "xShift", attrs.channels),
  };
}

export function normedAttrs(activation: PointwiseActivation | undefined) {
  return activation === undefined ? {} : { xActivation: activation };
}

/** The norm behind a convolution whose gradient is taken in, if any. */
export function sourceOperands(o: Operands, attrs: ConvGeometry, sourced: boolean) {
  return {
    ...o.optional(sourced, "y", yLength(attrs)),
    ...o.optional(sourced, "yScale", attrs.filters),
    ...o.optional(sourced, "yMean", attrs.filters),
    ...o.optional(sourced, "yInvStd", attrs.filters),
    ...o.optional(sourced, "yDGamma", attrs.filters),
    ...o.optional(sourced, "yDBeta", attrs.filters),
  };
}

export const mapsLength = (shape: MapsShape) => shape.batch * shape.pixels * shape.channels;

export function groupNormOperands(o: Operands, shape: MapsShape & { readonly groups: number }) {
  return {
    dy: o.of(mapsLength(shape)),
    x: o.of(mapsLength(shape)),
    mean: o.of(shape.batch * shape.groups),
    invStd: o.of(shape.batch * shape.groups),
    scale: o.of(shape.batch * shape.channels),
    shift: o.of(shape.batch * shape.channels),
  };
}

export function proxyOperands(o: Operands, channels: number) {
  return {
    gamma: o.of(channels),
    beta: o.of(channels),
    proxyScale: o.of(channels),
    proxyShift: o.of(channels),
  };
}
