import type { ConvGeometry } from "../plan/call.ts";
import type { KernelCall } from "../plan/calls.ts";
import type { WebGpuExecutor } from "../runtime/webgpu/executor.ts";
import type { TileClass, Tiles } from "../runtime/webgpu/tiles.ts";
import { type KernelCase, runSingleCalls } from "./single-calls.ts";

/** How long one variant took on one canonical shape. */
export interface TileTime {
  readonly shape: string;
  readonly variant: string;
  /** Of one call. */
  readonly ms: number;
  readonly gflops: number;
}

export interface TunedTiles {
  /** The fastest of each shape. */
  readonly tiles: Tiles;
  readonly times: readonly TileTime[];
}

interface Variant {
  readonly name: string;
  apply(tiles: Tiles): Tiles;
}

/** A canonical shape and what may be chosen by it. */
interface TuningShape {
  readonly shape: KernelCase;
  readonly macs: number;
  readonly variants: readonly Variant[];
}

export interface TuneOptions {
  /** Images of a shape: 4 where the adapter is emulated, 64 for GPUs. */
  readonly batch?: number;
  /** Of all variants. */
  readonly rounds?: number;
  /** Is told the share that is done, 0–1. */
  readonly onProgress?: (share: number) => void;
  /** Ends it between two measurements: it then rejects. */
  readonly signal?: AbortSignal;
}

/**
 * The fastest tiles of this adapter, by wall clock: five canonical shapes (1×1, grouped 3×3, stem, depthwise, filter
 * gradient) with up to five variants each. The variants of a shape take turns and the least times count, so that other
 * work on the machine hits all alike. How sums are joined stays as the adapter's kind has it.
 */
export async function tuneTiles(
  executor: WebGpuExecutor,
  { batch = executor.gpu.software ? 4 : 64, rounds = 3, onProgress = () => {}, signal }: TuneOptions = {},
): Promise<TunedTiles> {
  let { tiles } = executor;
  const times: TileTime[] = [];
  const shapes = tuningShapes(batch, tiles);
  const measurements = rounds * shapes.reduce((sum, { variants }) => sum + variants.length, 0);
  let done = 0;
  for (const { shape, macs, variants } of shapes) {
    const tried = variants.map(({ name, apply }) => ({ name, tiles: apply(tiles), ms: Infinity }));
    for (let round = 0; round < rounds; round++)
      for (const one of tried) {
        signal?.throwIfAborted();
        const { ms } = await runSingleCalls(executor.using(one.tiles), shape.call, shape.lengths, 10);
        one.ms = Math.min(one.ms, ms);
        onProgress(++done / measurements);
      }
    for (const { name, ms } of tried)
      times.push({ shape: shape.name, variant: name, ms, gflops: (2 * macs) / ms / 1e6 });
    tiles = tried.reduce((best, one) => (one.ms < best.ms ? one : best)).tiles;
  }
  return { tiles, times };
}

function tuningShapes(batch: number, { join, stagedFrom, quads }: Tiles): readonly TuningShape[] {
  const wide = geometry(batch, 14, 64, 64, 1, 1);
  const staged: Variant = { name: "4×1 staged", apply: (tiles) => withTile(tiles, "pointwise", 4, 1, 32) };
  const direct = [
    tile("pointwise", 4, 1, 2 ** 30),
    tile("pointwise", 4, 2),
    tile("pointwise", 8, 2),
    tile("pointwise", 8, 4),
  ];
  const alone = [
    tile("spatial", 4, 1),
    tile("spatial", 4, 2),
    tile("spatial", 8, 1),
    tile("spatial", 8, 2),
  ].map(({ name, apply }): Variant => ({ name, apply: (tiles) => ({ ...apply(tiles), quads: false }) }));
  const grouped = quads ? [{ name: "quads", apply: (tiles: Tiles) => tiles }, ...alone] : alone;
  const taps = quads
    ? [{ name: "quads", apply: (tiles: Tiles) => tiles }, ...grouped.map(withoutQuads)]
    : grouped;
  const stem = [tile("narrow", 4, 1), tile("narrow", 4, 4), tile("narrow", 8, 2), tile("narrow", 8, 4)];
  const mapwise = [tile("depthwise", 4, 1), tile("depthwise", 8, 1)];
  const filters = [block(1, 1), block(2, 1), block(2, 2), block(4, 2)];
  return [
    forward(
      "1×1, 64 to 64 channels",
      wide,
      join === "workgroup" && stagedFrom > 0 ? [staged, ...direct] : direct,
    ),
    forward("3×3, 64 channels in groups of 16", geometry(batch, 14, 64, 64, 3, 4), taps),
    forward("3×3, 1 to 16 channels", geometry(batch, 28, 1, 16, 3, 1), stem),
    forward("3×3, depthwise, 64 channels", geometry(batch, 14, 64, 64, 3, 64), mapwise),
    filterGradient("filters of 1×1, 64 to 64 channels", wide, filters),
  ];
}

function tile(kind: TileClass, pixels: 4 | 8, blocks: 1 | 2 | 4, stagedFrom?: number): Variant {
  return { name: `${pixels}×${blocks}`, apply: (tiles) => withTile(tiles, kind, pixels, blocks, stagedFrom) };
}

function withoutQuads({ name, apply }: Variant): Variant {
  return { name, apply: (tiles) => ({ ...apply(tiles), quads: false }) };
}

function withTile(
  tiles: Tiles,
  kind: TileClass,
  pixels: 4 | 8,
  blocks: 1 | 2 | 4,
  stagedFrom?: number,
): Tiles {
  const conv = { ...tiles.conv, [kind]: { pixels, blocks } };
  return { ...tiles, conv, stagedFrom: stagedFrom ?? tiles.stagedFrom };
}

function block(channels: 1 | 2 | 4, filters: 1 | 2 | 4): Variant {
  return {
    name: `${channels}×${filters}`,
    apply: (tiles) => ({ ...tiles, filterGrad: { channels, filters } }),
  };
}

function geometry(
  batch: number,
  side: number,
  channels: number,
  filters: number,
  kernel: number,
  groups: number,
): ConvGeometry {
  const map = { height: side, width: side, outHeight: side, outWidth: side };
  return { batch, ...map, channels, filters, kernel, stride: 1, padding: (kernel - 1) / 2, groups };
}

function forward(name: string, attrs: ConvGeometry, variants: readonly Variant[]): TuningShape {
  const call: KernelCall = {
    op: "conv2d",
    label: name,
    in: { x: 0, filters: 1 },
    out: { y: 2 },
    update: {},
    attrs,
  };
  return {
    shape: { name, call, lengths: lengthsOf(attrs, ["x", "filters", "y"]) },
    macs: macsOf(attrs),
    variants,
  };
}

function filterGradient(name: string, attrs: ConvGeometry, variants: readonly Variant[]): TuningShape {
  const call: KernelCall = {
    op: "conv2dFilterGrad",
    label: name,
    in: { x: 0, dy: 1 },
    out: { dFilters: 2 },
    update: {},
    attrs,
  };
  return {
    shape: { name, call, lengths: lengthsOf(attrs, ["x", "y", "filters"]) },
    macs: macsOf(attrs),
    variants,
  };
}

function lengthsOf(g: ConvGeometry, operands: readonly ("x" | "y" | "filters")[]): number[] {
  const lengths = {
    x: g.batch * g.height * g.width * g.channels,
    y: g.batch * g.outHeight * g.outWidth * g.filters,
    filters: (g.kernel * g.kernel * g.channels * g.filters) / g.groups,
  };
  return operands.map((operand) => lengths[operand]);
}

function macsOf(g: ConvGeometry): number {
  return (g.batch * g.outHeight * g.outWidth * g.kernel * g.kernel * g.channels * g.filters) / g.groups;
}
