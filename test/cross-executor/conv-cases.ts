import fc from "fast-check";
import type { ConvGeometry } from "../../src/engine/plan/call.ts";
import {
  callCase,
  filterLength,
  flag,
  normedAttrs,
  normedBy,
  normedOperands,
  sourceOperands,
  xLength,
  yLength,
} from "./case-parts.ts";
import { tailConvs, tailProduct, wide3x3Geometry } from "./shapes.ts";

/** Random convolutions of the given shapes and their gradients, with and without what may be fused into them. */
export function convCases(geometry: fc.Arbitrary<ConvGeometry>) {
  return {
    conv2d: fc.tuple(geometry, flag, normedBy, flag).map(([attrs, biased, xActivation, statistics]) =>
      callCase("conv2d", (o) => ({
        in: {
          x: o.of(xLength(attrs)),
          filters: o.of(filterLength(attrs)),
          ...o.optional(biased, "bias", attrs.filters),
          ...normedOperands(o, attrs, xActivation),
          ...o.optional(statistics, "gamma", attrs.filters),
          ...o.optional(statistics, "beta", attrs.filters),
        },
        out: {
          y: o.of(yLength(attrs)),
          ...o.optional(statistics, "mean", attrs.filters),
          ...o.optional(statistics, "invStd", attrs.filters),
          ...o.optional(statistics, "scale", attrs.filters),
          ...o.optional(statistics, "shift", attrs.filters),
        },
        update: {
          ...o.optional(statistics, "runningMean", attrs.filters),
          ...o.optional(statistics, "runningVar", attrs.filters),
        },
        attrs: {
          ...attrs,
          ...normedAttrs(xActivation),
          ...(statistics ? { statistics: { epsilon: 1e-5, momentum: 0.1 } } : {}),
        },
      })),
    ),
    conv2dInputGrad: fc.tuple(geometry, flag, normedBy, flag).map(([attrs, added, activation, sourced]) => {
      // A strided 1×1 convolution does not sum for the norm before it, and no norm's gradient takes an addend.
      const xActivation = added || (attrs.kernel === 1 && attrs.stride > 1) ? undefined : activation;
      const normed = xActivation !== undefined;
      return callCase("conv2dInputGrad", (o) => ({
        in: {
          dy: o.of(yLength(attrs)),
          filters: o.of(filterLength(attrs)),
          ...o.optional(added, "addend", xLength(attrs)),
          ...sourceOperands(o, attrs, sourced),
          ...o.optional(normed, "x", xLength(attrs)),
          ...normedOperands(o, attrs, xActivation),
          ...o.optional(normed, "xMean", attrs.channels),
          ...o.optional(normed, "xInvStd", attrs.channels),
        },
        out: {
          dx: o.of(xLength(attrs)),
          ...o.optional(normed, "xDGamma", attrs.channels),
          ...o.optional(normed, "xDBeta", attrs.channels),
        },
        attrs: { ...attrs, ...normedAttrs(xActivation) },
      }));
    }),
    conv2dFilterGrad: fc.tuple(geometry, flag, normedBy, flag).map(([attrs, biased, xActivation, sourced]) =>
      callCase("conv2dFilterGrad", (o) => ({
        in: {
          x: o.of(xLength(attrs)),
          dy: o.of(yLength(attrs)),
          ...normedOperands(o, attrs, xActivation),
          ...sourceOperands(o, attrs, sourced),
        },
        out: {
          dFilters: o.of(filterLength(attrs)),
          ...o.optional(biased && !sourced, "dBias", attrs.filters),
        },
        attrs: { ...attrs, ...normedAttrs(xActivation) },
      })),
    ),
  };
}

/** Convolutions that executors may do with fewer multiplications. */
export const wideConvCases = Object.entries(convCases(wide3x3Geometry)).map(
  ([op, cases]) => [`${op} 3×3 of wide groups`, cases] as const,
);

/** Convolutions of every kind of tail, an arbitrary each; of `products`, 1×1 alone. */
export function tailConvCases(which: "all" | "products") {
  const geometries = which === "all" ? [...tailConvs, tailProduct] : [tailProduct];
  const cases = geometries.map((geometry) => convCases(fc.constant(geometry)));
  return (["conv2d", "conv2dInputGrad", "conv2dFilterGrad"] as const).map(
    (op) => [op, cases.map((each) => each[op])] as const,
  );
}
