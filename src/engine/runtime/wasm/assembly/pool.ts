import { ChannelScaleGradRecord, ChannelScaleRecord, GlobalPoolGradRecord, GlobalPoolRecord, ImageScaleRecord, MaxPoolGradRecord, MaxPoolRecord } from "./records";
import { fillFloats, fma, loadLanes, shareStart, storeLanes } from "./simd";

// Unit of work everywhere: one image. P pixels of C channels; every function runs over the channels 4 at a time.

export function globalPool(r: GlobalPoolRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    let c = 0;
    for (; c + 4 <= r.channels; c += 4) poolAt(r, image, c, 4);
    for (; c < r.channels; c++) poolAt(r, image, c, 1);
  }
}

@inline
function poolAt(r: GlobalPoolRecord, image: i32, c: i32, lanes: i32): void {
  const rowBytes = <usize>r.channels << 2, at = <usize>c << 2;
  let p = r.x + <usize>(image * r.pixels) * rowBytes + at, sum = f32x4.splat(0);
  for (let pixel = 0; pixel < r.pixels; pixel++, p += rowBytes) sum = f32x4.add(sum, loadLanes(p, lanes));
  storeLanes(r.y + <usize>image * rowBytes + at, f32x4.div(sum, f32x4.splat(<f32>r.pixels)), lanes);
}

export function globalPoolGrad(r: GlobalPoolGradRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    let c = 0;
    for (; c + 4 <= r.channels; c += 4) poolGradAt(r, image, c, 4);
    for (; c < r.channels; c++) poolGradAt(r, image, c, 1);
  }
}

@inline
function poolGradAt(r: GlobalPoolGradRecord, image: i32, c: i32, lanes: i32): void {
  const rowBytes = <usize>r.channels << 2, at = <usize>c << 2;
  const share = f32x4.div(loadLanes(r.dy + <usize>image * rowBytes + at, lanes), f32x4.splat(<f32>r.pixels));
  let offset = <usize>(image * r.pixels) * rowBytes + at;
  for (let pixel = 0; pixel < r.pixels; pixel++, offset += rowBytes) {
    storeLanes(r.dx + offset, r.addend ? f32x4.add(share, loadLanes(r.addend + offset, lanes)) : share, lanes);
  }
}

/** y[n][p][c] = x[n][p][c] · s[n][c]. */
export function channelScale(r: ChannelScaleRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.images, thread + 1, threads), rowBytes = <usize>r.channels << 2;
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    const s = r.s + <usize>image * rowBytes;
    let offset = <usize>(image * r.pixels) * rowBytes;
    for (let pixel = 0; pixel < r.pixels; pixel++, offset += rowBytes) {
      let at: usize = 0;
      for (; at + 16 <= rowBytes; at += 16) v128.store(r.y + offset + at, f32x4.mul(v128.load(r.x + offset + at), v128.load(s + at)));
      for (; at < rowBytes; at += 4) store<f32>(r.y + offset + at, load<f32>(r.x + offset + at) * load<f32>(s + at));
    }
  }
}

/** y[n] = x[n] · s[n], images as flat arrays. */
export function imageScale(r: ImageScaleRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.images, thread + 1, threads), imageBytes = <usize>r.length << 2;
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    const x = r.x + <usize>image * imageBytes, y = r.y + <usize>image * imageBytes;
    const s = v128.load32_splat(r.s + (<usize>image << 2));
    let at: usize = 0;
    for (; at + 16 <= imageBytes; at += 16) v128.store(y + at, f32x4.mul(v128.load(x + at), s));
    for (; at < imageBytes; at += 4) storeLanes(y + at, f32x4.mul(loadLanes(x + at, 1), s), 1);
  }
}

export function channelScaleGrad(r: ChannelScaleGradRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    let c = 0;
    for (; c + 4 <= r.channels; c += 4) scaleGradAt(r, image, c, 4);
    for (; c < r.channels; c++) scaleGradAt(r, image, c, 1);
  }
}

@inline
function scaleGradAt(r: ChannelScaleGradRecord, image: i32, c: i32, lanes: i32): void {
  const rowBytes = <usize>r.channels << 2, at = <usize>c << 2;
  const s = loadLanes(r.s + <usize>image * rowBytes + at, lanes);
  let offset = <usize>(image * r.pixels) * rowBytes + at, sum = f32x4.splat(0);
  for (let pixel = 0; pixel < r.pixels; pixel++, offset += rowBytes) {
    const dy = loadLanes(r.dy + offset, lanes);
    storeLanes(r.dx + offset, f32x4.mul(dy, s), lanes);
    sum = fma(dy, loadLanes(r.x + offset, lanes), sum);
  }
  storeLanes(r.ds + <usize>image * rowBytes + at, sum, lanes);
}

export function maxPool(r: MaxPoolRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    for (let oy = 0; oy < r.outHeight; oy++) {
      for (let ox = 0; ox < r.outWidth; ox++) {
        let c = 0;
        for (; c + 4 <= r.channels; c += 4) maxAt(r, image, oy, ox, c, 4);
        for (; c < r.channels; c++) maxAt(r, image, oy, ox, c, 1);
      }
    }
  }
}

@inline
function maxAt(r: MaxPoolRecord, image: i32, oy: i32, ox: i32, c: i32, lanes: i32): void {
  const top = oy * r.stride - r.padding, left = ox * r.stride - r.padding;
  const yEnd = min(top + r.kernel, r.height), xStart = max(left, 0), xEnd = min(left + r.kernel, r.width);
  let best = f32x4.splat(-Infinity);
  for (let y = max(top, 0); y < yEnd; y++) {
    for (let x = xStart; x < xEnd; x++) {
      const at = <usize>(((image * r.height + y) * r.width + x) * r.channels + c) << 2;
      // f32x4.max keeps NaN, pmax would not.
      best = f32x4.max(best, loadLanes(r.x + at, lanes));
    }
  }
  storeLanes(r.y + (<usize>(((image * r.outHeight + oy) * r.outWidth + ox) * r.channels + c) << 2), best, lanes);
}

export function maxPoolGrad(r: MaxPoolGradRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.images, thread + 1, threads), imageFloats = r.height * r.width * r.channels;
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    fillFloats(r.dx + (<usize>(image * imageFloats) << 2), imageFloats, 0);
    for (let oy = 0; oy < r.outHeight; oy++) {
      for (let ox = 0; ox < r.outWidth; ox++) {
        let c = 0;
        for (; c + 4 <= r.channels; c += 4) maxGradAt(r, image, oy, ox, c, 4);
        for (; c < r.channels; c++) maxGradAt(r, image, oy, ox, c, 1);
      }
    }
  }
}

/** Finds the place of the first maximum, then adds dy there: a mask per pixel of the window. */
@inline
function maxGradAt(r: MaxPoolGradRecord, image: i32, oy: i32, ox: i32, c: i32, lanes: i32): void {
  const top = oy * r.stride - r.padding, left = ox * r.stride - r.padding;
  const yStart = max(top, 0), yEnd = min(top + r.kernel, r.height);
  const xStart = max(left, 0), xEnd = min(left + r.kernel, r.width);
  let best = f32x4.splat(-Infinity), place = i32x4.splat(yStart * r.width + xStart);
  for (let y = yStart; y < yEnd; y++) {
    for (let x = xStart; x < xEnd; x++) {
      const value = loadLanes(r.x + (<usize>(((image * r.height + y) * r.width + x) * r.channels + c) << 2), lanes);
      const above = f32x4.gt(value, best);
      best = v128.bitselect(value, best, above);
      place = v128.bitselect(i32x4.splat(y * r.width + x), place, above);
    }
  }
  const dy = loadLanes(r.dy + (<usize>(((image * r.outHeight + oy) * r.outWidth + ox) * r.channels + c) << 2), lanes);
  for (let y = yStart; y < yEnd; y++) {
    for (let x = xStart; x < xEnd; x++) {
      const at = r.dx + (<usize>(((image * r.height + y) * r.width + x) * r.channels + c) << 2);
      const here = i32x4.eq(place, i32x4.splat(y * r.width + x));
      storeLanes(at, f32x4.add(loadLanes(at, lanes), v128.and(dy, here)), lanes);
    }
  }
}
