import { Dexie, type EntityTable, type Table } from "dexie";
import type { ModelState } from "../runtime/executor.ts";
import type { EpochRecord } from "../training/trainer.ts";
import type { InterruptedTrial, RunningTrial, StoredStudy, StudySummary } from "./protocol.ts";
import type { TrialRecorder } from "./scheduler.ts";
import type { Study } from "./study.ts";
import { isSettled, type Trial } from "./trial.ts";
import { packState, unpackState, type WeightRecord } from "./weight-record.ts";

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
  readonly weights: EntityTable<WeightRecord, "trialId">;
};

export interface StoreOptions {
  readonly name?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Bytes that all kept weights may take; the oldest make room. */
  readonly weightBytes?: number;
}

/** Of all kept weights: some hundred networks of a few megaflops, well below what browsers allow a site. */
const defaultWeightBytes = 256 * 2 ** 20;

/**
 * Studies and trials in the browser's IndexedDB. Every epoch is written when it ends: a closed tab or a killed worker
 * loses the epoch under way, nothing else. A finished trial replaces its running row and epochs in one transaction.
 */
export class SweepStore implements TrialRecorder {
  readonly #db: Tables;
  readonly #now: () => number;
  readonly #weightBytes: number;

  constructor(options: StoreOptions = {}) {
    const { name = "designscape", now = Date.now, weightBytes = defaultWeightBytes } = options;
    this.#db = new Dexie(name) as Tables;
    this.#now = now;
    this.#weightBytes = weightBytes;
    // Versions are only ever added, each with the upgrade of the one before.
    this.#db.version(1).stores({
      studies: "id, updatedAt",
      trials: "id, study",
      running: "trialId, studyId",
      epochs: "[trialId+number], trialId, studyId",
    });
    // The sizes are in the index: they can be summed without reading the weights.
    this.#db.version(2).stores({ weights: "trialId, studyId, [savedAt+bytes]" });
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

  async finish(trial: Trial, state?: ModelState): Promise<void> {
    const { studies, trials, running, epochs } = this.#db;
    await this.#db.transaction("rw", studies, trials, running, epochs, async () => {
      await trials.put(trial);
      await running.delete(trial.id);
      await epochs.where({ trialId: trial.id }).delete();
      await studies.update(trial.study, { updatedAt: this.#now() });
    });
    if (state !== undefined) await this.#keepWeights(trial, state);
  }

  /** The weights a trial ended with; undefined where they were not kept, or made room for later ones. */
  async weightsOf(trialId: string): Promise<ModelState | undefined> {
    const record = await this.#db.weights.get(trialId);
    return record && unpackState(record);
  }

  /** Adds what was measured of a trained network to its record; undefined if there is no such trial. */
  async measured(trialId: string, values: Readonly<Record<string, number>>): Promise<Trial | undefined> {
    return this.#db.transaction("rw", this.#db.trials, async () => {
      const trial = await this.#db.trials.get(trialId);
      if (trial === undefined) return undefined;
      const updated = { ...trial, measured: { ...trial.measured, ...values } };
      await this.#db.trials.put(updated);
      return updated;
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
    const { studies, trials, running, epochs, weights } = this.#db;
    await this.#db.transaction("rw", [studies, trials, running, epochs, weights], async () => {
      await weights.where({ studyId: id }).delete();
      await studies.delete(id);
      await trials.where({ study: id }).delete();
      await running.where({ studyId: id }).delete();
      await epochs.where({ studyId: id }).delete();
    });
  }

  close(): void {
    this.#db.close();
  }

  /** Weights are an extra: a record without them is whole, so a full disk must not end a run here. */
  async #keepWeights({ id, study }: Trial, state: ModelState): Promise<void> {
    const { weights } = this.#db;
    const packed = packState(state);
    if (packed.bytes > this.#weightBytes) return;
    const kept = this.#db.transaction("rw", weights, async () => {
      await weights.delete(id);
      await this.#makeRoom(packed.bytes);
      await weights.put({ trialId: id, studyId: study, savedAt: this.#now(), ...packed });
    });
    await kept.catch((error: unknown) => {
      if (!isQuotaError(error)) throw error;
    });
  }

  /** Removes the weights kept longest until so many bytes fit. */
  async #makeRoom(bytes: number): Promise<void> {
    const index = this.#db.weights.orderBy("[savedAt+bytes]");
    const [keys, ids] = [await index.keys(), await index.primaryKeys()];
    const sizes = (keys as unknown as readonly (readonly [number, number])[]).map(([, size]) => size);
    let total = sizes.reduce((sum, size) => sum + size, bytes);
    const surplus: string[] = [];
    for (let i = 0; total > this.#weightBytes; i++) {
      surplus.push(ids[i]!);
      total -= sizes[i]!;
    }
    await this.#db.weights.bulkDelete(surplus);
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

function isQuotaError(error: unknown): boolean {
  const names = [error, (error as { readonly inner?: unknown } | null)?.inner].map(
    (each) => (each as { readonly name?: unknown } | null | undefined)?.name,
  );
  return names.includes("QuotaExceededError");
}
