import { z } from "zod";
import { parseInput } from "../../math/input-error.ts";
import type { Tiles } from "./tiles.ts";

// Tables of tiles that were measured, as they are kept: files of the command line, records of a browser.

const tile = z.strictObject({
  pixels: z.union([z.literal(4), z.literal(8)]),
  blocks: z.union([z.literal(1), z.literal(2), z.literal(4)]),
});
const few = z.union([z.literal(1), z.literal(2), z.literal(4)]);
const count = z
  .int()
  .min(1)
  .max(2 ** 30);
const tiles = z.strictObject({
  join: z.enum(["workgroup", "lanes"]),
  conv: z.strictObject({ pointwise: tile, spatial: tile, narrow: tile, depthwise: tile }),
  stagedFrom: count,
  filterGrad: z.strictObject({ channels: few, filters: few }),
  quads: z.boolean(),
  unroll: few,
  filterGradGroups: count,
  invocations: count,
  columnRows: count,
  normGradient: z.enum(["stored", "spatial"]),
  /** These two are not in tables of before there was a choice. */
  storage: z.enum(["f32", "f16"]).default("f32"),
  sums: z.enum(["barriers", "subgroups"]).default("barriers"),
}) satisfies z.ZodType<Tiles>;
const table = z.object({ version: z.literal(1), adapter: z.string().min(1), tiles });

/** The fastest tiles that were found on an adapter. */
export interface TileTable {
  readonly version: 1;
  /** adapterKey() of the one that they were measured on: another may have others. */
  readonly adapter: string;
  readonly tiles: Tiles;
}

/**
 * What a table holds for: the GPU (vendor, architecture, device), and the browser with its version, which brings the
 * compiler of the kernels.
 */
export function adapterKey(
  info: Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description">,
  userAgent: string = globalThis.navigator?.userAgent ?? "",
): string {
  const { vendor, architecture, device, description } = info;
  const gpu = [vendor, architecture, device, description].filter((word) => word !== "").join(" ");
  return `${gpu || "unknown adapter"} | ${browserOf(userAgent)}`;
}

/** @throws InputError where the text is no such table. */
export function parseTileTable(value: unknown, source: string): TileTable {
  return parseInput(table, value, source);
}

/** Name and major version: what is behind it changes more often than how kernels are compiled. */
function browserOf(userAgent: string): string {
  const [found] = userAgent.match(/(?:Edg|Firefox|Chrome|Version)\/\d+/) ?? [];
  return found ?? "unknown browser";
}
