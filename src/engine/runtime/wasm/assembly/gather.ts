import { GatherRecord, TRANSFORM_BYTES, TransformRow } from "./records";
import { fillFloats, shareStart } from "./simd";

// The input op, see Gather in ../../../plan/calls.ts: N images of H×W×C from a source of any size.

/** Unit of work: one image of the batch. A mixed image warps its partner again instead of waiting for it. */
export function gather(r: GatherRecord, thread: i32, threads: i32): void {
  const length = r.height * r.width * r.channels;
  const end = shareStart(r.batch, thread + 1, threads);
  for (let n = shareStart(r.batch, thread, threads); n < end; n++) {
    const out = r.images + (<usize>(n * length) << 2), target = r.targets + (<usize>(n * r.classes) << 2);
    fillFloats(target, r.classes, 0);
    if (n >= r.count) {
      fillFloats(out, length, 0);
      continue;
    }
    const row = rowOf(r, n), lambda = row.lambda;
    if (isCopy(r, row) && lambda == 1) copy(r, n, out);
    else {
      fillFloats(out, length, 0);
      addWarped(r, n, lambda, out);
    }
    addLabel(r, n, lambda, target);
    if (lambda == 1) continue;
    const partner = <i32>row.partner;
    addWarped(r, partner, 1 - lambda, out);
    addLabel(r, partner, 1 - lambda, target);
  }
}

@inline
function rowOf(r: GatherRecord, n: i32): TransformRow {
  return changetype<TransformRow>(r.transforms + <usize>n * TRANSFORM_BYTES);
}

/** Whether an image is its source as it is. */
function isCopy(r: GatherRecord, row: TransformRow): bool {
  return r.sourceHeight == r.height && r.sourceWidth == r.width &&
    row.a == 1 && row.b == 0 && row.tx == 0 && row.c == 0 && row.d == 1 && row.ty == 0 &&
    row.samplesX == 1 && row.samplesY == 1 && row.gain == 1 && row.offset == 0;
}

@inline
function sourceOf(r: GatherRecord, n: i32): usize {
  const size: usize = r.sourceHeight * r.sourceWidth * r.channels;
  if (r.own != 0) return r.own + <usize>n * size;
  return r.bytes + <usize>load<u32>(r.indices + (<usize>n << 2)) * size;
}

function copy(r: GatherRecord, n: i32, out: usize): void {
  let bytes = sourceOf(r, n);
  for (let pixel = r.height * r.width; pixel > 0; pixel--) {
    let table = r.values;
    for (let c = r.channels; c > 0; c--, bytes++, out += 4, table += 1024) {
      store<f32>(out, load<f32>(table + (<usize>load<u8>(bytes) << 2)));
    }
  }
}

/** out += weight · warped[n]. Points are found in double precision: a point on the edge is on the same side for everyone. */
function addWarped(r: GatherRecord, n: i32, weight: f32, out: usize): void {
  const row = rowOf(r, n), source = sourceOf(r, n);
  const samplesX = <i32>row.samplesX, samplesY = <i32>row.samplesY;
  const share = weight / <f32>(samplesX * samplesY);
  const a = <f64>row.a, b = <f64>row.b, c = <f64>row.c, d = <f64>row.d;
  for (let y = 0; y < r.height; y++) {
    for (let x = 0; x < r.width; x++, out += <usize>r.channels << 2) {
      for (let j = 0; j < samplesY; j++) {
        const v = <f64>y + (<f64>j + 0.5) / <f64>samplesY;
        for (let i = 0; i < samplesX; i++) {
          const u = <f64>x + (<f64>i + 0.5) / <f64>samplesX;
          addSample(r, source, a * u + b * v + <f64>row.tx, c * u + d * v + <f64>row.ty, row.gain, row.offset, share, out);
        }
      }
    }
  }
}

/** Adds share · (gain · source(s, t) + offset) to the channels of one pixel; nothing where the point is outside. */
@inline
function addSample(r: GatherRecord, source: usize, s: f64, t: f64, gain: f32, offset: f32, share: f32, out: usize): void {
  const width = r.sourceWidth, height = r.sourceHeight;
  if (!(s >= 0 && s < <f64>width && t >= 0 && t < <f64>height)) return;
  const left = Math.floor(s - 0.5), top = Math.floor(t - 0.5);
  const right = <f32>(s - 0.5 - left), below = <f32>(t - 0.5 - top);
  const x0 = max(<i32>left, 0), x1 = min(<i32>left + 1, width - 1);
  const y0 = max(<i32>top, 0), y1 = min(<i32>top + 1, height - 1);
  const channels = r.channels, rowBytes = width * channels;
  const line0 = source + <usize>(y0 * rowBytes), line1 = source + <usize>(y1 * rowBytes);
  const at0 = <usize>(x0 * channels), at1 = <usize>(x1 * channels);
  let table = r.values;
  // On a pixel's centre, as all points of crops and flips are, there is nothing to interpolate.
  if (right == 0 && below == 0) {
    for (let channel: usize = 0; channel < <usize>channels; channel++, table += 1024, out += 4) {
      store<f32>(out, load<f32>(out) + share * (gain * valueAt(table, line0 + at0 + channel) + offset));
    }
    return;
  }
  for (let channel: usize = 0; channel < <usize>channels; channel++, table += 1024, out += 4) {
    const first = between(valueAt(table, line0 + at0 + channel), valueAt(table, line0 + at1 + channel), right);
    const second = between(valueAt(table, line1 + at0 + channel), valueAt(table, line1 + at1 + channel), right);
    store<f32>(out, load<f32>(out) + share * (gain * between(first, second, below) + offset));
  }
}

@inline
function valueAt(table: usize, byte: usize): f32 {
  return load<f32>(table + (<usize>load<u8>(byte) << 2));
}

/** a where `part` is 0, to the last bit. */
@inline
function between(a: f32, b: f32, part: f32): f32 {
  return a + part * (b - a);
}

/** target += weight · the soft label: smoothing/classes everywhere, plus 1 − smoothing on the label. */
function addLabel(r: GatherRecord, n: i32, weight: f32, target: usize): void {
  const index = load<u32>(r.indices + (<usize>n << 2)), label = <i32>load<u8>(r.labels + <usize>index);
  const spread = r.labelSmoothing / <f32>r.classes;
  for (let k = 0; k < r.classes; k++, target += 4) {
    const value = k == label ? spread + 1 - r.labelSmoothing : spread;
    store<f32>(target, load<f32>(target) + weight * value);
  }
}
