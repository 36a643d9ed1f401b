import type { ConvGeometry } from "../../../plan/calls.ts";
import { at, type ReferenceKernel } from "./memory.ts";

// N batch, H×W map, C channels, K filters, G groups, k×k taps. x [n][h][w][c], filters [ky][kx][c in group][k], y [n][h][w][k].

/** One multiply-add of a convolution: which elements of x, filters and y meet. */
type Tap = (x: number, filter: number, y: number) => void;

/** The loops of every convolution kernel: each (output element, tap, channel of the group) once. */
function eachTap(g: ConvGeometry, visit: Tap): void {
  const groupChannels = g.channels / g.groups;
  const groupFilters = g.filters / g.groups;
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
            const x = ((n * g.height + iy) * g.width + ix) * g.channels;
            const tap = (ky * g.kernel + kx) * groupChannels;
            for (let k = 0; k < g.filters; k++) {
              const firstChannel = Math.floor(k / groupFilters) * groupChannels;
              for (let c = 0; c < groupChannels; c++) {
                visit(x + firstChannel + c, (tap + c) * g.filters + k, y + k);
              }
            }
          }
        }
      }
    }
  }
}

export const conv2d: ReferenceKernel<"conv2d"> = ({ in: input, out, attrs }, memory) => {
  const x = memory(input.x);
  const filters = memory(input.filters);
  const y = memory(out.y);
  const bias = input.bias === undefined ? undefined : memory(input.bias);
  for (let i = 0; i < y.length; i++) y[i] = bias ? at(bias, i % attrs.filters) : 0;
  eachTap(attrs, (i, f, o) => {
    y[o] = at(y, o) + at(x, i) * at(filters, f);
  });
};

export const conv2dInputGrad: ReferenceKernel<"conv2dInputGrad"> = ({ in: input, out, attrs }, memory) => {
  const dy = memory(input.dy);
  const filters = memory(input.filters);
  const dx = memory(out.dx);
  if (input.addend === undefined) dx.fill(0);
  else dx.set(memory(input.addend));
  eachTap(attrs, (i, f, o) => {
    dx[i] = at(dx, i) + at(dy, o) * at(filters, f);
  });
};

export const conv2dFilterGrad: ReferenceKernel<"conv2dFilterGrad"> = ({ in: input, out, attrs }, memory) => {
  const x = memory(input.x);
  const dy = memory(input.dy);
  const dFilters = memory(out.dFilters).fill(0);
  eachTap(attrs, (i, f, o) => {
    dFilters[f] = at(dFilters, f) + at(x, i) * at(dy, o);
  });
  if (out.dBias === undefined) return;
  const dBias = memory(out.dBias).fill(0);
  dy.forEach((gradient, i) => {
    dBias[i % attrs.filters] = at(dBias, i % attrs.filters) + gradient;
  });
};
