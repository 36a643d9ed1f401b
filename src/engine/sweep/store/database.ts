import { Dexie, type EntityTable, type Table } from "dexie";
import type { EpochRecord } from "../../training/trainer.ts";
import type { CheckpointRecord } from "../checkpoint-record.ts";
import type { RunningTrial, StudyOrigin } from "../protocol.ts";
import type { Study } from "../study.ts";
import type { Trial } from "../trial.ts";
import type { WeightRecord } from "./weight-record.ts";

export interface StudyRow {
  readonly id: string;
  readonly study: Study;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Of a study that came from elsewhere. */
  readonly origin?: StudyOrigin;
}

/** A trial under way; its epochs stand in a table of their own, so that each is one small write. */
export interface RunningRow extends RunningTrial {
  readonly startedAt: number;
}

export interface EpochRow {
  readonly trialId: string;
  readonly studyId: string;
  readonly number: number;
  readonly epoch: EpochRecord;
}

/** What a trial under way can go on from; the epochs stand in their own table. */
export interface CheckpointRow extends Omit<CheckpointRecord, "epochs"> {
  readonly trialId: string;
  readonly studyId: string;
}

/** Rates of the cost model (../device-speeds.ts). */
export interface SpeedRow {
  readonly device: string;
  readonly rates: readonly number[];
}

/** Studies and trials as IndexedDB keeps them. */
export type Database = Dexie & {
  readonly studies: EntityTable<StudyRow, "id">;
  readonly trials: EntityTable<Trial, "id">;
  readonly running: EntityTable<RunningRow, "trialId">;
  readonly epochs: Table<EpochRow, [string, number]>;
  readonly weights: EntityTable<WeightRecord, "trialId">;
  readonly checkpoints: EntityTable<CheckpointRow, "trialId">;
  readonly speeds: EntityTable<SpeedRow, "device">;
};

/** The database was written by a later version of this program, whose records this one could spoil. */
export class NewerStoreError extends Error {
  override readonly name = "NewerStoreError";

  constructor(found: number, known: number) {
    super(
      `the studies in this browser were written by a newer version of this page (store ${found}, this page knows ` +
        `${known}); reload the page to get it. No record of it was changed`,
    );
  }
}

/**
 * The database of this name; opened by its first use. Versions are only ever added, each with the upgrade of the one
 * before.
 */
export function createDatabase(name: string): Database {
  const db = new Dexie(name) as Database;
  db.version(1).stores({
    studies: "id, updatedAt",
    trials: "id, study",
    running: "trialId, studyId",
    epochs: "[trialId+number], trialId, studyId",
  });
  // The sizes are in the index: they can be summed without reading the weights.
  db.version(2).stores({ weights: "trialId, studyId, [savedAt+bytes]" });
  db.version(3).stores({ checkpoints: "trialId, studyId" });
  db.version(4).stores({ weights: "trialId, studyId, [savedAt+bytes], [studyId+bytes]" });
  db.version(5).stores({ speeds: "device" });
  const known = db.verno;
  // Dexie would open a newer database, and add the tables it lacks; its records stay as they are.
  db.on("ready", () => {
    // It counts its versions in tenths.
    const found = Math.floor(db.backendDB().version / 10);
    if (found > known) throw new NewerStoreError(found, known);
  });
  return db;
}
