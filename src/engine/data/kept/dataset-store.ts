import { Dexie, type Table } from "dexie";
import { datasetFolder } from "../dataset-name.ts";
import { DatasetError } from "../errors.ts";
import { bytesText } from "../files/limits.ts";
import type { DatasetManifest } from "../manifest.ts";
import type { ShardSource } from "../shard-source.ts";
import type { ShardWriter } from "../shards.ts";

/** A data set that this browser keeps. */
export interface KeptDataset {
  readonly manifest: DatasetManifest;
  /** Of all its shards. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
}

interface SetRow extends KeptDataset {
  readonly name: string;
  /** What its files go by: another one each time, so that a set that is being added meets none of before. */
  readonly key: string;
}

interface FileRow {
  readonly key: string;
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Tables = Dexie & {
  readonly sets: Table<SetRow, string>;
  readonly files: Table<FileRow, [string, string]>;
};

/**
 * Data sets in IndexedDB, in a database of their own: it is opened by the page (to list them) and by workers (to read and
 * to add). A set is there when its manifest is, which is written last; what an adding that was killed left is removed by
 * the next one.
 */
export class DatasetStore {
  readonly #db: Tables;
  readonly #now: () => number;

  constructor({ name = "designscape-data", now = Date.now }: { name?: string; now?: () => number } = {}) {
    this.#db = new Dexie(name) as Tables;
    this.#db.version(1).stores({ sets: "name, addedAt", files: "[key+file], key" });
    this.#now = now;
  }

  /** Newest first. */
  async list(): Promise<KeptDataset[]> {
    const rows = await this.#db.sets.orderBy("addedAt").reverse().toArray();
    return rows.map(({ manifest, bytes, addedAt }) => ({ manifest, bytes, addedAt }));
  }

  /**
   * Keeps a data set: all of it or nothing. One of the same name is replaced in the same moment.
   * @param pack hands over the shards, and gives the manifest
   * @throws {DatasetError} where the browser has no room for it
   */
  async keep(pack: (write: ShardWriter) => Promise<DatasetManifest>): Promise<DatasetManifest> {
    return exclusively(async () => {
      await this.#removeOrphans();
      const key = randomKey();
      let bytes = 0;
      try {
        const manifest = await pack(async (file, content) => {
          bytes += content.length;
          await this.#db.files.put({ key, file, bytes: content });
        });
        const { sets, files } = this.#db;
        await this.#db.transaction("rw", sets, files, async () => {
          const before = await sets.get(manifest.name);
          await sets.put({ name: manifest.name, key, manifest, bytes, addedAt: this.#now() });
          if (before !== undefined) await files.where({ key: before.key }).delete();
        });
        return manifest;
      } catch (error) {
        await this.#db.files.where({ key }).delete();
        throw isQuota(error) ? noRoom(bytes, error) : error;
      }
    });
  }

  async remove(name: string): Promise<void> {
    const { sets, files } = this.#db;
    await this.#db.transaction("rw", sets, files, async () => {
      const row = await sets.get(name);
      if (row === undefined) return;
      await sets.delete(name);
      await files.where({ key: row.key }).delete();
    });
  }

  /** Files of kept data sets first, then those of another source. */
  source(next: ShardSource): ShardSource {
    return async (path) => {
      const cut = path.lastIndexOf("/");
      const row = await this.#find(path.slice(0, cut));
      if (row === undefined) return next(path);
      const file = path.slice(cut + 1);
      if (file === "manifest.json") return new TextEncoder().encode(JSON.stringify(row.manifest));
      const found = await this.#db.files.get([row.key, file]);
      if (found === undefined) throw new Error("no such file in this browser's storage");
      return found.bytes;
    };
  }

  close(): void {
    this.#db.close();
  }

  async #find(folder: string): Promise<SetRow | undefined> {
    const name = folder.replace("/", ":");
    return datasetFolder(name) === folder ? this.#db.sets.get(name) : undefined;
  }

  async #removeOrphans(): Promise<void> {
    const used = new Set((await this.#db.sets.toArray()).map(({ key }) => key));
    const keys = (await this.#db.files.orderBy("key").uniqueKeys()).map(String);
    for (const key of keys.filter((one) => !used.has(one))) await this.#db.files.where({ key }).delete();
  }
}

function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("-");
}

/** One adding at a time, over all tabs: another one's files must not be taken for what a killed one left. */
async function exclusively<T>(work: () => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  return locks === undefined ? work() : locks.request("designscape adds a data set", work);
}

function isQuota(error: unknown): boolean {
  const inner = (error as { readonly inner?: unknown } | null)?.inner;
  return [error, inner].some(
    (one) => (one as { readonly name?: unknown } | null | undefined)?.name === "QuotaExceededError",
  );
}

function noRoom(bytes: number, cause: unknown): DatasetError {
  return new DatasetError(
    "range",
    "",
    `this browser's storage is full: there is no room for the ${bytesText(bytes)} of this data set, and nothing of it is kept. Delete data sets or studies that are no longer needed, or choose smaller images`,
    { cause },
  );
}
