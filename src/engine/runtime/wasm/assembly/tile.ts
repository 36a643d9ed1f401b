import { fma } from "./simd";

// The two register tiles under every convolution: H rows × 8 columns, H·2 accumulators, 2 vectors of filters and one
// splat. H = 6 fills the 16 registers of x86 and is best in Chromium; H = 4 is best in Node 20, whose compiler spills
// at 6; 2 and 1 are for rests. H and the other upper-case arguments are constants where the tiles are called, so the
// lines for absent rows fall away at compile time.
// Pointers are bumped by hand and the inner loop is not unrolled: both measured, see bench/wasm/README.md.

/** Tile height for whole tiles: 6 or 4, chosen by timing at start. */
export let tileRows: i32 = 4;

export function setTileRows(rows: i32): void {
  tileRows = rows;
}

/**
 * out[r][0..8) = init[r] + Σ over `runs` runs of `length` floats of source[r] · w.
 *
 * TABLE = 0: row r starts at source + r·rows, goes to out + r·outBytes, its init is at init + r·initBytes.
 * TABLE = 1: `rows` points at pairs of byte offsets (source, out); outBytes ≠ 0 overrides the second (a tile put aside),
 * initBytes ≠ 0 says that init is a map with the output's offsets (else a bias).
 * Between two runs the sources skip `skip` bytes; w goes on by `wBytes` per float.
 */
@inline
function dotTile(
  H: i32, TABLE: i32,
  source: usize, rows: usize, w: usize, wBytes: usize, runs: i32, length: i32, skip: usize,
  out: usize, outBytes: usize, init: usize, initBytes: usize,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  if (init) {
    let i = init + (TABLE ? mapOffset(rows, 4, initBytes) : 0);
    c00 = v128.load(i); c01 = v128.load(i, 16);
    if (H > 1) { i = TABLE ? init + mapOffset(rows, 12, initBytes) : i + initBytes; c10 = v128.load(i); c11 = v128.load(i, 16); }
    if (H > 2) { i = TABLE ? init + mapOffset(rows, 20, initBytes) : i + initBytes; c20 = v128.load(i); c21 = v128.load(i, 16); }
    if (H > 2) { i = TABLE ? init + mapOffset(rows, 28, initBytes) : i + initBytes; c30 = v128.load(i); c31 = v128.load(i, 16); }
    if (H > 4) { i = TABLE ? init + mapOffset(rows, 36, initBytes) : i + initBytes; c40 = v128.load(i); c41 = v128.load(i, 16); }
    if (H > 4) { i = TABLE ? init + mapOffset(rows, 44, initBytes) : i + initBytes; c50 = v128.load(i); c51 = v128.load(i, 16); }
  }
  let p0 = source, p1 = p0, p2 = p0, p3 = p0, p4 = p0, p5 = p0;
  if (TABLE) {
    p0 += <usize>load<u32>(rows);
    if (H > 1) p1 += <usize>load<u32>(rows, 8);
    if (H > 2) { p2 += <usize>load<u32>(rows, 16); p3 += <usize>load<u32>(rows, 24); }
    if (H > 4) { p4 += <usize>load<u32>(rows, 32); p5 += <usize>load<u32>(rows, 40); }
  } else {
    p1 = p0 + rows; p2 = p1 + rows; p3 = p2 + rows; p4 = p3 + rows; p5 = p4 + rows;
  }
  for (let run = 0; run < runs; run++) {
    for (let k = 0; k < length; k++) {
      const w0 = v128.load(w), w1 = v128.load(w, 16);
      let s = v128.load32_splat(p0);
      c00 = fma(s, w0, c00); c01 = fma(s, w1, c01); p0 += 4;
      if (H > 1) { s = v128.load32_splat(p1); c10 = fma(s, w0, c10); c11 = fma(s, w1, c11); p1 += 4; }
      if (H > 2) { s = v128.load32_splat(p2); c20 = fma(s, w0, c20); c21 = fma(s, w1, c21); p2 += 4; }
      if (H > 2) { s = v128.load32_splat(p3); c30 = fma(s, w0, c30); c31 = fma(s, w1, c31); p3 += 4; }
      if (H > 4) { s = v128.load32_splat(p4); c40 = fma(s, w0, c40); c41 = fma(s, w1, c41); p4 += 4; }
      if (H > 4) { s = v128.load32_splat(p5); c50 = fma(s, w0, c50); c51 = fma(s, w1, c51); p5 += 4; }
      w += wBytes;
    }
    p0 += skip; p1 += skip; p2 += skip; p3 += skip; p4 += skip; p5 += skip;
  }
  let o = out + (TABLE ? outOffset(rows, 4, outBytes, 0) : 0);
  put(o, c00, c01, 0);
  if (H > 1) { o = TABLE ? out + outOffset(rows, 12, outBytes, 1) : o + outBytes; put(o, c10, c11, 0); }
  if (H > 2) { o = TABLE ? out + outOffset(rows, 20, outBytes, 2) : o + outBytes; put(o, c20, c21, 0); }
  if (H > 2) { o = TABLE ? out + outOffset(rows, 28, outBytes, 3) : o + outBytes; put(o, c30, c31, 0); }
  if (H > 4) { o = TABLE ? out + outOffset(rows, 36, outBytes, 4) : o + outBytes; put(o, c40, c41, 0); }
  if (H > 4) { o = TABLE ? out + outOffset(rows, 44, outBytes, 5) : o + outBytes; put(o, c50, c51, 0); }
}

@inline
function mapOffset(table: usize, at: usize, initBytes: usize): usize {
  return initBytes ? <usize>load<u32>(table + at) : 0;
}

@inline
function outOffset(table: usize, at: usize, outBytes: usize, row: usize): usize {
  return outBytes ? row * outBytes : <usize>load<u32>(table + at);
}

/**
 * out[r][0..8) (+)= Σ over `count` rows of x[r] · dy: H consecutive floats of x against 8 of dy.
 *
 * TABLE = 0: rows lie xBytes and dyBytes apart. TABLE = 1: `xBytes` points at pairs of byte offsets (x, dy).
 */
@inline
function outerTile(
  H: i32, TABLE: i32,
  x: usize, xBytes: usize, dy: usize, dyBytes: usize, count: i32,
  out: usize, outBytes: usize, accumulate: i32,
): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00, c40 = c00, c41 = c00, c50 = c00, c51 = c00;
  let p = x, q = dy, entry = xBytes;
  for (let i = 0; i < count; i++) {
    if (TABLE) { p = x + <usize>load<u32>(entry); q = dy + <usize>load<u32>(entry, 4); entry += 8; }
    const d0 = v128.load(q), d1 = v128.load(q, 16);
    let s = v128.load32_splat(p);
    c00 = fma(s, d0, c00); c01 = fma(s, d1, c01);
    if (H > 1) { s = v128.load32_splat(p, 4); c10 = fma(s, d0, c10); c11 = fma(s, d1, c11); }
    if (H > 2) { s = v128.load32_splat(p, 8); c20 = fma(s, d0, c20); c21 = fma(s, d1, c21); }
    if (H > 3) { s = v128.load32_splat(p, 12); c30 = fma(s, d0, c30); c31 = fma(s, d1, c31); }
    if (H > 4) { s = v128.load32_splat(p, 16); c40 = fma(s, d0, c40); c41 = fma(s, d1, c41); }
    if (H > 5) { s = v128.load32_splat(p, 20); c50 = fma(s, d0, c50); c51 = fma(s, d1, c51); }
    if (!TABLE) { p += xBytes; q += dyBytes; }
  }
  put(out, c00, c01, accumulate);
  if (H > 1) { out += outBytes; put(out, c10, c11, accumulate); }
  if (H > 2) { out += outBytes; put(out, c20, c21, accumulate); }
  if (H > 3) { out += outBytes; put(out, c30, c31, accumulate); }
  if (H > 4) { out += outBytes; put(out, c40, c41, accumulate); }
  if (H > 5) { out += outBytes; put(out, c50, c51, accumulate); }
}

@inline
function put(p: usize, a: v128, b: v128, accumulate: i32): void {
  if (accumulate) {
    a = f32x4.add(v128.load(p), a);
    b = f32x4.add(v128.load(p, 16), b);
  }
  v128.store(p, a);
  v128.store(p, b, 16);
}

/** The dot tile of a matrix product: one run. */
export function matrixTile(height: i32, a: usize, aBytes: usize, w: usize, wBytes: usize, depth: i32, out: usize, outBytes: usize, init: usize, initBytes: usize): void {
  if (height == 6) dotTile(6, 0, a, aBytes, w, wBytes, 1, depth, 0, out, outBytes, init, initBytes);
  else if (height == 4) dotTile(4, 0, a, aBytes, w, wBytes, 1, depth, 0, out, outBytes, init, initBytes);
  else if (height == 2) dotTile(2, 0, a, aBytes, w, wBytes, 1, depth, 0, out, outBytes, init, initBytes);
  else dotTile(1, 0, a, aBytes, w, wBytes, 1, depth, 0, out, outBytes, init, initBytes);
}

/** The dot tile of a convolution over a padded copy. */
export function runTile(height: i32, source: usize, table: usize, w: usize, runs: i32, length: i32, skip: usize, out: usize, outBytes: usize, init: usize, initBytes: usize): void {
  if (height == 6) dotTile(6, 1, source, table, w, 32, runs, length, skip, out, outBytes, init, initBytes);
  else if (height == 4) dotTile(4, 1, source, table, w, 32, runs, length, skip, out, outBytes, init, initBytes);
  else if (height == 2) dotTile(2, 1, source, table, w, 32, runs, length, skip, out, outBytes, init, initBytes);
  else dotTile(1, 1, source, table, w, 32, runs, length, skip, out, outBytes, init, initBytes);
}

export function matrixOuterTile(height: i32, x: usize, xBytes: usize, dy: usize, dyBytes: usize, count: i32, out: usize, outBytes: usize, accumulate: i32): void {
  if (height == 6) outerTile(6, 0, x, xBytes, dy, dyBytes, count, out, outBytes, accumulate);
  else if (height == 4) outerTile(4, 0, x, xBytes, dy, dyBytes, count, out, outBytes, accumulate);
  else if (height == 2) outerTile(2, 0, x, xBytes, dy, dyBytes, count, out, outBytes, accumulate);
  else outerTile(1, 0, x, xBytes, dy, dyBytes, count, out, outBytes, accumulate);
}

export function tableOuterTile(height: i32, x: usize, table: usize, dy: usize, count: i32, out: usize, accumulate: i32): void {
  if (height == 6) outerTile(6, 1, x, table, dy, 0, count, out, 32, accumulate);
  else if (height == 4) outerTile(4, 1, x, table, dy, 0, count, out, 32, accumulate);
  else if (height == 2) outerTile(2, 1, x, table, dy, 0, count, out, 32, accumulate);
  else outerTile(1, 1, x, table, dy, 0, count, out, 32, accumulate);
}

/** The height for the next tile where `left` rows are left: whole tiles of `most` rows, then 4, 2, 1. */
@inline
export function restHeight(left: i32, most: i32): i32 {
  return left >= most ? most : left >= 4 ? 4 : left >= 2 ? 2 : 1;
}
