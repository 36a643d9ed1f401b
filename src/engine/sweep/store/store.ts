import type { EpochRecord, KeptWeights } from "../../training/trainer.ts";
import type { DeviceSpeeds } from "../device-speeds.ts";
import type { RunningTrial, StoredStudy, StudyOrigin, StudySummary } from "../protocol.ts";
import type { TrialCheckpoint, TrialRecorder } from "../recorder.ts";
import type { Study } from "../study.ts";
import { isSettled, type Trial } from "../trial.ts";
import { putCheckpoint, readCheckpoint } from "./checkpoints.ts";
import { createDatabase, type Database } from "./database.ts";
import { writeWithRoom } from "./room.ts";
import {
  everyTrialOf,
  listStudies,
  loadStudy,
  putStudy,
  removeStudy,
  renameStudy,
  trialsOf,
  weightBytesOf,
} from "./studies.ts";
import { defaultWeightBytes, keepWeights, type StoredWeights, weightsOf } from "./weights.ts";

export interface StoreOptions {
  readonly name?: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Bytes that all kept weights may take; the oldest make room. */
  readonly weightBytes?: number;
}

/**
 * Studies and trials in the browser's IndexedDB. Every epoch is written when it ends: a closed tab or a killed worker
 * loses the epoch under way, nothing else; its trial goes on from the checkpoint of the one before. A finished trial
 * replaces its running row, epochs and checkpoint in one transaction. A write that finds no room rejects with a StoreFullError and changes nothing.
 */
export class SweepStore implements TrialRecorder, DeviceSpeeds {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #weightBytes: number;

  constructor(options: StoreOptions = {}) {
    const { name = "designscape", now = Date.now, weightBytes = defaultWeightBytes } = options;
    this.#db = createDatabase(name);
    this.#now = now;
    this.#weightBytes = weightBytes;
  }

  /** Creates a study, or takes over its new name and counts; gives the trials recorded so far. */
  async open(id: string, study: Study): Promise<readonly Trial[]> {
    const now = this.#now();
    const { studies } = this.#db;
    await this.#write(() =>
      this.#db.transaction("rw", studies, async () => {
        const before = await studies.get(id);
        await studies.put({ ...before, id, study, createdAt: before?.createdAt ?? now, updatedAt: now });
      }),
    );
    return trialsOf(this.#db, id, study);
  }

  checkpoint(trialId: string): Promise<TrialCheckpoint | undefined> {
    return readCheckpoint(this.#db, trialId);
  }

  async begin(trial: RunningTrial, from?: TrialCheckpoint): Promise<void> {
    const { running, epochs, checkpoints } = this.#db;
    const { trialId } = trial;
    await this.#write(() =>
      this.#db.transaction("rw", running, epochs, checkpoints, async () => {
        const after = [trialId, (from?.epoch ?? 0) + 1];
        await epochs.where("[trialId+number]").between(after, [trialId, Number.POSITIVE_INFINITY]).delete();
        if (from === undefined) await checkpoints.delete(trialId);
        await running.put({ ...trial, startedAt: this.#now() });
      }),
    );
  }

  async epoch(trial: RunningTrial, epoch: EpochRecord, checkpoint?: TrialCheckpoint): Promise<void> {
    const { epochs, checkpoints } = this.#db;
    const { trialId, studyId } = trial;
    await this.#write(() =>
      this.#db.transaction("rw", epochs, checkpoints, async () => {
        await epochs.put({ trialId, studyId, number: epoch.epoch, epoch });
        if (checkpoint !== undefined) await putCheckpoint(this.#db, trial, checkpoint);
      }),
    );
  }

  async finish(trial: Trial, kept?: KeptWeights): Promise<void> {
    const { studies, trials, running, epochs, checkpoints } = this.#db;
    await this.#write(() =>
      this.#db.transaction("rw", [studies, trials, running, epochs, checkpoints], async () => {
        await trials.put(trial);
        await running.delete(trial.id);
        if (isSettled(trial)) {
          await epochs.where({ trialId: trial.id }).delete();
          await checkpoints.delete(trial.id);
        }
        await studies.update(trial.study, { updatedAt: this.#now() });
      }),
    );
    if (kept !== undefined) await keepWeights(this.#db, trial, kept, this.#now(), this.#weightBytes);
  }

  /** The weights of a trial's reported epoch; undefined where they were not kept, or made room for later ones. */
  weightsOf(trialId: string): Promise<StoredWeights | undefined> {
    return weightsOf(this.#db, trialId);
  }

  /** Adds what was measured of a trained network to its record; undefined if there is no such trial. */
  async measured(trialId: string, values: Readonly<Record<string, number>>): Promise<Trial | undefined> {
    const { trials } = this.#db;
    return this.#write(() =>
      this.#db.transaction("rw", trials, async () => {
        const trial = await trials.get(trialId);
        if (trial === undefined) return undefined;
        const updated = { ...trial, measured: { ...trial.measured, ...values } };
        await trials.put(updated);
        return updated;
      }),
    );
  }

  /** Newest first. */
  list(): Promise<StudySummary[]> {
    return listStudies(this.#db);
  }

  load(id: string): Promise<StoredStudy | undefined> {
    return loadStudy(this.#db, id);
  }

  remove(id: string): Promise<void> {
    return removeStudy(this.#db, id);
  }

  /** Writes a study with these trials; those it has and that are not among them stay. All or nothing. */
  put(id: string, study: Study, trials: readonly Trial[], origin?: StudyOrigin): Promise<void> {
    const row = { id, study, ...(origin === undefined ? {} : { origin }) };
    return this.#write(() => putStudy(this.#db, row, trials, this.#now()));
  }

  /** Gives a study another name; false if there is none with this id. */
  rename(id: string, name: string): Promise<boolean> {
    return this.#write(() => renameStudy(this.#db, id, name));
  }

  /** All records of a study, also of networks beyond its counts. */
  everyTrial(id: string): Promise<Trial[]> {
    return everyTrialOf(this.#db, id);
  }

  /** Bytes that the kept weights of a study take. */
  weightBytes(id: string): Promise<number> {
    return weightBytesOf(this.#db, id);
  }

  async speedsOf(device: string): Promise<readonly number[]> {
    return (await this.#db.speeds.get(device))?.rates ?? [];
  }

  /** Never makes room: what it would cost is worth more. */
  async keepSpeeds(device: string, rates: readonly number[]): Promise<void> {
    await this.#db.speeds.put({ device, rates });
  }

  close(): void {
    this.#db.close();
  }

  #write<T>(write: () => PromiseLike<T>): Promise<T> {
    return writeWithRoom(this.#db, write);
  }
}
