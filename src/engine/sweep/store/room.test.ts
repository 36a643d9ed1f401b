import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { fakeEpochs, fakeTrainer, smallStudy } from "../../../../test/fixtures/fake-training.ts";
import { storage } from "../../../../test/fixtures/full-storage.ts";
import { createControl } from "../../runtime/worker/control.ts";
import type { KeptWeights } from "../../training/trainer.ts";
import { drawTrial } from "../population.ts";
import { runSweep } from "../scheduler.ts";
import { studyId } from "../study-id.ts";
import type { Trial } from "../trial.ts";
import { SweepStore } from "./store.ts";

const id = studyId(smallStudy);
const {
  trialId,
  studyId: study,
  ...drawn
} = drawTrial({ ...smallStudy, studyId: id }, smallStudy.populations[0]!, 0);
const running = { trialId, studyId: study, ...drawn };
const epochs = fakeEpochs({ trial: running, regime: smallStudy.regime });
const trial: Trial = {
  ...{ ...drawn, id: trialId, study: id, seed: smallStudy.seed, regime: smallStudy.regime },
  ...{ status: "done", epochs, error: 0.5, ms: 1, device: "fake", version: "0" },
};
const weights: KeptWeights = {
  epoch: 1,
  weights: "trained",
  state: new Map([["stem.weight", new Float32Array(10)]]),
};

let databases = 0;
const open: SweepStore[] = [];
function newStore(): SweepStore {
  const store = new SweepStore({ name: `room ${++databases}`, now: () => databases });
  open.push(store);
  return store;
}
afterEach(() => {
  storage.full = () => false;
  for (const each of open.splice(0)) each.close();
});

test("where there is no room the write is refused with what to do, and what was recorded stays", async () => {
  const store = newStore();
  await store.open(id, smallStudy);
  await store.finish(trial);
  await store.begin({ ...running, trialId: `${id}/wide/1`, index: 1 });
  await store.epoch({ ...running, trialId: `${id}/wide/1`, index: 1 }, epochs[0]!);
  const before = await store.load(id);
  storage.full = () => true;
  const next = { ...trial, id: `${id}/wide/1`, index: 1 };
  for (const write of [
    () => store.finish(next),
    () => store.epoch({ ...running, trialId: next.id }, epochs[1]!),
    () => store.begin(running),
    () => store.open("another", smallStudy),
  ])
    await expect(write()).rejects.toThrow(/storage .* is full. Every trial recorded so far is kept. Export/);
  expect(await store.load(id)).toEqual(before);
  expect(before?.interrupted[0]?.epochs).toEqual([epochs[0]]);
});

test("kept weights make room for records, the oldest first", async () => {
  const store = newStore();
  await store.open(id, smallStudy);
  const names = Array.from({ length: 8 }, (_, i) => `${id}/wide/${i}`);
  for (const name of names) {
    databases++;
    await store.finish({ ...trial, id: name }, weights);
  }
  const kept = async () =>
    (await Promise.all(names.map((name) => store.weightsOf(name)))).map((state) => state !== undefined);
  // Two refusals: half of eight go, then half of four.
  let refusals = 2;
  storage.full = () => refusals-- > 0;
  await store.finish({ ...trial, id: `${id}/line/0`, population: "line" });
  expect(await kept()).toEqual([false, false, false, false, false, false, true, true]);
  expect((await store.load(id))?.trials.map(({ population }) => population)).toContain("line");
});

test("weights that find no room are left out; their trial is recorded", async () => {
  const store = newStore();
  await store.open(id, smallStudy);
  let writes = 0;
  // The record's transaction puts a trial and touches its study; the weights are the third write.
  storage.full = () => ++writes > 2;
  await store.finish(trial, weights);
  storage.full = () => false;
  expect((await store.load(id))?.trials).toEqual([trial]);
  expect(await store.weightsOf(trialId)).toBeUndefined();
});

test("a run that meets a full storage ends there; nothing recorded is lost, and it goes on when there is room", async () => {
  const store = newStore();
  const control = createControl();
  let ended = 0;
  const run = async () =>
    runSweep({
      ...{ study: smallStudy, studyId: id, recorded: await store.open(id, smallStudy) },
      ...{ train: fakeTrainer(), recorder: store, control, device: "fake", version: "0" },
      listener: {
        trialDone: () => {
          ended += 1;
          if (ended === 2) storage.full = () => true;
        },
      },
    });
  await expect(run()).rejects.toMatchObject({ name: "StoreFullError" });
  storage.full = () => false;
  const kept = (await store.load(id))!.trials;
  expect(kept.map(({ status }) => status)).toEqual(["done", "done"]);
  expect(await run()).toMatchObject({ outcome: "complete", trials: 6 });
});
