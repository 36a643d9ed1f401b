import { defineKernel, read, write } from "../kernel.ts";

// N images of P pixels × C channels. One invocation a value of the result, channels fastest: neighbours read neighbours.
// No multiply-adds to speak of; bandwidth alone.

/** y[n][c] = mean over the pixels. Maps are small where they are pooled, and N·C invocations many. */
export const globalPool = defineKernel({
  name: "globalPool",
  args: { length: "u32", pixels: "u32", channels: "u32" },
  bindings: [read("x", "f32"), write("y", "f32")],
  workgroup: 64,
  body: `
  let i = group * 64u + lane;
  if (i >= a.length) { return; }
  let image = i / a.channels;
  var at = a.xAt + image * a.pixels * a.channels + i % a.channels;
  var sum = 0.0;
  for (var p = 0u; p < a.pixels; p++) { sum += x[at]; at += a.channels; }
  y[a.yAt + i] = sum / f32(a.pixels);`,
});

/** dx = dy·s and ds[n][c] = Σ over the pixels of dy·x: one walk over an image's channel. */
export const channelScaleGrad = defineKernel({
  name: "channelScaleGrad",
  args: { length: "u32", pixels: "u32", channels: "u32" },
  bindings: [read("dy", "f32"), read("x", "f32"), read("s", "f32"), write("dx", "f32"), write("ds", "f32")],
  workgroup: 64,
  body: `
  let i = group * 64u + lane;
  if (i >= a.length) { return; }
  let factor = s[a.sAt + i];
  var at = (i / a.channels) * a.pixels * a.channels + i % a.channels;
  var sum = 0.0;
  for (var p = 0u; p < a.pixels; p++) {
    let d = dy[a.dyAt + at];
    sum = fma(d, x[a.xAt + at], sum);
    dx[a.dxAt + at] = d * factor;
    at += a.channels;
  }
  ds[a.dsAt + i] = sum;`,
});

const windowArgs = {
  length: "u32",
  channels: "u32",
  height: "u32",
  width: "u32",
  outHeight: "u32",
  outWidth: "u32",
  kernel: "u32",
  stride: "u32",
  padding: "u32",
} as const;

/** The first maximum of the window of output pixel (oy, ox), in row-major order, as PyTorch: index and value. */
const firstMaximum = `
struct Maximum { at: u32, value: f32 }
fn firstMaximum(image: u32, oy: u32, ox: u32, c: u32) -> Maximum {
  var best = Maximum(0u, -3.4e38);
  var found = false;
  for (var ky = 0u; ky < a.kernel; ky++) { for (var kx = 0u; kx < a.kernel; kx++) {
    let iy = oy * a.stride + ky - a.padding;
    let ix = ox * a.stride + kx - a.padding;
    if (iy < a.height && ix < a.width) {
      let at = ((image * a.height + iy) * a.width + ix) * a.channels + c;
      let value = x[a.xAt + at];
      if (!found || value > best.value) { best = Maximum(at, value); found = true; }
    }
  } }
  return best;
}`;

export const maxPool = defineKernel({
  name: "maxPool",
  args: windowArgs,
  bindings: [read("x", "f32"), write("y", "f32")],
  workgroup: 64,
  declarations: firstMaximum,
  body: `
  let i = group * 64u + lane;
  if (i >= a.length) { return; }
  let pixel = i / a.channels;
  let row = pixel / a.outWidth;
  y[a.yAt + i] = firstMaximum(row / a.outHeight, row % a.outHeight, pixel % a.outWidth, i % a.channels).value;`,
});

/** A gather: an input pixel asks every window that covers it whether it is that window's first maximum. */
export const maxPoolGrad = defineKernel({
  name: "maxPoolGrad",
  args: windowArgs,
  bindings: [read("x", "f32"), read("dy", "f32"), write("dx", "f32")],
  workgroup: 64,
  declarations: firstMaximum,
  body: `
  let i = group * 64u + lane;
  if (i >= a.length) { return; }
  let pixel = i / a.channels;
  let row = pixel / a.width;
  let image = row / a.height;
  let c = i % a.channels;
  var sum = 0.0;
  for (var ky = 0u; ky < a.kernel; ky++) { for (var kx = 0u; kx < a.kernel; kx++) {
    let ty = row % a.height + a.padding - ky;
    let tx = pixel % a.width + a.padding - kx;
    let oy = ty / a.stride;
    let ox = tx / a.stride;
    if (oy * a.stride == ty && ox * a.stride == tx && oy < a.outHeight && ox < a.outWidth) {
      if (firstMaximum(image, oy, ox, c).at == i) {
        sum += dy[a.dyAt + ((image * a.outHeight + oy) * a.outWidth + ox) * a.channels + c];
      }
    }
  } }
  dx[a.dxAt + i] = sum;`,
});
