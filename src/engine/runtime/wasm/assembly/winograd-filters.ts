import { WINOGRAD_EVEN, WINOGRAD_HALVING, WinogradFiltersRecord } from "./records";
import { shareStart } from "./simd";
import { depthOf, sideOf } from "./winograd-schemes";

// Filters U as products meet them: [group][product][block of 8 lanes][value][channel][lane], from packed filters
// [group][block of 8 lanes][3][3][channel][lane] (pack.ts), and the way back for their gradient. Lines of U along one axis:
//
//   even      g0, (g0 + g1 + g2)/2, (g0 − g1 + g2)/2, g2
//   halving   g0, g1 | g0 + g2 | g2, g1       (values of a product, products)

/** U of scheme even. Unit of work: one block of a group. */
export function winogradFilters(r: WinogradFiltersRecord, thread: i32, threads: i32): void {
  const blocks = r.groupOut >> 3, units = r.groups * blocks, tap = <usize>r.groupIn << 5;
  const plane = <usize>blocks * tap;
  const end = shareStart(units, thread + 1, threads);
  for (let unit = shareStart(units, thread, threads); unit < end; unit++) {
    const packed = r.packed + <usize>unit * 9 * tap;
    let out = r.out + <usize>(unit / blocks) * 16 * plane + <usize>(unit % blocks) * tap;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++, out += plane) product(i, j, packed, tap, out);
    }
  }
}

function product(i: i32, j: i32, packed: usize, tap: usize, out: usize): void {
  for (let at: usize = 0; at < tap; at += 16) {
    const p = packed + at, q = p + 3 * tap, r = q + 3 * tap;
    const a = lineOf(i, v128.load(p), v128.load(q), v128.load(r));
    const b = lineOf(i, v128.load(p + tap), v128.load(q + tap), v128.load(r + tap));
    const c = lineOf(i, v128.load(p + 2 * tap), v128.load(q + 2 * tap), v128.load(r + 2 * tap));
    v128.store(out + at, lineOf(j, a, b, c));
  }
}

/** Line `line` of U from three taps. */
@inline
function lineOf(line: i32, g0: v128, g1: v128, g2: v128): v128 {
  if (line == 0) return g0;
  if (line == 3) return g2;
  const outer = f32x4.add(g0, g2);
  return f32x4.mul(f32x4.splat(0.5), line == 1 ? f32x4.add(outer, g1) : f32x4.sub(outer, g1));
}

/** Packed filter gradients of one group from the sums dU: the transpose of what makes U. */
export function filterGradients(scheme: i32, groupIn: i32, groupOut: i32, sums: usize, out: usize): void {
  const blocks = groupOut >> 3, tap = <usize>groupIn << 5;
  for (let block = 0; block < blocks; block++, out += 9 * tap) {
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        if (scheme == WINOGRAD_EVEN) evenTap(i, j, groupIn, block, blocks, sums, out + <usize>(3 * i + j) * tap);
        else halvingTap(i, j, groupIn, block, blocks, sums, out + <usize>(3 * i + j) * tap);
      }
    }
  }
}

function evenTap(i: i32, j: i32, groupIn: i32, block: i32, blocks: i32, sums: usize, out: usize): void {
  const row = <usize>blocks * (<usize>groupIn << 7), tap = <usize>groupIn << 5, first = sums + <usize>block * tap;
  for (let at: usize = 0; at < tap; at += 16) {
    const p = first + at, plane = row >> 2;
    const t0 = evenFold(i, p, row), t1 = evenFold(i, p + plane, row), t2 = evenFold(i, p + 2 * plane, row), t3 = evenFold(i, p + 3 * plane, row);
    v128.store(out + at, foldFour(j, t0, t1, t2, t3));
  }
}

@inline
function evenFold(tap: i32, p: usize, row: usize): v128 {
  return foldFour(tap, v128.load(p), v128.load(p + row), v128.load(p + 2 * row), v128.load(p + 3 * row));
}

@inline
function foldFour(tap: i32, u0: v128, u1: v128, u2: v128, u3: v128): v128 {
  const half = f32x4.splat(0.5);
  if (tap == 1) return f32x4.mul(half, f32x4.sub(u1, u2));
  const middle = f32x4.mul(half, f32x4.add(u1, u2));
  return f32x4.add(middle, tap == 0 ? u0 : u3);
}

/** Tap k is the sum of lines k and 2, of lines 1 and 4 for k = 1, along each axis. */
function halvingTap(i: i32, j: i32, groupIn: i32, block: i32, blocks: i32, sums: usize, out: usize): void {
  const i0 = i == 0 ? 0 : i == 1 ? 1 : 3, i1 = i == 1 ? 4 : 2, j0 = j == 0 ? 0 : j == 1 ? 1 : 3, j1 = j == 1 ? 4 : 2;
  const a = sums + halvingPlace(i0, j0, groupIn, block, blocks), b = sums + halvingPlace(i0, j1, groupIn, block, blocks);
  const c = sums + halvingPlace(i1, j0, groupIn, block, blocks), d = sums + halvingPlace(i1, j1, groupIn, block, blocks);
  for (let at: usize = 0, tap = <usize>groupIn << 5; at < tap; at += 16) {
    v128.store(out + at, f32x4.add(f32x4.add(v128.load(a + at), v128.load(b + at)), f32x4.add(v128.load(c + at), v128.load(d + at))));
  }
}

/** Byte offset of lines i and j of U, for one block of lanes, in a group's filters. */
function halvingPlace(i: i32, j: i32, groupIn: i32, block: i32, blocks: i32): usize {
  const pi = productOf(i), pj = productOf(j), side = sideOf(WINOGRAD_HALVING);
  let before = 0;
  for (let p = 0; p < pi * side + pj; p++) before += depthOf(WINOGRAD_HALVING, p / side) * depthOf(WINOGRAD_HALVING, p % side);
  const depth = depthOf(WINOGRAD_HALVING, pi) * depthOf(WINOGRAD_HALVING, pj);
  const value = (i - firstLine(pi)) * depthOf(WINOGRAD_HALVING, pj) + j - firstLine(pj);
  return <usize>(before * blocks + block * depth + value) * (<usize>groupIn << 5);
}

@inline
function productOf(line: i32): i32 {
  return line < 2 ? 0 : line == 2 ? 1 : 2;
}

@inline
function firstLine(product: i32): i32 {
  return product > 0 ? product + 1 : 0;
}
