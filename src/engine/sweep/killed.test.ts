import "fake-indexeddb/auto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Dexie } from "dexie";
import { describe, expect, test } from "vitest";
import { smallNetwork } from "../../../test/fixtures/any-study.ts";
import { fakeTrainer, memoryRecorder } from "../../../test/fixtures/fake-training.ts";
import { Killed, mortal } from "../../../test/fixtures/mortal-recorder.ts";
import { temporaryFolder } from "../../../test/fixtures/temporary-folder.ts";
import { ExecutorError } from "../runtime/executor.ts";
import { createControl } from "../runtime/worker/control.ts";
import { CheckpointFolder } from "./node-checkpoint-folder.ts";
import { TrialFile } from "./node-trial-file.ts";
import type { TrialRecorder } from "./recorder.ts";
import { runSweep } from "./scheduler.ts";
import { SweepStore } from "./store/store.ts";
import { parseStudy, type Study } from "./study.ts";
import { studyId } from "./study-id.ts";
import type { SweepRun } from "./sweep-run.ts";
import { isSettled, type Trial } from "./trial.ts";

const study = parseStudy({
  version: 1,
  populations: [
    { name: "pair", networks: [smallNetwork("a", 8), smallNetwork("b", 16)] },
    { name: "one", networks: [smallNetwork("c", 8)] },
  ],
  regime: { images: 64, testImages: 32, batch: 16, epochs: 3 },
});
const id = studyId(study);
/** Three networks for two epochs, two of them to the end, each with two seeds. */
const halved = parseStudy({
  ...study,
  populations: [{ name: "three", networks: [8, 16, 24].map((width) => smallNetwork(`w${width}`, width)) }],
  halving: { epochs: 2 },
  repeats: 2,
});

/** A place that outlives a process: opened anew by every run. */
interface Place {
  open(): Promise<{ recorder: TrialRecorder; recorded: readonly Trial[]; close(): Promise<void> }>;
  trials(): Promise<readonly Trial[]>;
  /** Nothing of a trial under way is left. */
  clean(): Promise<boolean>;
}

let places = 0;

const inFile = async (study: Study): Promise<Place> => {
  const id = studyId(study);
  const path = join(temporaryFolder(), "out.jsonl");
  const open = async () => {
    const file = await TrialFile.open(path, id, "resume");
    return { recorder: file, recorded: file.recorded, close: () => file.close() };
  };
  return {
    open,
    async trials() {
      const { recorded, close } = await open();
      await close();
      return recorded;
    },
    clean: async () => !existsSync(`${path}.checkpoints`),
  };
};

const inStore = async (study: Study): Promise<Place> => {
  const id = studyId(study);
  const name = `killed ${++places}`;
  const open = async () => {
    const store = new SweepStore({ name });
    return { recorder: store, recorded: await store.open(id, study), close: async () => store.close() };
  };
  return {
    open,
    async trials() {
      const { recorded, close } = await open();
      await close();
      return [...recorded].sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async clean() {
      const database = await new Dexie(name).open();
      const tables = ["checkpoints", "epochs", "running"];
      const counts = await Promise.all(tables.map((table) => database.table(table).count()));
      database.close();
      return counts.every((count) => count === 0);
    },
  };
};

/** Rates that a dead process did not hand on are not in the predictions of the next one. */
const unforeseen = ({ predictedMs: _, ...trial }: Trial): Trial => trial;

/** Runs the study in a place; gives the epochs that were trained. */
async function run(place: Place, more: Partial<SweepRun> = {}, wrap = (each: TrialRecorder) => each) {
  const { study: ran = study } = more;
  const { recorder, recorded, close } = await place.open();
  const control = createControl();
  let trained = 0;
  const train = fakeTrainer();
  const parts = {
    study: ran,
    studyId: studyId(ran),
    recorded,
    train,
    listener: {},
    control,
    device: "fake",
    version: "0",
  };
  try {
    const wrapped = wrap(recorder);
    const counting: TrialRecorder = {
      checkpoint: (trialId) => wrapped.checkpoint(trialId),
      begin: (...args) => wrapped.begin(...args),
      epoch: (...args) => {
        trained++;
        return wrapped.epoch(...args);
      },
      finish: (...args) => wrapped.finish(...args),
    };
    await runSweep({ ...parts, recorder: counting, ...more });
    return { trained, killed: false };
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return { trained, killed: true };
  } finally {
    await close();
  }
}

describe.each([
  ["a results file", inFile],
  ["the browser's store", inStore],
] as const)("%s", (_, make) => {
  test("a process killed at any write loses at most the epoch under way, and no record differs", async () => {
    const whole = await make(study);
    await run(whole);
    const wanted = await whole.trials();
    expect(wanted.filter(isSettled)).toHaveLength(3);
    // Three trials: each begins, has three epochs and ends.
    for (let at = 1; at <= 3 * 5 + 1; at++) {
      const when = at % 2 ? "before" : "after";
      const place = await make(study);
      const first = await run(place, {}, (recorder) => mortal(recorder, { at, when }));
      expect(first.killed).toBe(at <= 15);
      const second = await run(place);
      expect(await place.trials(), `${when} write ${at}`).toEqual(wanted);
      expect(first.trained + second.trained - 9).toBeLessThanOrEqual(1);
      expect(await place.clean()).toBe(true);
    }
  });

  test("killed under halving, the same networks go on", async () => {
    const whole = await make(halved);
    await run(whole, { study: halved });
    const wanted = (await whole.trials()).map(unforeseen);
    const byId = (a: Trial, b: Trial) => (a.id < b.id ? -1 : 1);
    const ends = wanted.map(({ status, epochs }) => `${status} ${epochs.length}`).toSorted();
    expect(ends).toEqual([...new Array(2).fill("cut 2"), ...new Array(4).fill("done 3")]);
    // Six trials begin, have two epochs and wait; two are cut; four begin again, have one more and end.
    for (let at = 1; at <= 38 + 1; at += 3) {
      const place = await make(halved);
      const wrap = (recorder: TrialRecorder) => mortal(recorder, { at, when: at % 2 ? "before" : "after" });
      const first = await run(place, { study: halved }, wrap);
      expect(first.killed).toBe(at <= 38);
      const second = await run(place, { study: halved });
      expect((await place.trials()).map(unforeseen).toSorted(byId), `write ${at}`).toEqual(
        wanted.toSorted(byId),
      );
      expect(first.trained + second.trained - 16).toBeLessThanOrEqual(1);
      expect(await place.clean()).toBe(true);
    }
  });

  test("a stopped trial goes on from its last epoch, on another device too, and says so", async () => {
    const place = await make(study);
    const control = createControl();
    let epochs = 0;
    const train = fakeTrainer(() => {
      if (++epochs === 3) control.stop();
    });
    await run(place, { control, train });
    const { trained } = await run(place, { device: "another" });
    expect(trained).toBe(9 - 2);
    const devices = (await place.trials()).map(({ device }) => device);
    expect(devices.toSorted()).toEqual(["another", "another", "fake, then another"]);
  });

  test("a checkpoint of another version of the program is not taken", async () => {
    const place = await make(study);
    await run(place, {}, (recorder) => mortal(recorder, { at: 4, when: "before" }));
    expect((await run(place, { version: "1" })).trained).toBe(9);
  });
});

test("a checkpoint file that is damaged, of another study or of a recorded trial is removed", async () => {
  const path = join(temporaryFolder(), "out.jsonl");
  const folder = new CheckpointFolder(`${path}.checkpoints`);
  const checkpoint = {
    epoch: 1,
    epochs: [],
    devices: ["fake"],
    version: "0",
    state: new Map([
      ["a", Float64Array.of(0.1, 0.2)],
      ["b", Float64Array.of(0.3)],
    ]),
    reported: new Map([["a", Float64Array.of(0.4, 0.5)]]),
  };
  const [kept, foreign] = [`${id}/pair/0`, "another/pair/0"];
  for (const trialId of [kept, foreign]) await folder.write(trialId, checkpoint);
  await writeFile(join(`${path}.checkpoints`, "half.checkpoint.part"), "x");
  const file = await TrialFile.open(path, id, "resume");
  expect(await file.checkpoint(kept)).toEqual(checkpoint);
  expect(await folder.read(foreign)).toBeUndefined();
  await file.close();
  const [name, ...others] = await readdir(`${path}.checkpoints`);
  expect(others).toEqual([]);
  const whole = await readFile(join(`${path}.checkpoints`, name!));
  for (const length of [0, 3, 10, whole.length - 8]) {
    await writeFile(join(`${path}.checkpoints`, name!), whole.subarray(0, length));
    expect(await folder.read(kept), `${length} bytes`).toBeUndefined();
  }
  await (await TrialFile.open(path, id, "resume")).close();
  expect(existsSync(`${path}.checkpoints`)).toBe(false);
});

test("a lost session is trained on from its last epoch, three times at most; then its trial failed", async () => {
  for (const losses of [1, 3, 4]) {
    const recorder = memoryRecorder();
    const control = createControl();
    let left = losses;
    let trained = 0;
    const train = fakeTrainer(({ trial }, epoch) => {
      if (trial.trialId === `${id}/one/0` && epoch === 3 && left-- > 0)
        throw new ExecutorError("interrupted", "thread 1 of 2 ended");
      trained++;
    });
    const parts = { recorded: [], listener: {}, device: "fake", version: "0" };
    await runSweep({ study, studyId: id, train, recorder, control, ...parts });
    const trial = recorder.trials.find(({ population }) => population === "one");
    expect(trial).toMatchObject(
      losses > 3 ? { status: "failed", reason: "thread 1 of 2 ended" } : { status: "done" },
    );
    expect(trial?.epochs).toHaveLength(losses > 3 ? 2 : 3);
    expect(trained).toBe(losses > 3 ? 8 : 9);
  }
});

test("a store that refuses an epoch ends the run, and is not taken for a network that failed", async () => {
  const recorder = memoryRecorder();
  const control = createControl();
  const refuse = () => Promise.reject(new Error("quota exceeded"));
  const parts = { recorded: [], listener: {}, device: "fake", version: "0", train: fakeTrainer() };
  const run = runSweep({ study, studyId: id, recorder: { ...recorder, epoch: refuse }, control, ...parts });
  await expect(run).rejects.toThrow("quota exceeded");
  expect(recorder.trials).toEqual([]);
});
