import { each, list } from "../kernel.ts";
import type { Lanes } from "./text.ts";

// What the kernels of both directions of a convolution share.
//
// N images, H×W pixels, C channels, K filters, groups of `inner` read and `own` written channels, k×k taps.
//
// One invocation makes P pixels × B vectors of four channels (or P pixels × B channels), held in registers, `span` times
// one after the other. Channels run fastest over the invocations: those of a pixel read the same inputs (one broadcast)
// and neighbouring filters (one line), and write whole lines. Every tile is read from the caches; P + 4·B vector loads for
// 16·P·B multiply-adds: 0.5 a byte for 4 × 1, 1.3 for 8 × 2, 2 for 8 × 4. Of memory a map is read once per workgroup's
// width in channels. Limits on a real GPU: the L1 cache for many channels, bandwidth for few, and registers (occupancy)
// for large tiles; loops over taps and channels are uniform, only the test for the map's border differs per lane.
//
// Sums per channel come with the map, one of two ways. "workgroup": 64 invocations, tx units wide; their row lanes are
// joined in workgroup memory. "lanes": invocations lie flat, none waits for another and each writes sums of its own; for
// processors that emulate a GPU, where a barrier costs more than a small tile does.

export type ConvLanes =
  /** Four channels read, four written at a time. */
  | "vector"
  /** One read, four written: few channels, as in a stem. */
  | "wide"
  /** One read, one written: any width of groups. */
  | "scalar"
  /** Four channels at a time, each a group of its own. */
  | "depthwise";

export type Join = "workgroup" | "lanes";

/** Invocations of a workgroup, by how sums are joined. Emulated, fewer share the work more evenly. */
export const workgroupOf: Readonly<Record<Join, number>> = { workgroup: 64, lanes: 16 };

export interface ConvShape {
  readonly lanes: ConvLanes;
  /** 1×1, stride 1, no padding: a product of matrices, no taps and no borders. */
  readonly pointwise: boolean;
  /** Pixels of an invocation's tile. */
  readonly pixels: number;
  /** Vectors (or channels) of it. */
  readonly blocks: number;
  readonly join: Join;
  /** Both factors pass through workgroup memory (conv-staged.ts): "vector", pointwise, 4 × 1, "workgroup", one group. */
  readonly staged: boolean;
}

export function nameOf({ lanes, pointwise, pixels, blocks, join, staged }: ConvShape): string {
  return `${lanes}${pointwise ? " 1×1" : ""}${staged ? " staged" : ""} ${pixels}×${blocks} ${join}`;
}

/** Arguments of both directions. "read" is x forwards and dy backwards, "written" y or dx; units are vectors or channels. */
export const commonArgs = {
  /** Pixels of the written map. */
  rows: "u32",
  /** The read map. */
  readHeight: "u32",
  readWidth: "u32",
  /** Units of a pixel of the read map and of the written one. */
  readUnits: "u32",
  units: "u32",
  /** Units of a group: read and written. */
  inner: "u32",
  own: "u32",
  /** Channels (not units) that a group of the filters' rows has, and units of such a row. */
  filterRows: "u32",
  filterUnits: "u32",
  kernel: "u32",
  stride: "u32",
  padding: "u32",
  /** Units that a workgroup is wide ("workgroup" alone); workgroups, or invocations, along the units. */
  tx: "u32",
  across: "u32",
  /** Tiles that have sums of their own: workgroups along the pixels, or invocations. */
  tiles: "u32",
  /** Tiles of P pixels that an invocation makes. */
  span: "u32",
} as const;

export const inputLanes = (lanes: ConvLanes): Lanes =>
  lanes === "vector" || lanes === "depthwise" ? "vec4f" : "f32";
export const outputLanes = (lanes: ConvLanes): Lanes => (lanes === "scalar" ? "f32" : "vec4f");

/** `unit`, the first that an invocation makes, `live`, and `laneRow`, its place along the pixels. */
export function position({ blocks, join }: ConvShape): string {
  if (join === "lanes")
    return `
  let id = group * ${workgroupOf.lanes}u + lane;
  let laneRow = id / a.across;
  if (laneRow >= a.tiles) { return; }
  let unit = (id - laneRow * a.across) * ${blocks}u;`;
  return `
  if (group >= a.across * a.tiles) { return; }
  let tile = group / a.across;
  let lx = lane % a.tx;
  let ly = lane / a.tx;
  let given = ((group % a.across) * a.tx + lx) * ${blocks}u;
  let live = given < a.units;
  let unit = select(0u, given, live);
  let laneRow = tile * (64u / a.tx) + ly;`;
}

/**
 * Condition that an invocation's unit lies on the map: always where invocations lie flat. Conditions are joined by &, since
 * && branches, and so many branches take some compilers seconds.
 */
export const liveAnd = ({ join }: ConvShape): string => (join === "lanes" ? "" : "live & ");

/** First unit of the group that `unit` belongs to, in the map that is read. */
export const firstRead = ({ lanes }: ConvShape): string =>
  lanes === "depthwise" ? "unit" : "(unit / a.own) * a.inner";

/** Two values per unit of a tile, side by side in `sums`. */
export function writeSums(blocks: number, tile: string, one: string, two: string): string {
  return each(
    blocks,
    (b) => `
  sums[a.sumsAt + 2u * ${tile} * a.units + unit + ${b}u] = ${one}${b};
  sums[a.sumsAt + 2u * ${tile} * a.units + a.units + unit + ${b}u] = ${two}${b};`,
  );
}

/**
 * What becomes of a tile's sums: `finish` is made for one pixel, of `row`, `ok` and the sums s_0, s_1 …; 4 × 1 tiles have it
 * written out a pixel. Larger ones pass through memory of the invocation's own and a loop: so many stores, each of them
 * with branches, next to so many live sums cost some compilers (SwiftShader's) most of their time.
 */
export function finishTile(shape: ConvShape, finish: string): string {
  const { pixels, blocks, lanes } = shape;
  const one = outputLanes(lanes);
  if (pixels * blocks <= 4)
    return each(
      pixels,
      (p) => `    { let row = row${p}; let ok = ok${p};
${each(blocks, (b) => `      var s_${b} = s${p}_${b};`)}
${finish} }`,
    );
  return `
    var rows_ = ${list("u32", pixels, (p) => `row${p}`)};
    var oks_ = ${list("u32", pixels, (p) => `u32(ok${p})`)};
${each(blocks, (b) => `    var sums_${b} = ${list(one, pixels, (p) => `s${p}_${b}`)};`)}
    for (var p = 0u; p < ${pixels}u; p++) {
      let row = rows_[p];
      let ok = oks_[p] != 0u;
${each(blocks, (b) => `      var s_${b} = sums_${b}[p];`)}
${finish}
    }`;
}
