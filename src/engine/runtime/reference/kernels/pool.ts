import type { PoolGeometry } from "../../../plan/call.ts";
import type { ReferenceKernel } from "./memory.ts";

export const globalPool: ReferenceKernel<"globalPool"> = ({ in: input, out, attrs }, memory) => {
  const y = memory(out.y).fill(0);
  const perImage = attrs.pixels * attrs.channels;
  memory(input.x).forEach((x, i) => {
    const mean = Math.floor(i / perImage) * attrs.channels + (i % attrs.channels);
    y[mean] = y[mean]! + x / attrs.pixels;
  });
};

export const globalPoolGrad: ReferenceKernel<"globalPoolGrad"> = ({ in: input, out, attrs }, memory) => {
  const dy = memory(input.dy);
  const addend = input.addend === undefined ? undefined : memory(input.addend);
  const dx = memory(out.dx);
  const perImage = attrs.pixels * attrs.channels;
  for (let i = 0; i < dx.length; i++) {
    const mean = Math.floor(i / perImage) * attrs.channels + (i % attrs.channels);
    dx[i] = dy[mean]! / attrs.pixels + (addend ? addend[i]! : 0);
  }
};

/** For every output element: its index and that of the first maximum of its window. */
function eachMaximum(x: Float64Array, g: PoolGeometry, visit: (y: number, maximum: number) => void): void {
  for (let n = 0; n < g.batch; n++) {
    for (let oy = 0; oy < g.outHeight; oy++) {
      for (let ox = 0; ox < g.outWidth; ox++) {
        for (let c = 0; c < g.channels; c++) {
          let best = -1;
          for (let ky = 0; ky < g.kernel; ky++) {
            const iy = oy * g.stride - g.padding + ky;
            if (iy < 0 || iy >= g.height) continue;
            for (let kx = 0; kx < g.kernel; kx++) {
              const ix = ox * g.stride - g.padding + kx;
              if (ix < 0 || ix >= g.width) continue;
              const i = ((n * g.height + iy) * g.width + ix) * g.channels + c;
              if (best < 0 || x[i]! > x[best]!) best = i;
            }
          }
          visit(((n * g.outHeight + oy) * g.outWidth + ox) * g.channels + c, best);
        }
      }
    }
  }
}

export const maxPool: ReferenceKernel<"maxPool"> = ({ in: input, out, attrs }, memory) => {
  const x = memory(input.x);
  const y = memory(out.y);
  eachMaximum(x, attrs, (o, i) => {
    y[o] = x[i]!;
  });
};

export const maxPoolGrad: ReferenceKernel<"maxPoolGrad"> = ({ in: input, out, attrs }, memory) => {
  const dy = memory(input.dy);
  const dx = memory(out.dx).fill(0);
  eachMaximum(memory(input.x), attrs, (o, i) => {
    dx[i] = dx[i]! + dy[o]!;
  });
};
