import type { ModelState } from "../../runtime/executor.ts";
import type { KeptWeights } from "../../training/trainer.ts";
import type { Trial } from "../trial.ts";
import type { Database } from "./database.ts";
import { isQuotaError } from "./room.ts";
import { packState, unpackState } from "./weight-record.ts";

/** Of all kept weights: some hundred networks of a few megaflops, well below what browsers allow a site. */
export const defaultWeightBytes = 256 * 2 ** 20;

/**
 * Keeps the weights of a trial, if they fit into `mostBytes`; those kept longest make room. Weights are an extra:
 * a record without them is whole, so a full disk must not end a run here.
 */
export async function keepWeights(
  { weights }: Database,
  { id, study }: Pick<Trial, "id" | "study">,
  { state, epoch }: Pick<KeptWeights, "state" | "epoch">,
  savedAt: number,
  mostBytes: number,
): Promise<void> {
  const packed = packState(state);
  if (packed.bytes > mostBytes) return;
  const kept = weights.db.transaction("rw", weights, async () => {
    await weights.delete(id);
    await makeRoom(weights, packed.bytes, mostBytes);
    await weights.put({ trialId: id, studyId: study, savedAt, epoch, ...packed });
  });
  await kept.catch((error: unknown) => {
    if (!isQuotaError(error)) throw error;
  });
}

export interface StoredWeights {
  readonly state: ModelState;
  /** The epoch they are of; undefined in those of earlier programs: the last one. */
  readonly epoch: number | undefined;
}

/** The weights of a trial; undefined where they were not kept, or made room for later ones. */
export async function weightsOf({ weights }: Database, trialId: string): Promise<StoredWeights | undefined> {
  const record = await weights.get(trialId);
  return record && { state: unpackState(record), epoch: record.epoch };
}

/** Removes the weights kept longest until so many bytes fit. */
async function makeRoom(weights: Database["weights"], bytes: number, mostBytes: number): Promise<void> {
  const index = weights.orderBy("[savedAt+bytes]");
  const [keys, ids] = [await index.keys(), await index.primaryKeys()];
  const sizes = (keys as unknown as readonly (readonly [number, number])[]).map(([, size]) => size);
  let total = sizes.reduce((sum, size) => sum + size, bytes);
  const surplus: string[] = [];
  for (let i = 0; total > mostBytes; i++) {
    surplus.push(ids[i]!);
    total -= sizes[i]!;
  }
  await weights.bulkDelete(surplus);
}
