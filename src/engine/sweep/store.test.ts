import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { fakeEpochs, fakeTrainer, memoryRecorder, smallStudy } from "../../../test/fixtures/fake-training.ts";
import { createControl } from "../runtime/worker/control.ts";
import { drawTrial } from "./population.ts";
import { runSweep } from "./scheduler.ts";
import { SweepStore } from "./store.ts";
import { studyId } from "./study-id.ts";
import type { Trial } from "./trial.ts";

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
    train: fakeTrainer(control),
    recorder: {
      begin: (each) => target.begin(each),
      epoch: (each, epoch) => target.epoch(each, epoch),
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
