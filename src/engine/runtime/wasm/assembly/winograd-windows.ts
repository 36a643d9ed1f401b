import { WINOGRAD_HALVING } from "./records";

// The values V of a tile's window: sums of two lines, or a line itself, then the same along each of the results. The
// lines of the table in winograd.ts; V is [product][tile][value][channel].

const SUM: i32 = 1, DIFFERENCE: i32 = 2, ALONE: i32 = 3;

/** The window whose first pixel is at x, as the tile-th of `tiles`; its channels, a multiple of 4, are pixelBytes. */
export function windowValues(scheme: i32, x: usize, rowBytes: usize, pixelBytes: usize, values: usize, tile: i32, tiles: i32): void {
  const plane = <usize>tiles * pixelBytes, x1 = x + rowBytes, x2 = x1 + rowBytes;
  if (scheme == WINOGRAD_HALVING) {
    const x3 = x2 + rowBytes, x4 = x3 + rowBytes;
    halvingDifference(x, x2, pixelBytes, values, plane, tile, 2, 0);
    halvingAlone(x1, x1, pixelBytes, values, plane, tile, 2, 1);
    halvingAlone(x2, x2, pixelBytes, values + 10 * plane, plane, tile, 1, 0);
    halvingDifference(x4, x2, pixelBytes, values + 15 * plane, plane, tile, 2, 0);
    halvingAlone(x3, x3, pixelBytes, values + 15 * plane, plane, tile, 2, 1);
    return;
  }
  const to = values + <usize>tile * pixelBytes, x3 = x2 + rowBytes;
  evenDifference(x, x2, pixelBytes, to, plane);
  evenSum(x1, x2, pixelBytes, to + 4 * plane, plane);
  evenDifference(x2, x1, pixelBytes, to + 8 * plane, plane);
  evenDifference(x1, x3, pixelBytes, to + 12 * plane, plane);
}

@inline
function lineOf(kind: i32, a: usize, b: usize): v128 {
  if (kind == ALONE) return v128.load(a);
  return kind == SUM ? f32x4.add(v128.load(a), v128.load(b)) : f32x4.sub(v128.load(a), v128.load(b));
}

function evenSum(a: usize, b: usize, pixelBytes: usize, to: usize, plane: usize): void { even(SUM, a, b, pixelBytes, to, plane); }
function evenDifference(a: usize, b: usize, pixelBytes: usize, to: usize, plane: usize): void { even(DIFFERENCE, a, b, pixelBytes, to, plane); }

@inline
function even(kind: i32, a: usize, b: usize, pixelBytes: usize, to: usize, plane: usize): void {
  const a1 = a + pixelBytes, a2 = a1 + pixelBytes, a3 = a2 + pixelBytes;
  const b1 = b + pixelBytes, b2 = b1 + pixelBytes, b3 = b2 + pixelBytes;
  const to1 = to + plane, to2 = to1 + plane, to3 = to2 + plane;
  for (let at: usize = 0; at < pixelBytes; at += 16) {
    const t0 = lineOf(kind, a + at, b + at), t1 = lineOf(kind, a1 + at, b1 + at);
    const t2 = lineOf(kind, a2 + at, b2 + at), t3 = lineOf(kind, a3 + at, b3 + at);
    v128.store(to + at, f32x4.sub(t0, t2));
    v128.store(to1 + at, f32x4.add(t1, t2));
    v128.store(to2 + at, f32x4.sub(t2, t1));
    v128.store(to3 + at, f32x4.sub(t1, t3));
  }
}

function halvingAlone(a: usize, b: usize, pixelBytes: usize, to: usize, plane: usize, tile: i32, depth: i32, part: i32): void {
  halving(ALONE, a, b, pixelBytes, to, plane, tile, depth, part);
}
function halvingDifference(a: usize, b: usize, pixelBytes: usize, to: usize, plane: usize, tile: i32, depth: i32, part: i32): void {
  halving(DIFFERENCE, a, b, pixelBytes, to, plane, tile, depth, part);
}

/** Value `part` of the `depth` ones of a line, times those of the other: products of depth 2, 1 and 2 times `depth`. */
@inline
function halving(kind: i32, a: usize, b: usize, pixelBytes: usize, to: usize, plane: usize, tile: i32, depth: i32, part: i32): void {
  const a1 = a + pixelBytes, a2 = a1 + pixelBytes, a3 = a2 + pixelBytes, a4 = a3 + pixelBytes;
  const b1 = b + pixelBytes, b2 = b1 + pixelBytes, b3 = b2 + pixelBytes, b4 = b3 + pixelBytes;
  const single = <usize>(tile * depth + part) * pixelBytes;
  const to0 = to + 2 * single, to1 = to + 2 * <usize>depth * plane + single, to2 = to + 3 * <usize>depth * plane + 2 * single;
  const to0b = to0 + pixelBytes, to2b = to2 + pixelBytes;
  for (let at: usize = 0; at < pixelBytes; at += 16) {
    const t0 = lineOf(kind, a + at, b + at), t1 = lineOf(kind, a1 + at, b1 + at), t2 = lineOf(kind, a2 + at, b2 + at);
    const t3 = lineOf(kind, a3 + at, b3 + at), t4 = lineOf(kind, a4 + at, b4 + at);
    v128.store(to0 + at, f32x4.sub(t0, t2));
    v128.store(to0b + at, t1);
    v128.store(to1 + at, t2);
    v128.store(to2 + at, f32x4.sub(t4, t2));
    v128.store(to2b + at, t3);
  }
}
