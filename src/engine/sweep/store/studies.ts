import { Dexie } from "dexie";
import type { InterruptedTrial, StoredStudy, StudySummary } from "../protocol.ts";
import { totalTrials } from "../scheduling.ts";
import { parseStudy, type Study } from "../study.ts";
import { isSettled, type Trial } from "../trial.ts";
import type { Database, StudyRow } from "./database.ts";

/** All kept studies, newest first. */
export async function listStudies(db: Database): Promise<StudySummary[]> {
  const rows = await db.studies.orderBy("updatedAt").reverse().toArray();
  return Promise.all(
    rows.map(async ({ id, study, createdAt, updatedAt }) => ({
      id,
      name: study.name,
      createdAt,
      updatedAt,
      settled: (await trialsOf(db, id, study)).filter(isSettled).length,
      total: totalTrials(study),
      populations: study.populations.map((population) => population.name),
      interrupted: await db.running.where({ studyId: id }).count(),
      archive: study.archive !== undefined,
    })),
  );
}

export async function loadStudy(db: Database, id: string): Promise<StoredStudy | undefined> {
  const row = await db.studies.get(id);
  if (!row) return undefined;
  const { study } = row;
  const trials = await trialsOf(db, id, study);
  return { ...row, trials, interrupted: await interruptedTrials(db, id) };
}

/**
 * Writes a study with these trials; those it has and that are not among them stay. All or nothing.
 */
export async function putStudy(
  db: Database,
  row: Pick<StudyRow, "id" | "study" | "origin">,
  trials: readonly Trial[],
  now: number,
): Promise<void> {
  await db.transaction("rw", db.studies, db.trials, async () => {
    const before = await db.studies.get(row.id);
    await db.studies.put({ ...before, ...row, createdAt: before?.createdAt ?? now, updatedAt: now });
    await db.trials.bulkPut([...trials]);
  });
}

/** Gives a study another name; nothing else of it changes. False if there is none with this id. */
export async function renameStudy(db: Database, id: string, name: string): Promise<boolean> {
  return db.transaction("rw", db.studies, async () => {
    const row = await db.studies.get(id);
    if (row === undefined) return false;
    await db.studies.put({ ...row, study: parseStudy({ ...row.study, name }) });
    return true;
  });
}

/** All records of a study, also of networks beyond its counts. */
export function everyTrialOf(db: Database, id: string): Promise<Trial[]> {
  return db.trials.where({ study: id }).toArray();
}

/** Bytes that the kept weights of a study take; read from the index alone. */
export async function weightBytesOf({ weights }: Database, id: string): Promise<number> {
  const own = weights.where("[studyId+bytes]").between([id, Dexie.minKey], [id, Dexie.maxKey]);
  const keys = (await own.keys()) as unknown as readonly (readonly [string, number])[];
  return keys.reduce((sum, [, bytes]) => sum + bytes, 0);
}

/** A study with everything that is kept of it. */
export async function removeStudy(db: Database, id: string): Promise<void> {
  const { studies, trials, running, epochs, weights, checkpoints } = db;
  await db.transaction("rw", [studies, trials, running, epochs, weights, checkpoints], async () => {
    await checkpoints.where({ studyId: id }).delete();
    await weights.where({ studyId: id }).delete();
    await studies.delete(id);
    await trials.where({ study: id }).delete();
    await running.where({ studyId: id }).delete();
    await epochs.where({ studyId: id }).delete();
  });
}

/** A study made smaller keeps its surplus trials; they are back when it grows again. */
export async function trialsOf(
  db: Database,
  id: string,
  { populations, repeats = 1 }: Study,
): Promise<Trial[]> {
  const counts = new Map(populations.map(({ name, count }) => [name, count]));
  const all = await db.trials.where({ study: id }).toArray();
  return all.filter(
    ({ population, index, repeat = 1 }) => index < (counts.get(population) ?? 0) && repeat <= repeats,
  );
}

async function interruptedTrials(db: Database, id: string): Promise<InterruptedTrial[]> {
  const rows = await db.running.where({ studyId: id }).toArray();
  return Promise.all(
    rows.map(async (trial) => {
      const epochs = await db.epochs.where({ trialId: trial.trialId }).sortBy("number");
      return { ...trial, epochs: epochs.map(({ epoch }) => epoch) };
    }),
  );
}
