import { Dexie, type Table } from "dexie";
import { parseTileTable, type TileTable } from "../../engine/runtime/webgpu/tile-table.ts";
import type { Tiles } from "../../engine/runtime/webgpu/tiles.ts";

type Tables = Dexie & { readonly tiles: Table<TileTable, string> };

/** The tiles that were tuned in this browser, by adapter, in a database of their own. */
export class TileStore {
  readonly #db: Tables;

  constructor(name = "designscape tiles") {
    const db = new Dexie(name);
    db.version(1).stores({ tiles: "adapter" });
    this.#db = db as Tables;
  }

  /** Undefined where there are none, or where they cannot be read: the adapter's defaults do everywhere. */
  async load(adapter: string): Promise<Tiles | undefined> {
    try {
      const kept = await this.#db.tiles.get(adapter);
      return kept && parseTileTable(kept, "tiles").tiles;
    } catch {
      return undefined;
    }
  }

  async save(adapter: string, tiles: Tiles): Promise<void> {
    await this.#db.tiles.put({ version: 1, adapter, tiles });
  }

  async forget(adapter: string): Promise<void> {
    await this.#db.tiles.delete(adapter);
  }
}
