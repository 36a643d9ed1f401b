import { expect, test } from "vitest";
import { adapterKey, parseTileTable } from "./tile-table.ts";
import { defaultTiles, softwareTiles } from "./tiles.ts";

const info = { vendor: "intel", architecture: "gen-12lp", device: "", description: "" };
const chrome =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.7204.1 Safari/537.36";

test("a key tells GPUs, browsers and their versions apart, but not a version's patches", () => {
  const key = adapterKey(info, chrome);
  expect(key).toBe("intel gen-12lp | Chrome/148");
  expect(adapterKey(info, chrome.replace("7204.1", "7204.9"))).toBe(key);
  expect(adapterKey(info, chrome.replace("148", "149"))).not.toBe(key);
  expect(adapterKey({ ...info, device: "0x46a6" }, chrome)).not.toBe(key);
  expect(adapterKey(info, `${chrome} Edg/148.0.3124.1`)).toBe("intel gen-12lp | Chrome/148");
  expect(adapterKey(info, "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/145.0")).toBe(
    "intel gen-12lp | Firefox/145",
  );
});

test("tables are read as they were written; what is no table is refused, and says where", () => {
  for (const tiles of [defaultTiles, softwareTiles]) {
    const table = { version: 1, adapter: "a", tiles };
    expect(parseTileTable(JSON.parse(JSON.stringify(table)), "t.json")).toEqual(table);
  }
  // Tables of before there was a choice.
  const { storage: _, sums: __, ...older } = defaultTiles;
  expect(parseTileTable({ version: 1, adapter: "a", tiles: older }, "t.json").tiles).toEqual(defaultTiles);
  const spatial = { pixels: 5, blocks: 1 };
  const tiles = { ...defaultTiles, conv: { ...defaultTiles.conv, spatial } };
  expect(() => parseTileTable({ version: 1, adapter: "a", tiles }, "t.json")).toThrow(
    "t.json.tiles.conv.spatial.pixels",
  );
});
