import type { InterruptedTrial, StoredStudy, StudySummary } from "../protocol.ts";
import type { Study } from "../study.ts";
import { isSettled, type Trial } from "../trial.ts";
import type { Database } from "./database.ts";

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
      total: study.populations.reduce((sum, { count }) => sum + count, 0),
    })),
  );
}

export async function loadStudy(db: Database, id: string): Promise<StoredStudy | undefined> {
  const row = await db.studies.get(id);
  if (!row) return undefined;
  const { study, createdAt, updatedAt } = row;
  const trials = await trialsOf(db, id, study);
  return { id, study, createdAt, updatedAt, trials, interrupted: await interruptedTrials(db, id) };
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
export async function trialsOf(db: Database, id: string, { populations }: Study): Promise<Trial[]> {
  const counts = new Map(populations.map(({ name, count }) => [name, count]));
  const all = await db.trials.where({ study: id }).toArray();
  return all.filter(({ population, index }) => index < (counts.get(population) ?? 0));
}

async function interruptedTrials(db: Database, id: string): Promise<InterruptedTrial[]> {
  const rows = await db.running.where({ studyId: id }).toArray();
  return Promise.all(
    rows.map(async ({ startedAt: _, ...trial }) => {
      const epochs = await db.epochs.where({ trialId: trial.trialId }).sortBy("number");
      return { ...trial, epochs: epochs.map(({ epoch }) => epoch) };
    }),
  );
}
