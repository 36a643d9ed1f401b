import type { ConvGeometry } from "../../../plan/call.ts";
import type { CallOf } from "../../../plan/calls.ts";
import type { Memory, ReferenceKernel } from "./memory.ts";
import { batchNormInputGrad, batchNormReduceGrad, batchNormStats } from "./norm.ts";
import { activate } from "./pointwise.ts";

// N batch, H×W map, C channels, K filters, G groups, k×k taps. x [n][h][w][c], filters [ky][kx][c in group][k], y [n][h][w][k].

/** Offsets of an output pixel's filters, of the input pixel under one tap and of that tap's weights. */
type TapVisitor = (x: number, tap: number, y: number) => void;

/** The four outer loops of every convolution kernel: each output pixel, each tap that lies on the map. */
function eachTap(g: ConvGeometry, visit: TapVisitor): void {
  const tapLength = (g.channels / g.groups) * g.filters;
  for (let n = 0; n < g.batch; n++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      for (let ox = 0; ox < g.outWidth; ox++) {
        const y = ((n * g.outHeight + oy) * g.outWidth + ox) * g.filters;
        for (let ky = 0; ky < g.kernel; ky++) {
          const iy = oy * g.stride - g.padding + ky;
          if (iy < 0 || iy >= g.height) continue;
          for (let kx = 0; kx < g.kernel; kx++) {
            const ix = ox * g.stride - g.padding + kx;
            if (ix < 0 || ix >= g.width) continue;
            visit(((n * g.height + iy) * g.width + ix) * g.channels, (ky * g.kernel + kx) * tapLength, y);
          }
        }
      }
    }
  }
}

/** Channels that filter k sees: [first, number]. */
function groupOf(g: ConvGeometry, k: number): readonly [first: number, count: number] {
  const count = g.channels / g.groups;
  return [Math.floor(k / (g.filters / g.groups)) * count, count];
}

/** What a convolution reads as x: x itself, or its norm's output. */
function normedInput(
  { in: input, attrs }: CallOf<"conv2d" | "conv2dFilterGrad">,
  memory: Memory,
): Float64Array {
  const x = memory(input.x);
  if (input.xScale === undefined || input.xShift === undefined) return x;
  const [scale, shift] = [memory(input.xScale), memory(input.xShift)];
  const { channels, xActivation = "none" } = attrs;
  return x.map((value, i) => activate(xActivation, value * scale[i % channels]! + shift[i % channels]!));
}

/** What a gradient reads as dy: dy itself, or the gradient of the norm behind the convolution. */
function sourceGrad(call: CallOf<"conv2dInputGrad" | "conv2dFilterGrad">, memory: Memory): Float64Array {
  const { dy, y, yScale, yMean, yInvStd, yDGamma, yDBeta } = call.in;
  const given = [y, yScale, yMean, yInvStd, yDGamma, yDBeta].filter((id) => id !== undefined);
  if (given.length === 0) return memory(dy);
  const [x, scale, mean, invStd, dGamma, dBeta] = given;
  if (x === undefined || scale === undefined || mean === undefined || invStd === undefined)
    throw new RangeError(`${call.label}: a norm's gradient lacks operands`);
  if (dGamma === undefined || dBeta === undefined)
    throw new RangeError(`${call.label}: a norm's gradient lacks its sums`);
  const dx = -1;
  const result = new Float64Array(memory(dy).length);
  const { batch, outHeight, outWidth, filters } = call.attrs;
  batchNormInputGrad(
    {
      op: "batchNormInputGrad",
      label: call.label,
      // Without an activation the shift is not looked at.
      in: { dy, x, mean, invStd, scale, shift: scale, dGamma, dBeta },
      out: { dx },
      update: {},
      attrs: { rows: batch * outHeight * outWidth, channels: filters, activation: "none" },
    },
    (id) => (id === dx ? result : memory(id)),
  );
  return result;
}

export const conv2d: ReferenceKernel<"conv2d"> = (call, memory) => {
  const { in: input, out, attrs } = call;
  const x = normedInput(call, memory);
  const filters = memory(input.filters);
  const y = memory(out.y);
  const bias = input.bias === undefined ? undefined : memory(input.bias);
  for (let i = 0; i < y.length; i++) y[i] = bias ? bias[i % attrs.filters]! : 0;
  eachTap(attrs, (pixel, tap, output) => {
    for (let k = 0; k < attrs.filters; k++) {
      const [first, count] = groupOf(attrs, k);
      let sum = 0;
      for (let c = 0; c < count; c++) sum += x[pixel + first + c]! * filters[tap + c * attrs.filters + k]!;
      y[output + k] = y[output + k]! + sum;
    }
  });
  if (attrs.statistics === undefined) return;
  const { batch, outHeight, outWidth, filters: channels, statistics } = attrs;
  // The operands are those of the norm's own call.
  const norm = { op: "batchNormStats", in: { ...input, x: out.y }, out, update: call.update };
  const shape = { rows: batch * outHeight * outWidth, channels };
  batchNormStats(
    { ...norm, label: call.label, attrs: { ...shape, ...statistics } } as CallOf<"batchNormStats">,
    memory,
  );
};

export const conv2dInputGrad: ReferenceKernel<"conv2dInputGrad"> = (call, memory) => {
  const { in: input, out, attrs } = call;
  const dy = sourceGrad(call, memory);
  const filters = memory(input.filters);
  const dx = memory(out.dx);
  if (input.addend === undefined) dx.fill(0);
  else dx.set(memory(input.addend));
  eachTap(attrs, (pixel, tap, output) => {
    for (let k = 0; k < attrs.filters; k++) {
      const [first, count] = groupOf(attrs, k);
      const gradient = dy[output + k]!;
      for (let c = 0; c < count; c++) {
        const i = pixel + first + c;
        dx[i] = dx[i]! + gradient * filters[tap + c * attrs.filters + k]!;
      }
    }
  });
  if (input.x === undefined) return;
  const { batch, height, width, channels, xActivation = "none" } = attrs;
  const norm = {
    op: "batchNormReduceGrad",
    in: {
      dy: out.dx,
      x: input.x,
      mean: input.xMean,
      invStd: input.xInvStd,
      scale: input.xScale,
      shift: input.xShift,
    },
    out: { dGamma: out.xDGamma, dBeta: out.xDBeta, dz: out.dx },
  };
  batchNormReduceGrad(
    {
      ...norm,
      label: call.label,
      update: {},
      attrs: { rows: batch * height * width, channels, activation: xActivation },
    } as CallOf<"batchNormReduceGrad">,
    memory,
  );
};

export const conv2dFilterGrad: ReferenceKernel<"conv2dFilterGrad"> = (call, memory) => {
  const { out, attrs } = call;
  const x = normedInput(call, memory);
  const dy = sourceGrad(call, memory);
  const dFilters = memory(out.dFilters).fill(0);
  eachTap(attrs, (pixel, tap, output) => {
    for (let k = 0; k < attrs.filters; k++) {
      const [first, count] = groupOf(attrs, k);
      const gradient = dy[output + k]!;
      for (let c = 0; c < count; c++) {
        const f = tap + c * attrs.filters + k;
        dFilters[f] = dFilters[f]! + x[pixel + first + c]! * gradient;
      }
    }
  });
  if (out.dBias === undefined) return;
  const dBias = memory(out.dBias).fill(0);
  for (let i = 0; i < dy.length; i++) dBias[i % attrs.filters] = dBias[i % attrs.filters]! + dy[i]!;
};
