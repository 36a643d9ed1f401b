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

// What calls (cases.ts) are made of, besides shapes.

export const activation = fc.constantFrom<PointwiseActivation>("none", "relu", "silu", "sigmoid");
export const flag = fc.boolean();

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
