import { packCheckpoint, unpackCheckpoint } from "../checkpoint-record.ts";
import type { RunningTrial } from "../protocol.ts";
import type { TrialCheckpoint } from "../recorder.ts";
import type { Database } from "./database.ts";

/** Replaces the trial's checkpoint; within the transaction that writes its epoch. */
export async function putCheckpoint(
  { checkpoints }: Database,
  { trialId, studyId }: Pick<RunningTrial, "trialId" | "studyId">,
  checkpoint: TrialCheckpoint,
): Promise<void> {
  const { epochs: _, ...record } = packCheckpoint(checkpoint);
  await checkpoints.put({ trialId, studyId, ...record });
}

export async function readCheckpoint(db: Database, trialId: string): Promise<TrialCheckpoint | undefined> {
  const { checkpoints, epochs } = db;
  return db.transaction("r", checkpoints, epochs, async () => {
    const row = await checkpoints.get(trialId);
    if (row === undefined) return undefined;
    const { trialId: _, studyId: __, ...record } = row;
    const rows = await epochs.where({ trialId }).sortBy("number");
    const own = rows.filter(({ number }) => number <= row.epoch).map(({ epoch }) => epoch);
    return own.length === row.epoch ? unpackCheckpoint({ ...record, epochs: own }) : undefined;
  });
}
