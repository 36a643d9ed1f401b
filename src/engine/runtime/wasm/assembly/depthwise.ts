import { DepthwiseFilterGradRecord, DepthwiseInputGradRecord, DepthwiseRecord } from "./records";
import { ceilDiv, fillFloats, fma, loadLanes, shareStart, storeLanes } from "./simd";

// One k×k filter per channel, NHWC; filters [ky][kx][C]. Windows are clipped at the borders, nothing is padded.

/** Unit of work: one output row. */
export function depthwise(r: DepthwiseRecord, thread: i32, threads: i32): void {
  const rows = r.images * r.outHeight;
  const end = shareStart(rows, thread + 1, threads);
  for (let row = shareStart(rows, thread, threads); row < end; row++) {
    const image = row / r.outHeight, oy = row % r.outHeight;
    for (let ox = 0; ox < r.outWidth; ox++) {
      let c = 0;
      for (; c + 8 <= r.channels; c += 8) convolveAt(r, image, oy, ox, c, 4, 1);
      for (; c + 4 <= r.channels; c += 4) convolveAt(r, image, oy, ox, c, 4, 0);
      for (; c < r.channels; c++) convolveAt(r, image, oy, ox, c, 1, 0);
    }
  }
}

/** `twice` (a constant): 8 channels in two vectors, for two independent chains of sums. */
@inline
function convolveAt(r: DepthwiseRecord, image: i32, oy: i32, ox: i32, c: i32, lanes: i32, twice: i32): void {
  const channels = r.channels, top = oy * r.stride - r.padding, left = ox * r.stride - r.padding;
  const yStart = max(top, 0), yEnd = min(top + r.kernel, r.height);
  const xStart = max(left, 0), xEnd = min(left + r.kernel, r.width);
  const pixelBytes = <usize>channels << 2;
  let a = f32x4.splat(0), b = a;
  if (r.bias) {
    a = loadLanes(r.bias + (<usize>c << 2), lanes);
    if (twice) b = v128.load(r.bias + (<usize>c << 2), 16);
  }
  for (let y = yStart; y < yEnd; y++) {
    let p = r.x + (<usize>(((image * r.height + y) * r.width + xStart) * channels + c) << 2);
    let w = r.filters + (<usize>(((y - top) * r.kernel + xStart - left) * channels + c) << 2);
    for (let x = xStart; x < xEnd; x++, p += pixelBytes, w += pixelBytes) {
      a = fma(loadLanes(p, lanes), loadLanes(w, lanes), a);
      if (twice) b = fma(v128.load(p, 16), v128.load(w, 16), b);
    }
  }
  const out = r.y + (<usize>(((image * r.outHeight + oy) * r.outWidth + ox) * channels + c) << 2);
  storeLanes(out, a, lanes);
  if (twice) v128.store(out, b, 16);
}

/** Unit of work: one row of dx. */
export function depthwiseInputGrad(r: DepthwiseInputGradRecord, thread: i32, threads: i32): void {
  const rows = r.images * r.height;
  const end = shareStart(rows, thread + 1, threads);
  for (let row = shareStart(rows, thread, threads); row < end; row++) {
    const image = row / r.height, y = row % r.height;
    for (let x = 0; x < r.width; x++) {
      let c = 0;
      for (; c + 8 <= r.channels; c += 8) inputGradAt(r, image, y, x, c, 4, 1);
      for (; c + 4 <= r.channels; c += 4) inputGradAt(r, image, y, x, c, 4, 0);
      for (; c < r.channels; c++) inputGradAt(r, image, y, x, c, 1, 0);
    }
  }
}

/** Output row oy reaches input row y through tap ky = y + padding − oy·stride, where 0 ≤ ky < kernel. */
@inline
function inputGradAt(r: DepthwiseInputGradRecord, image: i32, y: i32, x: i32, c: i32, lanes: i32, twice: i32): void {
  const channels = r.channels, stride = r.stride;
  const bottom = y + r.padding, right = x + r.padding;
  const oyStart = bottom < r.kernel ? 0 : ceilDiv(bottom - r.kernel + 1, stride), oyEnd = min(bottom / stride, r.outHeight - 1);
  const oxStart = right < r.kernel ? 0 : ceilDiv(right - r.kernel + 1, stride), oxEnd = min(right / stride, r.outWidth - 1);
  const pixelBytes = <usize>channels << 2, tapBytes = <usize>stride * pixelBytes;
  const place = <usize>(((image * r.height + y) * r.width + x) * channels + c) << 2;
  let a = f32x4.splat(0), b = a;
  if (r.addend) {
    a = loadLanes(r.addend + place, lanes);
    if (twice) b = v128.load(r.addend + place, 16);
  }
  for (let oy = oyStart; oy <= oyEnd; oy++) {
    let p = r.dy + (<usize>(((image * r.outHeight + oy) * r.outWidth + oxStart) * channels + c) << 2);
    let w = r.filters + (<usize>(((bottom - oy * stride) * r.kernel + right - oxStart * stride) * channels + c) << 2);
    for (let ox = oxStart; ox <= oxEnd; ox++, p += pixelBytes, w -= tapBytes) {
      a = fma(loadLanes(p, lanes), loadLanes(w, lanes), a);
      if (twice) b = fma(v128.load(p, 16), v128.load(w, 16), b);
    }
  }
  storeLanes(r.dx + place, a, lanes);
  if (twice) v128.store(r.dx + place, b, 16);
}

/** Slot s = Σ over its images. Unit of work: one slot. */
export function depthwiseFilterGrad(r: DepthwiseFilterGradRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.slotCount, thread + 1, threads);
  for (let slot = shareStart(r.slotCount, thread, threads); slot < end; slot++) {
    const out = r.slots + <usize>slot * r.slotBytes;
    fillFloats(out, r.kernel * r.kernel * r.channels, 0);
    const endImage = shareStart(r.images, slot + 1, r.slotCount);
    for (let image = shareStart(r.images, slot, r.slotCount); image < endImage; image++) {
      for (let ky = 0; ky < r.kernel; ky++) {
        for (let kx = 0; kx < r.kernel; kx++) {
          let c = 0;
          for (; c + 8 <= r.channels; c += 8) filterGradAt(r, image, ky, kx, c, out, 4, 1);
          for (; c + 4 <= r.channels; c += 4) filterGradAt(r, image, ky, kx, c, out, 4, 0);
          for (; c < r.channels; c++) filterGradAt(r, image, ky, kx, c, out, 1, 0);
        }
      }
    }
  }
}

@inline
function filterGradAt(r: DepthwiseFilterGradRecord, image: i32, ky: i32, kx: i32, c: i32, out: usize, lanes: i32, twice: i32): void {
  const channels = r.channels, stride = r.stride;
  // Output pixels whose tap (ky, kx) lies inside the map: 0 ≤ o·stride + tap − padding < size.
  const oyStart = ceilDiv(max(0, r.padding - ky), stride), oxStart = ceilDiv(max(0, r.padding - kx), stride);
  const oyEnd = min(r.outHeight, ceilDiv(max(0, r.height + r.padding - ky), stride));
  const oxEnd = min(r.outWidth, ceilDiv(max(0, r.width + r.padding - kx), stride));
  const pixelBytes = <usize>channels << 2, xStep = <usize>stride * pixelBytes;
  let a = f32x4.splat(0), b = a;
  for (let oy = oyStart; oy < oyEnd; oy++) {
    const y = oy * stride + ky - r.padding, x = oxStart * stride + kx - r.padding;
    let p = r.x + (<usize>(((image * r.height + y) * r.width + x) * channels + c) << 2);
    let q = r.dy + (<usize>(((image * r.outHeight + oy) * r.outWidth + oxStart) * channels + c) << 2);
    for (let ox = oxStart; ox < oxEnd; ox++, p += xStep, q += pixelBytes) {
      a = fma(loadLanes(p, lanes), loadLanes(q, lanes), a);
      if (twice) b = fma(v128.load(p, 16), v128.load(q, 16), b);
    }
  }
  const at = out + (<usize>((ky * r.kernel + kx) * channels + c) << 2);
  storeLanes(at, f32x4.add(loadLanes(at, lanes), a), lanes);
  if (twice) v128.store(at, f32x4.add(v128.load(at, 16), b), 16);
}
