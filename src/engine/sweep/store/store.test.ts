import "fake-indexeddb/auto";
import { Dexie } from "dexie";
import { afterEach, expect, test } from "vitest";
import {
  fakeEpochs,
  fakeTrainer,
  memoryRecorder,
  smallStudy,
} from "../../../../test/fixtures/fake-training.ts";
import { createControl } from "../../runtime/worker/control.ts";
import type { KeptWeights } from "../../training/trainer.ts";
import { drawTrial } from "../population.ts";
import { runSweep } from "../scheduler.ts";
import { studyId } from "../study-id.ts";
import type { Trial } from "../trial.ts";
import { SweepStore } from "./store.ts";

const id = studyId(smallStudy);
const trial = drawTrial({ ...smallStudy, studyId: id }, smallStudy.populations[0]!, 0);
const epochs = fakeEpochs({ trial, regime: smallStudy.regime });

let databases = 0;
const open: SweepStore[] = [];
let clock = 0;

/** A store as a page opens it; a second one of the same name is the page after a reload. */
function store(name = `test ${++databases}`) {
  const opened = new SweepStore({ name, now: () => ++clock });
  open.push(opened);
  return { name, store: opened };
}

afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function recordAll(target: SweepStore): Promise<Trial[]> {
  const control = createControl();
  const memory = memoryRecorder();
  await runSweep({
    study: smallStudy,
    studyId: id,
    recorded: await target.open(id, smallStudy),
    train: fakeTrainer(),
    recorder: {
      checkpoint: (each) => target.checkpoint(each),
      begin: (each, from) => target.begin(each, from),
      epoch: (each, epoch, checkpoint) => target.epoch(each, epoch, checkpoint),
      finish: async (each) => {
        await target.finish(each);
        await memory.finish(each);
      },
    },
    listener: {},
    control,
    device: "fake",
    version: "0",
  });
  return memory.trials;
}

test("what was recorded is there on the next start, record by record", async () => {
  const first = store();
  const recorded = await recordAll(first.store);
  first.store.close();
  const { store: second } = store(first.name);
  const loaded = await second.load(id);
  expect(loaded?.study).toEqual(smallStudy);
  expect(loaded?.interrupted).toEqual([]);
  const byId = (trials: readonly Trial[]) => [...trials].sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(byId(loaded!.trials)).toEqual(byId(recorded));
  expect(await second.list()).toMatchObject([{ id, name: "small", settled: 6, total: 6 }]);
});

test("a trial that was running when the tab closed is interrupted, with the epochs it had", async () => {
  const first = store();
  await first.store.open(id, smallStudy);
  await first.store.begin(trial);
  await first.store.epoch(trial, epochs[0]!);
  first.store.close();
  const { store: second } = store(first.name);
  expect(await second.load(id)).toMatchObject({
    trials: [],
    interrupted: [{ trialId: trial.trialId, network: trial.network, epochs: [epochs[0]] }],
  });
});

test("an interrupted trial starts anew, and leaves no trace once it is finished", async () => {
  const { store: kept } = store();
  await kept.open(id, smallStudy);
  await kept.begin(trial);
  for (const epoch of epochs) await kept.epoch(trial, epoch);
  await kept.begin(trial);
  expect((await kept.load(id))?.interrupted[0]?.epochs).toEqual([]);
  await recordAll(kept);
  const loaded = await kept.load(id);
  expect(loaded?.interrupted).toEqual([]);
  expect(loaded?.trials).toHaveLength(6);
});

test("a study keeps its trials when it is renamed, made smaller and larger again", async () => {
  const { store: kept } = store();
  await recordAll(kept);
  const [wide, line] = smallStudy.populations;
  const smaller = { ...smallStudy, name: "renamed", populations: [wide!, { ...line!, count: 1 }] };
  expect(await kept.open(id, smaller)).toHaveLength(3);
  expect(await kept.list()).toMatchObject([{ name: "renamed", settled: 3, total: 3 }]);
  expect(await kept.open(id, smallStudy)).toHaveLength(6);
});

test("studies are listed newest first", async () => {
  const { store: kept } = store();
  await kept.open("old", smallStudy);
  await kept.open("new", smallStudy);
  await kept.open("old", smallStudy);
  expect((await kept.list()).map((each) => each.id)).toEqual(["old", "new"]);
});

test("a deleted study takes its trials and epochs along, and no other's", async () => {
  const { store: kept } = store();
  await recordAll(kept);
  await kept.open("other", smallStudy);
  await kept.begin({ ...trial, trialId: "other/wide/0", studyId: "other" });
  await kept.remove(id);
  expect(await kept.load(id)).toBeUndefined();
  expect(await kept.open(id, smallStudy)).toEqual([]);
  expect((await kept.load("other"))?.interrupted).toHaveLength(1);
});

const done: Trial = {
  ...(({ trialId: _, studyId: __, ...drawn }) => drawn)(trial),
  id: trial.trialId,
  study: id,
  seed: smallStudy.seed,
  regime: smallStudy.regime,
  status: "done",
  epochs,
  error: 0.5,
  ms: 1,
  device: "fake",
  version: "0",
};

/** `count` weights that tell trials apart. */
const weights = (count: number, value: number): KeptWeights => ({
  epoch: 2,
  weights: "trained",
  state: new Map<string, Float32Array | Float64Array>([
    ["stem.weight", new Float32Array(count - 2).fill(value)],
    ["stem.running_mean", Float64Array.of(value, 0.5)],
  ]),
});

test("the weights of a finished trial are there on the next start, in float32, and go with their study", async () => {
  const first = store();
  await first.store.open(id, smallStudy);
  await first.store.finish(done, weights(6, 0.25));
  first.store.close();
  const { store: second } = store(first.name);
  expect(await second.weightsOf(done.id)).toEqual({
    epoch: 2,
    state: new Map([
      ["stem.weight", new Float32Array(4).fill(0.25)],
      ["stem.running_mean", Float32Array.of(0.25, 0.5)],
    ]),
  });
  expect(await second.weightsOf("another")).toBeUndefined();
  await second.remove(id);
  expect(await second.weightsOf(done.id)).toBeUndefined();
});

test("the weights kept longest make room, and a trial's own are not counted twice", async () => {
  const target = new SweepStore({ name: "small room", now: () => ++clock, weightBytes: 100 });
  open.push(target);
  const finish = (name: string, count: number) => target.finish({ ...done, id: name }, weights(count, 1));
  await finish("a", 10);
  await finish("b", 10);
  await finish("b", 15);
  const kept = async () =>
    Promise.all(["a", "b", "c", "d"].map(async (name) => (await target.weightsOf(name)) !== undefined));
  expect(await kept()).toEqual([true, true, false, false]);
  await finish("c", 10);
  expect(await kept()).toEqual([false, true, true, false]);
  // Larger than all the room there is: the record is kept, its weights are not, nor do they drive others out.
  await finish("d", 26);
  expect(await kept()).toEqual([false, true, true, false]);
});

/** What versions of the store had; each holds a study, a trial that is over and one that was under way. */
const versions = [
  {
    studies: "id, updatedAt",
    trials: "id, study",
    running: "trialId, studyId",
    epochs: "[trialId+number], trialId, studyId",
  },
  { weights: "trialId, studyId, [savedAt+bytes]" },
  { checkpoints: "trialId, studyId" },
];

test.each([1, 2, 3])(
  "a database that version %d wrote opens with all it has, and goes on",
  async (version) => {
    const name = `version ${version}`;
    const before = new Dexie(name);
    for (const [i, tables] of versions.slice(0, version).entries()) before.version(i + 1).stores(tables);
    await before.table("studies").put({ id, study: smallStudy, createdAt: 1, updatedAt: 1 });
    await before.table("trials").put(done);
    const under = { ...trial, trialId: `${id}/wide/1`, index: 1 };
    await before.table("running").put({ ...under, startedAt: 1 });
    await before.table("epochs").put({ trialId: under.trialId, studyId: id, number: 1, epoch: epochs[0] });
    if (version > 1)
      await before.table("weights").put({
        ...{ trialId: done.id, studyId: id, savedAt: 1, bytes: 8 },
        ...{ tensors: [{ name: "stem.weight", length: 2 }], values: Float32Array.of(1, 2) },
      });
    before.close();
    const { store: target } = store(name);
    expect(await target.load(id)).toMatchObject({
      ...{ study: smallStudy, createdAt: 1, trials: [done] },
      interrupted: [{ trialId: under.trialId, epochs: [epochs[0]] }],
    });
    expect(await target.weightsOf(done.id)).toEqual(
      version > 1
        ? { epoch: undefined, state: new Map([["stem.weight", Float32Array.of(1, 2)]]) }
        : undefined,
    );
    expect(await target.weightBytes(id)).toBe(version > 1 ? 8 : 0);
    await target.finish({ ...done, id: under.trialId, index: 1 }, weights(6, 1));
    expect((await target.load(id))?.trials).toHaveLength(2);
    expect(await target.weightBytes(id)).toBe(version > 1 ? 32 : 24);
  },
);

test("speeds of devices stay when the database is opened again", async () => {
  const { store: first, name } = store();
  expect(await first.speedsOf("fake")).toEqual([]);
  await first.keepSpeeds("fake", [1, 2]);
  first.close();
  expect(await store(name).store.speedsOf("fake")).toEqual([1, 2]);
});

test("measurements are added to a trial's record", async () => {
  const { store: target } = store();
  await target.open(id, smallStudy);
  await target.finish(done);
  await target.measured(done.id, { "latency.cpu.1": 3, "latency.cpu.1.spread": 0.5 });
  await target.measured(done.id, { "latency.cpu.1": 2 });
  const wanted = { ...done, measured: { "latency.cpu.1": 2, "latency.cpu.1.spread": 0.5 } };
  expect((await target.load(id))?.trials).toEqual([wanted]);
  expect(await target.measured("another", { "latency.cpu.1": 2 })).toBeUndefined();
});

test("a database that a newer version wrote is refused, and keeps its records as they are", async () => {
  const name = "version 99";
  const newer = new Dexie(name);
  newer.version(99).stores({ studies: "id, updatedAt", trials: "id, study", futures: "id" });
  await newer.table("studies").put({ id, study: smallStudy, createdAt: 1, updatedAt: 1 });
  newer.close();
  const { store: target } = store(name);
  await expect(target.list()).rejects.toThrow(/newer version of this page \(store 99, this page knows \d+\)/);
  await expect(target.open(id, smallStudy)).rejects.toThrow(/reload the page/);
  const again = new Dexie(name);
  await again.open();
  expect(await again.table("studies").toArray()).toEqual([
    { id, study: smallStudy, createdAt: 1, updatedAt: 1 },
  ]);
  again.close();
});
