import type { ConvGeometry } from "../../../plan/calls.ts";
import type { ReferenceKernel } from "./memory.ts";

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

export const conv2d: ReferenceKernel<"conv2d"> = ({ in: input, out, attrs }, memory) => {
  const x = memory(input.x);
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
};

export const conv2dInputGrad: ReferenceKernel<"conv2dInputGrad"> = ({ in: input, out, attrs }, memory) => {
  const dy = memory(input.dy);
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
};

export const conv2dFilterGrad: ReferenceKernel<"conv2dFilterGrad"> = ({ in: input, out, attrs }, memory) => {
  const x = memory(input.x);
  const dy = memory(input.dy);
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
