import { mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { type CheckpointRecord, packCheckpoint, unpackCheckpoint } from "./checkpoint-record.ts";
import type { TrialCheckpoint } from "./recorder.ts";
import { fnv1a64 } from "./study-id.ts";

/** What stands before the values, as JSON. */
interface Header extends Omit<CheckpointRecord, "values"> {
  readonly trialId: string;
  readonly bytesPerValue: 4 | 8;
}

/**
 * Checkpoints of trials under way, a file each: the length of the header (4 bytes, little-endian), the header, the
 * values. A file is written beside its name and then renamed, so there is always a whole one. The folder is there only
 * while it holds something.
 */
export class CheckpointFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** undefined if there is none, or none that can be read: its trial begins anew. */
  async read(trialId: string): Promise<TrialCheckpoint | undefined> {
    const found = await readCheckpoint(this.#file(trialId));
    return found?.trialId === trialId ? found.checkpoint : undefined;
  }

  async write(trialId: string, checkpoint: TrialCheckpoint): Promise<void> {
    await mkdir(this.#path, { recursive: true });
    const { values, ...record } = packCheckpoint(checkpoint);
    const bytesPerValue = values.BYTES_PER_ELEMENT as Header["bytesPerValue"];
    const header = new TextEncoder().encode(
      JSON.stringify({ trialId, bytesPerValue, ...record } satisfies Header),
    );
    const length = new DataView(new ArrayBuffer(4));
    length.setUint32(0, header.length, true);
    const path = this.#file(trialId);
    const file = await open(`${path}.part`, "w");
    try {
      await file.writev([length, header, values]);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
  }

  async remove(trialId: string): Promise<void> {
    await rm(this.#file(trialId), { force: true });
  }

  /** Removes what is not a checkpoint of a trial that `keep` wants, e.g. of one whose record was written last. */
  async tidy(keep: (trialId: string) => boolean): Promise<void> {
    for (const name of await readdir(this.#path).catch(() => [])) {
      const path = join(this.#path, name);
      const found = name.endsWith(suffix) ? await readCheckpoint(path) : undefined;
      if (found === undefined || !keep(found.trialId)) await rm(path, { force: true, recursive: true });
    }
    await this.close();
  }

  /** Removes the folder if nothing is in it. */
  async close(): Promise<void> {
    await rmdir(this.#path).catch(() => {
      // It holds checkpoints, or was never made.
    });
  }

  #file(trialId: string): string {
    return join(this.#path, `${fnv1a64(trialId)}${suffix}`);
  }
}

const suffix = ".checkpoint";

async function readCheckpoint(
  path: string,
): Promise<{ readonly trialId: string; readonly checkpoint: TrialCheckpoint } | undefined> {
  try {
    const bytes = await readFile(path);
    const start = 4 + bytes.readUInt32LE(0);
    const header = JSON.parse(bytes.toString("utf8", 4, start)) as Header;
    const { trialId, bytesPerValue, ...record } = header;
    const body = new Uint8Array(bytes.subarray(start)).buffer;
    const values = bytesPerValue === 8 ? new Float64Array(body) : new Float32Array(body);
    if (values.length !== record.tensors.reduce((sum, { length }) => sum + length, 0)) return undefined;
    return { trialId, checkpoint: unpackCheckpoint({ ...record, values }) };
  } catch {
    return undefined;
  }
}
