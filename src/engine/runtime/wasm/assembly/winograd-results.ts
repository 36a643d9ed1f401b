import { WINOGRAD_HALVING } from "./records";

// From products M to the outputs of a tile, and from gradients of outputs to those of products:
//
//   even      y0 = m0 + m1 + m2, y1 = m1 − m2 − m3       dm0 = dy0, dm1 = dy0 + dy1, dm2 = dy0 − dy1, dm3 = −dy1
//   halving   y0 = m0 + m1, y1 = m1 + m2                 dm0 = dy0, dm1 = dy0 + dy1, dm2 = dy1
//
// along one axis, then along the other. M is [product][tile][filter].

/**
 * Scheme even, tile `tile` of `tiles`: its 2×2 outputs, as far as the map has `rows` and `columns` from `out` on, plus what is at `init`:
 * a map's pixels, laid out as the outputs, or a bias.
 */
export function results(
  m: usize, tile: i32, tiles: i32, bytes: usize, out: usize, pixelBytes: usize, rowBytes: usize,
  init: usize, initIsMap: i32, rows: i32, columns: i32,
): void {
  const plane = <usize>tiles * bytes, at = m + <usize>tile * bytes;
  const initPixelBytes = initIsMap ? pixelBytes : 0, initRow = init && initIsMap ? init + rowBytes : init;
  const row = <usize>4 * plane;
  evenFirst(at, at + row, at + 2 * row, plane, bytes, out, pixelBytes, init, initPixelBytes, columns);
  if (rows > 1) evenSecond(at + row, at + 2 * row, at + 3 * row, plane, bytes, out + rowBytes, pixelBytes, initRow, initPixelBytes, columns);
}

@inline
function put(out: usize, value: v128, init: usize): void {
  v128.store(out, init ? f32x4.add(value, v128.load(init)) : value);
}

function evenFirst(a: usize, b: usize, c: usize, plane: usize, bytes: usize, out: usize, pixelBytes: usize, init: usize, initPixelBytes: usize, columns: i32): void {
  even(0, a, b, c, plane, bytes, out, pixelBytes, init, initPixelBytes, columns);
}
function evenSecond(a: usize, b: usize, c: usize, plane: usize, bytes: usize, out: usize, pixelBytes: usize, init: usize, initPixelBytes: usize, columns: i32): void {
  even(1, a, b, c, plane, bytes, out, pixelBytes, init, initPixelBytes, columns);
}

@inline
function even(MINUS: i32, a: usize, b: usize, c: usize, plane: usize, bytes: usize, out: usize, pixelBytes: usize, init: usize, initPixelBytes: usize, columns: i32): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    let p = a + at, q = b + at, r = c + at;
    const t0 = ofThree(MINUS, p, q, r);
    p += plane; q += plane; r += plane;
    const t1 = ofThree(MINUS, p, q, r);
    p += plane; q += plane; r += plane;
    const t2 = ofThree(MINUS, p, q, r);
    p += plane; q += plane; r += plane;
    put(out + at, f32x4.add(f32x4.add(t0, t1), t2), init ? init + at : 0);
    if (columns > 1) put(out + pixelBytes + at, f32x4.sub(f32x4.sub(t1, t2), ofThree(MINUS, p, q, r)), init ? init + initPixelBytes + at : 0);
  }
}

@inline
function ofThree(MINUS: i32, a: usize, b: usize, c: usize): v128 {
  return MINUS
    ? f32x4.sub(f32x4.sub(v128.load(a), v128.load(b)), v128.load(c))
    : f32x4.add(f32x4.add(v128.load(a), v128.load(b)), v128.load(c));
}

/** The way back, A·dY·Aᵀ of the four pixels of a tile. */
export function resultGradients(scheme: i32, d00: usize, d01: usize, d10: usize, d11: usize, m: usize, tile: i32, tiles: i32, bytes: usize): void {
  const plane = <usize>tiles * bytes, to = m + <usize>tile * bytes;
  if (scheme == WINOGRAD_HALVING) halvingGradients(d00, d01, d10, d11, to, plane, bytes);
  else evenGradients(d00, d01, d10, d11, to, plane, bytes);
}

function halvingGradients(d00: usize, d01: usize, d10: usize, d11: usize, to: usize, plane: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const a = v128.load(d00 + at), b = v128.load(d01 + at), c = v128.load(d10 + at), d = v128.load(d11 + at);
    let o = to + at;
    o = halvingLine(a, b, o, plane);
    o = halvingLine(f32x4.add(a, c), f32x4.add(b, d), o, plane);
    halvingLine(c, d, o, plane);
  }
}

@inline
function halvingLine(a: v128, b: v128, o: usize, plane: usize): usize {
  v128.store(o, a);
  v128.store((o += plane), f32x4.add(a, b));
  v128.store((o += plane), b);
  return o + plane;
}

function evenGradients(d00: usize, d01: usize, d10: usize, d11: usize, to: usize, plane: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const a = v128.load(d00 + at), b = v128.load(d01 + at), c = v128.load(d10 + at), d = v128.load(d11 + at);
    let o = to + at;
    o = evenLine(a, b, o, plane);
    o = evenLine(f32x4.add(a, c), f32x4.add(b, d), o, plane);
    o = evenLine(f32x4.sub(a, c), f32x4.sub(b, d), o, plane);
    evenLine(f32x4.neg(c), f32x4.neg(d), o, plane);
  }
}

@inline
function evenLine(a: v128, b: v128, o: usize, plane: usize): usize {
  v128.store(o, a);
  v128.store((o += plane), f32x4.add(a, b));
  v128.store((o += plane), f32x4.sub(a, b));
  v128.store((o += plane), f32x4.neg(b));
  return o + plane;
}
