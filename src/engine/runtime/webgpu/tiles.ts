import type { Join } from "./kernels/conv-tile.ts";

/** Pixels and vectors (or single channels) of an invocation's tile. Blocks halve until they divide a group's width. */
export interface Tile {
  readonly pixels: 4 | 8;
  readonly blocks: 1 | 2 | 4;
}

/** Convolutions that want different tiles: 1×1, larger ones, those that read or write single channels, depthwise. */
export type TileClass = "pointwise" | "spatial" | "narrow" | "depthwise";

/** What the kernels' shapes are chosen by; one table per kind of adapter. Results differ in the order of sums, and by `storage`. */
export interface Tiles {
  /** How sums over pixels are joined. */
  readonly join: Join;
  readonly conv: Readonly<Record<TileClass, Tile>>;
  /** 1×1 convolutions whose tiles are 4 × 1 pass through workgroup memory from so many channels read and written. */
  readonly stagedFrom: number;
  /** Vectors of channels and of filters of an invocation of a filter gradient, at most. */
  readonly filterGrad: { readonly channels: 1 | 2 | 4; readonly filters: 1 | 2 | 4 };
  /**
   * Convolutions with taps are made by subgroups of four invocations that share what all of them need (kernels/quad.ts).
   * Only on adapters whose subgroups have four invocations.
   */
  readonly quads: boolean;
  /** Steps of a filter gradient's walk that are written out. */
  readonly unroll: 1 | 2 | 4;
  /** Workgroups (or invocations) that a filter gradient is cut into, at most; rows of the map are its sum, so it is cut along them. */
  readonly filterGradGroups: number;
  /** Invocations that keep the adapter busy: more of them make several tiles each, one after the other. */
  readonly invocations: number;
  /** Rows of a column sum's tile, at least. */
  readonly columnRows: number;
  /**
   * Where both gradients of a convolution need the gradient through the norm behind it: made by both as they load, or
   * stored once. "spatial" stores it for convolutions that would load it once a tap.
   */
  readonly normGradient: "stored" | "spatial";
  /** How maps lie that the backward pass reads again: "f16" halves their bytes and rounds them (kernels/halves.ts). */
  readonly storage: "f32" | "f16";
  /** How a workgroup joins sums per channel: behind barriers, or by subgroups as far as they reach (kernels/subgroup-join.ts). */
  readonly sums: "barriers" | "subgroups";
}

/** Of `stagedFrom` and `invocations`, where there is no bound; a number, so that tables can be kept as JSON. */
const never = 2 ** 30;

/** Fits all that we know of: 4×4 outputs an invocation came out best across vendors (ggml-org/llama.cpp#22241). */
export const defaultTiles: Tiles = {
  join: "workgroup",
  conv: {
    pointwise: { pixels: 4, blocks: 1 },
    spatial: { pixels: 4, blocks: 1 },
    narrow: { pixels: 4, blocks: 1 },
    depthwise: { pixels: 4, blocks: 1 },
  },
  stagedFrom: 32,
  filterGrad: { channels: 1, filters: 1 },
  quads: false,
  unroll: 1,
  filterGradGroups: 256,
  invocations: never,
  columnRows: 64,
  normGradient: "spatial",
  storage: "f32",
  sums: "barriers",
};

/**
 * An adapter that computes on the processor: no latency to hide, but every load costs as much as fifteen multiply-adds, and
 * a barrier more than a tile.
 */
export const softwareTiles: Tiles = {
  join: "lanes",
  conv: {
    pointwise: { pixels: 8, blocks: 2 },
    spatial: { pixels: 8, blocks: 2 },
    narrow: { pixels: 8, blocks: 2 },
    depthwise: { pixels: 4, blocks: 1 },
  },
  stagedFrom: never,
  filterGrad: { channels: 2, filters: 2 },
  quads: true,
  unroll: 4,
  filterGradGroups: 256,
  invocations: 256,
  columnRows: 256,
  normGradient: "stored",
  storage: "f32",
  sums: "barriers",
};

export function tilesFor({ architecture }: Pick<GPUAdapterInfo, "architecture">): Tiles {
  return architecture === "swiftshader" ? softwareTiles : defaultTiles;
}

/** The same, but for what the device cannot do. Adapters that compute on the processor gain nothing from float16. */
export function tilesOn(gpu: { readonly quads: boolean; readonly subgroups: boolean }, tiles: Tiles): Tiles {
  const alone = tiles.join === "lanes";
  return {
    ...tiles,
    quads: tiles.quads && gpu.quads,
    storage: alone ? "f32" : tiles.storage,
    sums: alone || !gpu.subgroups ? "barriers" : tiles.sums,
  };
}

/** In words, for records: another table is another order of sums, or another rounding of maps. */
export function describeTiles({ join, conv, filterGrad, stagedFrom, quads, storage, sums }: Tiles): string {
  const { pointwise, spatial, narrow, depthwise } = conv;
  const tile = ({ pixels, blocks }: Tile) => `${pixels}×${blocks}`;
  const staged = stagedFrom < never ? ` (staged from ${stagedFrom})` : "";
  const taps = quads ? "spatial by quads" : `spatial ${tile(spatial)}`;
  const filters = `filters ${filterGrad.channels}×${filterGrad.filters}`;
  const maps = storage === "f16" ? ", maps as float16" : "";
  const joined = sums === "subgroups" ? ", sums by subgroups" : "";
  return `tiles by ${join}: 1×1 ${tile(pointwise)}${staged}, ${taps}, narrow ${tile(narrow)}, depthwise ${tile(depthwise)}, ${filters}${maps}${joined}`;
}
