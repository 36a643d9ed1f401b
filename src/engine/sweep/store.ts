import { Dexie, type EntityTable, type Table } from "dexie";
import type { EpochRecord } from "../training/trainer.ts";
import type { InterruptedTrial, RunningTrial, StoredStudy, StudySummary } from "./protocol.ts";
import type { TrialRecorder } from "./scheduler.ts";
import type { Study } from "./study.ts";
import { isSettled, type Trial } from "./trial.ts";

interface StudyRow {
  readonly id: string;
  readonly study: Study;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A trial under way; its epochs stand in a table of their own, so that each is one small write. */
interface RunningRow extends RunningTrial {
  readonly startedAt: number;
}

interface EpochRow {
  readonly trialId: string;
  readonly studyId: string;
  readonly number: number;
  readonly epoch: EpochRecord;
}

type Tables = Dexie & {
  readonly studies: EntityTable<StudyRow, "id">;
  readonly trials: EntityTable<Trial, "id">;
  readonly running: EntityTable<RunningRow, "trialId">;
  readonly epochs: Table<EpochRow, [string, number]>;
};

export interface StoreOptions {
  readonly name?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Studies and trials in the browser's IndexedDB. Every epoch is written when it ends: a closed tab or a killed worker
 * loses the epoch under way, nothing else. A finished trial replaces its running row and epochs in one transaction.
 */
export class SweepStore implements TrialRecorder {
  readonly #db: Tables;
  readonly #now: () => number;

  constructor({ name = "designscape", now = Date.now }: StoreOptions = {}) {
    this.#db = new Dexie(name) as Tables;
    this.#now = now;
    // Versions are only ever added, each with the upgrade of the one before.
    this.#db.version(1).stores({
      studies: "id, updatedAt",
      trials: "id, study",
      running: "trialId, studyId",
      epochs: "[trialId+number], trialId, studyId",
    });
  }

  /** Creates a study, or takes over its new name and counts; gives the trials recorded so far. */
  async open(id: string, study: Study): Promise<readonly Trial[]> {
    const now = this.#now();
    await this.#db.transaction("rw", this.#db.studies, async () => {
      const createdAt = (await this.#db.studies.get(id))?.createdAt ?? now;
      await this.#db.studies.put({ id, study, createdAt, updatedAt: now });
    });
    return this.#trialsOf(id, study);
  }

  async begin(trial: RunningTrial): Promise<void> {
    await this.#db.transaction("rw", this.#db.running, this.#db.epochs, async () => {
      // What an interrupted run left of it: it starts anew.
      await this.#db.epochs.where({ trialId: trial.trialId }).delete();
      await this.#db.running.put({ ...trial, startedAt: this.#now() });
    });
  }

  async epoch({ trialId, studyId }: RunningTrial, epoch: EpochRecord): Promise<void> {
    await this.#db.epochs.put({ trialId, studyId, number: epoch.epoch, epoch });
  }

  async finish(trial: Trial): Promise<void> {
    const { studies, trials, running, epochs } = this.#db;
    await this.#db.transaction("rw", studies, trials, running, epochs, async () => {
      await trials.put(trial);
      await running.delete(trial.id);
      await epochs.where({ trialId: trial.id }).delete();
      await studies.update(trial.study, { updatedAt: this.#now() });
    });
  }

  /** Newest first. */
  async list(): Promise<StudySummary[]> {
    const rows = await this.#db.studies.orderBy("updatedAt").reverse().toArray();
    return Promise.all(
      rows.map(async ({ id, study, createdAt, updatedAt }) => ({
        id,
        name: study.name,
        createdAt,
        updatedAt,
        settled: (await this.#trialsOf(id, study)).filter(isSettled).length,
        total: study.populations.reduce((sum, { count }) => sum + count, 0),
      })),
    );
  }

  async load(id: string): Promise<StoredStudy | undefined> {
    const row = await this.#db.studies.get(id);
    if (!row) return undefined;
    const { study, createdAt, updatedAt } = row;
    const trials = await this.#trialsOf(id, study);
    return { id, study, createdAt, updatedAt, trials, interrupted: await this.#interrupted(id) };
  }

  async remove(id: string): Promise<void> {
    const { studies, trials, running, epochs } = this.#db;
    await this.#db.transaction("rw", studies, trials, running, epochs, async () => {
      await studies.delete(id);
      await trials.where({ study: id }).delete();
      await running.where({ studyId: id }).delete();
      await epochs.where({ studyId: id }).delete();
    });
  }

  close(): void {
    this.#db.close();
  }

  /** A study made smaller keeps its surplus trials; they are back when it grows again. */
  async #trialsOf(id: string, { populations }: Study): Promise<Trial[]> {
    const counts = new Map(populations.map(({ name, count }) => [name, count]));
    const all = await this.#db.trials.where({ study: id }).toArray();
    return all.filter(({ population, index }) => index < (counts.get(population) ?? 0));
  }

  async #interrupted(id: string): Promise<InterruptedTrial[]> {
    const rows = await this.#db.running.where({ studyId: id }).toArray();
    return Promise.all(
      rows.map(async ({ startedAt: _, ...trial }) => {
        const epochs = await this.#db.epochs.where({ trialId: trial.trialId }).sortBy("number");
        return { ...trial, epochs: epochs.map(({ epoch }) => epoch) };
      }),
    );
  }
}
