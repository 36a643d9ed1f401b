import fc from "fast-check";
import type { MatrixShape, TensorId } from "../../src/engine/plan/call.ts";
import type { KernelOp } from "../../src/engine/plan/calls.ts";
import {
  activation,
  callCase,
  flag,
  groupNormOperands,
  mapsLength,
  pooledLength,
  proxyOperands,
  xLength,
} from "./case-parts.ts";
import { convCases } from "./conv-cases.ts";
import { randomShapes, type Shapes, tailShapes } from "./shapes.ts";
import type { CallCase } from "./single-call.ts";

type ConvOp = "conv2d" | "conv2dInputGrad" | "conv2dFilterGrad";
type Arbitraries = {
  readonly [Op in Exclude<KernelOp, "gather" | ConvOp>]: fc.Arbitrary<CallCase>;
};

/** Calls of every kernel but convolutions, of the given shapes, with and without the optional operands. */
const casesOf = ({
  matrix,
  maps,
  grouped,
  squeeze,
  pool,
  channels,
  loss,
  length,
}: Omit<Shapes, "conv">): Arbitraries => ({
  batchNormStats: matrix.map((shape) =>
    callCase("batchNormStats", (o) => ({
      in: { x: o.of(shape.rows * shape.channels), gamma: o.of(shape.channels), beta: o.of(shape.channels) },
      out: {
        mean: o.of(shape.channels),
        invStd: o.of(shape.channels),
        scale: o.of(shape.channels),
        shift: o.of(shape.channels),
      },
      update: { runningMean: o.of(shape.channels), runningVar: o.of(shape.channels) },
      attrs: { ...shape, epsilon: 1e-5, momentum: 0.1 },
    })),
  ),
  batchNormFold: channels.map((channels) =>
    callCase("batchNormFold", (o) => ({
      in: {
        gamma: o.of(channels),
        beta: o.of(channels),
        runningMean: o.of(channels),
        runningVar: o.of(channels),
      },
      out: { scale: o.of(channels), shift: o.of(channels) },
      attrs: { channels, epsilon: 1e-5 },
    })),
  ),
  groupNormStats: grouped.map((shape) =>
    callCase("groupNormStats", (o) => ({
      in: { x: o.of(mapsLength(shape)), gamma: o.of(shape.channels), beta: o.of(shape.channels) },
      out: {
        mean: o.of(shape.batch * shape.groups),
        invStd: o.of(shape.batch * shape.groups),
        scale: o.of(shape.batch * shape.channels),
        shift: o.of(shape.batch * shape.channels),
      },
      attrs: { ...shape, epsilon: 1e-3 },
    })),
  ),
  groupNormReduceGrad: fc.tuple(grouped, activation, flag).map(([shape, kind, proxied]) =>
    callCase("groupNormReduceGrad", (o) => ({
      in: {
        ...groupNormOperands(o, shape),
        gamma: o.of(shape.channels),
        ...o.optional(proxied, "dGammaProxy", shape.channels),
        ...o.optional(proxied, "dBetaProxy", shape.channels),
      },
      out: {
        dGamma: o.of(shape.channels),
        dBeta: o.of(shape.channels),
        sums: o.of(2 * shape.batch * shape.groups),
      },
      attrs: { ...shape, activation: kind },
    })),
  ),
  groupNormInputGrad: fc.tuple(grouped, activation, flag).map(([shape, kind, added]) =>
    callCase("groupNormInputGrad", (o) => ({
      in: {
        ...groupNormOperands(o, shape),
        sums: o.of(2 * shape.batch * shape.groups),
        ...o.optional(added, "addend", mapsLength(shape)),
      },
      out: { dx: o.of(mapsLength(shape)) },
      attrs: { ...shape, activation: kind },
    })),
  ),
  proxyMoments: fc.tuple(channels, activation).map(([channels, kind]) =>
    callCase("proxyMoments", (o) => ({
      in: proxyOperands(o, channels),
      out: { scale: o.of(channels), shift: o.of(channels) },
      attrs: { channels, activation: kind, epsilon: 0.03, points: 32 },
    })),
  ),
  proxyMomentsGrad: fc.tuple(channels, activation).map(([channels, kind]) =>
    callCase("proxyMomentsGrad", (o) => ({
      in: { ...proxyOperands(o, channels), dScale: o.of(channels), dShift: o.of(channels) },
      out: {
        dGamma: o.of(channels),
        dBeta: o.of(channels),
        dProxyScale: o.of(channels),
        dProxyShift: o.of(channels),
      },
      attrs: { channels, activation: kind, epsilon: 0.03, points: 32 },
    })),
  ),
  affineReduceGrad: matrix
    .map((shape) =>
      callCase("affineReduceGrad", (o) => ({
        in: { dy: o.of(shape.rows * shape.channels), x: o.of(shape.rows * shape.channels) },
        out: { dScale: o.of(shape.channels), dShift: o.of(shape.channels) },
        attrs: shape,
      })),
    )
    .map((sums) => ({ ...sums, magnitude: Math.sqrt((sums.call.attrs as MatrixShape).rows) })),
  affine: fc
    .tuple(maps, activation, flag, flag, flag, flag)
    .map(([maps, kind, scaled, shifted, residual, perImage]) =>
      callCase("affine", (o) => {
        const rows = maps.batch * maps.pixels;
        const vector = perImage ? maps.batch * maps.channels : maps.channels;
        return {
          in: {
            x: o.of(rows * maps.channels),
            ...o.optional(scaled, "scale", vector),
            ...o.optional(shifted, "shift", vector),
            ...o.optional(residual, "residual", rows * maps.channels),
          },
          out: { y: o.of(rows * maps.channels) },
          attrs: {
            rows,
            channels: maps.channels,
            activation: kind,
            ...(perImage ? { imageRows: maps.pixels } : {}),
          },
        };
      }),
    ),
  activationGrad: fc
    .tuple(matrix, fc.constantFrom("relu" as const, "silu" as const, "sigmoid" as const))
    .map(([shape, kind]) =>
      callCase("activationGrad", (o) => ({
        in: { dy: o.of(shape.rows * shape.channels), saved: o.of(shape.rows * shape.channels) },
        out: { dx: o.of(shape.rows * shape.channels) },
        attrs: { ...shape, activation: kind },
      })),
    ),
  batchNormReduceGrad: fc.tuple(matrix, activation, flag, flag).map(([shape, kind, kept, behindSum]) => {
    const saved = kind === "relu" && behindSum;
    return callCase("batchNormReduceGrad", (o) => ({
      in: {
        dy: o.of(shape.rows * shape.channels),
        x: o.of(shape.rows * shape.channels),
        mean: o.of(shape.channels),
        invStd: o.of(shape.channels),
        scale: o.of(shape.channels),
        shift: o.of(shape.channels),
        ...o.optional(saved, "saved", shape.rows * shape.channels),
      },
      out: {
        dGamma: o.of(shape.channels),
        dBeta: o.of(shape.channels),
        ...o.optional((kept && kind !== "none") || saved, "dz", shape.rows * shape.channels),
      },
      attrs: { ...shape, activation: kind },
    }));
  }),
  batchNormInputGrad: fc.tuple(matrix, activation, flag).map(([shape, kind, added]) =>
    callCase("batchNormInputGrad", (o) => ({
      in: {
        dy: o.of(shape.rows * shape.channels),
        x: o.of(shape.rows * shape.channels),
        mean: o.of(shape.channels),
        invStd: o.of(shape.channels),
        scale: o.of(shape.channels),
        shift: o.of(shape.channels),
        dGamma: o.of(shape.channels),
        dBeta: o.of(shape.channels),
        ...o.optional(added, "addend", shape.rows * shape.channels),
      },
      out: { dx: o.of(shape.rows * shape.channels) },
      attrs: { ...shape, activation: kind },
    })),
  ),
  add: matrix.map((shape) =>
    callCase("add", (o) => ({
      in: { a: o.of(shape.rows * shape.channels), b: o.of(shape.rows * shape.channels) },
      out: { y: o.of(shape.rows * shape.channels) },
      attrs: shape,
    })),
  ),
  globalPool: maps.map((shape) =>
    callCase("globalPool", (o) => ({
      in: { x: o.of(shape.batch * shape.pixels * shape.channels) },
      out: { y: o.of(shape.batch * shape.channels) },
      attrs: shape,
    })),
  ),
  globalPoolGrad: fc.tuple(maps, flag).map(([shape, added]) =>
    callCase("globalPoolGrad", (o) => ({
      in: {
        dy: o.of(shape.batch * shape.channels),
        ...o.optional(added, "addend", shape.batch * shape.pixels * shape.channels),
      },
      out: { dx: o.of(shape.batch * shape.pixels * shape.channels) },
      attrs: shape,
    })),
  ),
  maxPool: pool.map((attrs) =>
    callCase("maxPool", (o) => ({
      in: { x: o.of(xLength(attrs)) },
      out: { y: o.of(pooledLength(attrs)) },
      attrs,
    })),
  ),
  maxPoolGrad: pool.map((attrs) =>
    callCase("maxPoolGrad", (o) => ({
      in: { x: o.of(xLength(attrs)), dy: o.of(pooledLength(attrs)) },
      out: { dx: o.of(xLength(attrs)) },
      attrs,
    })),
  ),
  channelScale: fc
    .oneof(
      maps,
      maps.map((shape) => ({ ...shape, channels: 1 })),
      maps.map((shape) => ({ ...shape, pixels: 1 })),
    )
    .map((shape) =>
      callCase("channelScale", (o) => ({
        in: { x: o.of(shape.batch * shape.pixels * shape.channels), s: o.of(shape.batch * shape.channels) },
        out: { y: o.of(shape.batch * shape.pixels * shape.channels) },
        attrs: shape,
      })),
    ),
  channelScaleGrad: maps.map((shape) =>
    callCase("channelScaleGrad", (o) => ({
      in: {
        dy: o.of(shape.batch * shape.pixels * shape.channels),
        x: o.of(shape.batch * shape.pixels * shape.channels),
        s: o.of(shape.batch * shape.channels),
      },
      out: { dx: o.of(shape.batch * shape.pixels * shape.channels), ds: o.of(shape.batch * shape.channels) },
      attrs: shape,
    })),
  ),
  squeezeExcite: squeeze.map((attrs) =>
    callCase("squeezeExcite", (o) => ({
      in: {
        x: o.of(mapsLength(attrs)),
        reduce: o.of(attrs.channels * attrs.squeezed),
        reduceBias: o.of(attrs.squeezed),
        expand: o.of(attrs.channels * attrs.squeezed),
        expandBias: o.of(attrs.channels),
      },
      out: {
        y: o.of(mapsLength(attrs)),
        pooled: o.of(attrs.batch * attrs.channels),
        hidden: o.of(attrs.batch * attrs.squeezed),
        s: o.of(attrs.batch * attrs.channels),
      },
      attrs,
    })),
  ),
  squeezeExciteGrad: squeeze.map((attrs) =>
    callCase("squeezeExciteGrad", (o) => ({
      in: {
        dy: o.of(mapsLength(attrs)),
        x: o.of(mapsLength(attrs)),
        reduce: o.of(attrs.channels * attrs.squeezed),
        expand: o.of(attrs.channels * attrs.squeezed),
        pooled: o.of(attrs.batch * attrs.channels),
        hidden: o.of(attrs.batch * attrs.squeezed),
        s: o.of(attrs.batch * attrs.channels),
      },
      out: {
        dx: o.of(mapsLength(attrs)),
        dReduce: o.of(attrs.channels * attrs.squeezed),
        dReduceBias: o.of(attrs.squeezed),
        dExpand: o.of(attrs.channels * attrs.squeezed),
        dExpandBias: o.of(attrs.channels),
      },
      attrs,
    })),
  ),
  softmaxCrossEntropy: fc.tuple(loss, flag).map(([{ batch, classes }, trains]) =>
    callCase("softmaxCrossEntropy", (o) => ({
      in: { logits: o.of(batch * classes), targets: o.of(batch * classes) },
      out: { metrics: o.of(2), ...o.optional(trains, "dLogits", batch * classes) },
      attrs: { batch, classes },
    })),
  ),
  sgd: fc
    .record({
      // The longer ones have more vectors than keep an adapter busy that computes on the processor.
      length: fc.oneof(length, fc.constantFrom(2804, 3210)),
      nesterov: flag,
      averaged: flag,
      decayedPart: fc.constantFrom(0, 0.5, 1),
    })
    .map(({ length, nesterov, averaged, decayedPart }) =>
      callCase("sgd", (o) => ({
        in: { gradients: o.of(length), learningRate: o.of(1) },
        out: {},
        update: {
          parameters: o.of(length),
          velocity: o.of(length),
          ...o.optional(averaged, "averages", length),
        },
        attrs: {
          length,
          momentum: 0.9,
          // So much that an element which decays wrongly is off by more than the tolerance.
          weightDecay: 0.05,
          decayed: decayedPart === 1 ? length : 16 * Math.floor((decayedPart * length) / 16),
          nesterov,
          averageDecay: averaged ? 0.97 : 0,
        },
      })),
    ),
  average: length.map((length) =>
    callCase("average", (o) => ({
      in: { x: o.of(length) },
      out: {},
      update: { average: o.of(length) },
      attrs: { length, decay: 0.97 },
    })),
  ),
});

/** Random calls of every kernel. */
export const callCases = { ...convCases(randomShapes.conv), ...casesOf(randomShapes) };

/** Calls whose last workgroup, tile or chunk is not filled, of the kernels that small shapes leave whole. */
const { groupNormStats, groupNormReduceGrad, proxyMoments, proxyMomentsGrad, ...others } =
  casesOf(tailShapes);
const { channelScale, softmaxCrossEntropy, sgd, average } = others;
export const tailCases = Object.entries({
  groupNormStats,
  groupNormReduceGrad,
  proxyMoments,
  proxyMomentsGrad,
  channelScale,
  softmaxCrossEntropy,
  sgd,
  average,
});

/** Operands that stand for variances or 1/σ must be positive. */
const positive = new Set(["invStd", "xInvStd", "yInvStd", "runningVar"]);

/** Random inputs of a case: all values ordinary (normal, σ = 1), soft targets rows of a simplex, some of them empty. */
export function inputsOf({ call, lengths }: CallCase, random: () => number): Map<TensorId, Float32Array> {
  const operands = { ...call.in, ...call.update } as Record<string, TensorId>;
  const inputs = new Map<TensorId, Float32Array>();
  for (const [role, id] of Object.entries(operands)) {
    const values = Float32Array.from({ length: lengths.get(id) ?? 0 }, () => normal(random));
    if (positive.has(role))
      values.forEach((value, i) => {
        values[i] = 0.1 + Math.abs(value);
      });
    if (role === "targets" && call.op === "softmaxCrossEntropy")
      simplexRows(values, call.attrs.classes, random);
    // Equal logits, equal maxima, and zeros behind a ReLU.
    if (role === "logits")
      values.forEach((value, i) => {
        if (i % 3 > 0) values[i] = Math.round(2 * value) / 2;
      });
    if ((call.op === "maxPool" || call.op === "maxPoolGrad") && role === "x")
      values.forEach((value, i) => {
        values[i] = Math.round(value);
      });
    if (role === "saved" && "activation" in call.attrs && call.attrs.activation === "relu")
      values.forEach((value, i) => {
        values[i] = Math.max(0, value);
      });
    inputs.set(id, values);
  }
  return inputs;
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Every fourth row or so is padding, all 0; another fourth has equal targets at its largest. */
function simplexRows(values: Float32Array, classes: number, random: () => number): void {
  for (let row = 0; row < values.length; row += classes) {
    const kind = random();
    const padding = kind < 0.25;
    const weights = Array.from({ length: classes }, () => (kind > 0.75 ? Math.round(random()) : random()));
    const total = weights.reduce((sum, w) => sum + w, 0) || 1;
    weights.forEach((w, i) => {
      values[row + i] = padding ? 0 : w / total;
    });
  }
}
