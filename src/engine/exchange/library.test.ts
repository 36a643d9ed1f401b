import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { SweepStore } from "../sweep/store/store.ts";
import { defaultStudy } from "../sweep/study.ts";
import { studyId } from "../sweep/study-id.ts";
import type { Trial } from "../sweep/trial.ts";
import { type ExportedStudy, StudyLibrary } from "./library.ts";
import { readStudies } from "./read-studies.ts";
import { trialsAs } from "./study-records.ts";

const id = studyId(defaultStudy);
const trials = trialsAs(id, [
  fakeTrial("AnyNetXA", 0, 0.31),
  fakeTrial("RegNetX", 0, 0.21),
  fakeTrial("RegNetX", 1, "diverged"),
]);

const open: SweepStore[] = [];
afterEach(() => {
  for (const store of open.splice(0)) store.close();
});

let databases = 0;
async function library(kept: readonly Trial[] = trials) {
  const store = new SweepStore({ name: `library ${++databases}` });
  open.push(store);
  if (kept.length > 0) await store.put(id, defaultStudy, kept);
  return { store, library: new StudyLibrary(store) };
}

const bytesOf = ({ parts }: ExportedStudy) =>
  parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
const read = async (file: ExportedStudy) => readStudies(file.fileName, bytesOf(file));
const outcome = (list: readonly Trial[]) => [...list].sort((a, b) => (a.id < b.id ? -1 : 1));

test("a list says what is kept: populations, how far, how many bytes", async () => {
  const { store, library: kept } = await library();
  const state = new Map([["stem.weight", new Float32Array(25)]]);
  await store.finish(trials[0]!, { epoch: 1, weights: "trained", state });
  const [entry] = await kept.list();
  expect(entry).toMatchObject({
    ...{ id, name: defaultStudy.name, settled: 3, total: 16, populations: ["AnyNetXA", "RegNetX"] },
    ...{ interrupted: 0, archive: false, weightBytes: 100 },
    recordBytes: trials.reduce((sum, trial) => sum + JSON.stringify(trial).length, 0),
  });
});

test("another name changes nothing else; one that no study may have is refused", async () => {
  const { store, library: kept } = await library();
  await kept.rename(id, "  Widths ");
  expect((await store.load(id))?.study).toEqual({ ...defaultStudy, name: "Widths" });
  expect(await store.everyTrial(id)).toHaveLength(3);
  await expect(kept.rename(id, "a/b")).rejects.toThrow('name: no "/"');
  await expect(kept.rename("another", "b")).rejects.toThrow(/no longer kept here/);
});

test("a duplicate has an id and records of its own; the first stays as it is", async () => {
  const { store, library: kept } = await library();
  const whole = await kept.duplicate(id, true);
  const empty = await kept.duplicate(id, false);
  expect(new Set([id, whole, empty]).size).toBe(3);
  const copied = (await store.load(whole))!;
  expect(copied.study).toEqual({ ...defaultStudy, name: `${defaultStudy.name} (copy)`, copy: 2 });
  expect(studyId(copied.study)).toBe(whole);
  expect(outcome(copied.trials)).toEqual(outcome(trialsAs(whole, trials)));
  expect((await store.load(empty))?.trials).toEqual([]);
  expect(outcome(await store.everyTrial(id))).toEqual(outcome(trials));
});

test("an exported study comes back whole in another browser, where it can be run on", async () => {
  const here = await library();
  const there = await library([]);
  const file = await here.library.export(id, "jsonl");
  expect(file.fileName).toBe("anynetxa-against-regnetx.jsonl");
  expect(await there.library.import(file.fileName, await read(file))).toEqual([
    { id, name: defaultStudy.name, added: 3, same: 0, conflicts: [], notes: [] },
  ]);
  const loaded = (await there.store.load(id))!;
  expect([loaded.study, outcome(loaded.trials)]).toEqual([defaultStudy, outcome(trials)]);
  // Once more: nothing new.
  expect(await there.library.import(file.fileName, await read(file))).toMatchObject([{ added: 0, same: 3 }]);
});

test("records of a study that is here come together; a different outcome is named and what is here stays", async () => {
  const { store, library: kept } = await library(trials.slice(0, 2));
  const other = { ...trials[1]!, error: 0.5 };
  const lines = [other, trials[2]!].map((trial) => new TextEncoder().encode(`${JSON.stringify(trial)}\n`));
  const [done] = await kept.import("out.jsonl", await readStudies("out.jsonl", lines));
  expect(done).toMatchObject({ id, added: 1, conflicts: ["RegNetX 1: error 0.21 here, error 0.5 there"] });
  expect(outcome(await store.everyTrial(id))).toEqual(outcome(trials));
  // The set-up that was run here says more than records do.
  expect((await store.load(id))?.study).toEqual(defaultStudy);
});

test("records of a study that is here, of other images under its data set's name, are kept beside it and say so", async () => {
  const on = (dataDigest: string) => trials.map((trial) => ({ ...trial, dataDigest }));
  const { store, library: kept } = await library(on("0123"));
  const linesOf = (list: readonly Trial[]) =>
    list.map((trial) => new TextEncoder().encode(`${JSON.stringify(trial)}\n`));
  const add = async () => kept.import("out.jsonl", await readStudies("out.jsonl", linesOf(on("4567"))));
  const [done] = await add();
  expect(done).toMatchObject({ name: "out, other images", added: 3, same: 0, conflicts: [] });
  expect(done!.notes).toEqual([
    "its trials were trained on other images of fashion-mnist (digest 4567) than those of this study that are here " +
      "(digest 0123): they are kept beside it, for looking at",
  ]);
  expect(outcome(await store.everyTrial(id))).toEqual(outcome(on("0123")));
  expect(await kept.list()).toHaveLength(2);
  // Once more: nothing new. Of the images that are here: they come together.
  expect(await add()).toMatchObject([{ id: done!.id, added: 0, same: 3 }]);
  const same = await kept.import("out.jsonl", await readStudies("out.jsonl", linesOf(on("0123"))));
  expect(same).toMatchObject([{ id, added: 0, same: 3, notes: [] }]);
});

test("records without their set-up are an archive, until the study file comes", async () => {
  const { store, library: kept } = await library([]);
  const lines = [new TextEncoder().encode(trials.map((trial) => `${JSON.stringify(trial)}\n`).join(""))];
  await kept.import("out.jsonl", await readStudies("out.jsonl", lines));
  expect(await kept.list()).toMatchObject([{ id, name: "out", archive: true, settled: 3, total: 3 }]);
  expect((await store.load(id))?.origin).toEqual({ from: "out.jsonl", notes: [] });
  const file = [new TextEncoder().encode(JSON.stringify(defaultStudy))];
  await kept.import("study.json", await readStudies("study.json", file));
  expect(await kept.list()).toMatchObject([{ id, archive: false, settled: 3, total: 16 }]);
});

test("every format of an export is what its name says", async () => {
  const { library: kept } = await library();
  expect((await read(await kept.export(id, "sweep.json"))).studies[0]?.trials).toEqual(trials);
  expect((await read(await kept.export(id, "study"))).definition).toEqual(defaultStudy);
  const csv = (await kept.export(id, "csv")).parts.join("");
  expect(csv.trimEnd().split("\n")).toHaveLength(4);
  // A sweep of pycls has one population.
  const { fileName, parts, notes } = await kept.export(id, "pycls");
  expect(fileName).toBe("anynetxa-against-regnetx.pycls.zip");
  const names = new TextDecoder("latin1").decode(parts[0] as Uint8Array).match(/[\w-]+\.yaml/g);
  expect(new Set(names)).toEqual(new Set(["anynetxa.yaml", "regnetx.yaml"]));
  expect(notes.join()).toContain("regime.dataset fashion-mnist: pycls has no loader for it");
});

test("merged studies stand beside the ones they are of, and say so", async () => {
  const { store, library: kept } = await library();
  const copy = await kept.duplicate(id, true);
  const hot = { ...defaultStudy, name: "Hot", seed: 2 };
  await store.put(studyId(hot), hot, trialsAs(studyId(hot), trials));
  const same = await kept.merge([id, copy], "whole");
  expect(await store.load(same.id)).toMatchObject({
    study: { name: "whole", copy: 3 },
    trials: { length: 3 },
  });
  const side = await kept.merge([id, studyId(hot)], "both");
  const loaded = (await store.load(side.id))!;
  expect(loaded.study.archive).toBe(side.id);
  expect(loaded.trials).toHaveLength(6);
  expect(loaded.origin).toEqual({ from: `${defaultStudy.name}, Hot`, notes: side.notes });
  expect(await kept.list()).toHaveLength(5);
});

test("what runs in another tab is neither deleted nor added to", async () => {
  const { store } = await library();
  const busy = new StudyLibrary(store, async () => undefined);
  await expect(busy.remove(id)).rejects.toMatchObject({ name: "StudyBusyError" });
  await expect(
    busy.import("study.json", { studies: [], definition: defaultStudy, notes: [] }),
  ).rejects.toThrow(/another tab/);
  expect(await store.load(id)).toBeDefined();
});
