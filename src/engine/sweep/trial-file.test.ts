import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakeTrainer, memoryRecorder, smallStudy } from "../../../test/fixtures/fake-training.ts";
import { temporaryFolder } from "../../../test/fixtures/temporary-folder.ts";
import { createControl } from "../runtime/worker/control.ts";
import { TrialFile, type TrialFileMode } from "./node-trial-file.ts";
import { runSweep } from "./scheduler.ts";
import { studyId } from "./study-id.ts";
import { formatTrialLine, parseTrialLines } from "./trial-lines.ts";

const id = studyId(smallStudy);

async function path(): Promise<string> {
  return join(temporaryFolder(), "out.jsonl");
}

/** Runs the small study into a file; stops at the given epoch of the run, if at all. */
async function sweepInto(file: string, mode: TrialFileMode, stopAt = Number.POSITIVE_INFINITY) {
  const out = await TrialFile.open(file, id, mode);
  const control = createControl();
  let epochs = 0;
  const train = fakeTrainer(() => {
    if (epochs++ === stopAt) control.stop();
  });
  const listener = {};
  const parts = {
    recorded: out.recorded,
    recorder: out,
    train,
    listener,
    control,
    device: "fake",
    version: "0",
  };
  await runSweep({ study: smallStudy, studyId: id, ...parts });
  await out.close();
  return out;
}

test("a sweep that was stopped and resumed writes the file of an uninterrupted one", async () => {
  const [whole, parts] = [await path(), await path()];
  await sweepInto(whole, "new");
  await sweepInto(parts, "new", 5);
  expect(parseTrialLines(await readFile(parts)).trials).toHaveLength(2);
  await sweepInto(parts, "resume");
  expect(await readFile(parts, "utf8")).toBe(await readFile(whole, "utf8"));
});

test("a program that died while writing, at any byte, loses that record and nothing else", async () => {
  const whole = await path();
  await sweepInto(whole, "new");
  const bytes = await readFile(whole);
  const lineEnds = [...bytes.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []));
  const among = Array.from({ length: Math.ceil(bytes.length / 997) }, (_, i) => i * 997);
  const nearEnds = lineEnds.flatMap((end) => [end - 3, end - 2, end - 1, end, end + 1]);
  for (const cut of [...among, ...nearEnds.filter((at) => at <= bytes.length)]) {
    const { trials, wholeBytes, cutOff } = parseTrialLines(bytes.subarray(0, cut));
    // A record is whole without its newline.
    const whole = lineEnds.filter((end) => end - 1 <= cut);
    const wholeEnd = Math.min(whole.at(-1) ?? 0, cut);
    expect([trials.length, wholeBytes, cutOff]).toEqual([whole.length, wholeEnd, wholeEnd < cut]);
  }
  const file = await path();
  await writeFile(file, bytes.subarray(0, lineEnds[2]! + 100));
  expect((await sweepInto(file, "resume")).repaired).toBe(true);
  expect(await readFile(file, "utf8")).toBe(bytes.toString());
});

test("a last record that lacks only its newline counts; what a resumed sweep appends begins on a line of its own", async () => {
  const whole = await path();
  await sweepInto(whole, "new");
  const bytes = await readFile(whole);
  const lineEnds = [...bytes.entries()].flatMap(([at, byte]) => (byte === 10 ? [at + 1] : []));
  for (const end of [lineEnds[0]!, lineEnds[2]!, bytes.length]) {
    const file = await path();
    await writeFile(file, bytes.subarray(0, end - 1));
    const out = await sweepInto(file, "resume");
    expect([out.repaired, out.recorded.length]).toEqual([false, lineEnds.indexOf(end) + 1]);
    expect(await readFile(file, "utf8")).toBe(bytes.toString());
  }
});

test("a last line without its newline that is an object and no trial is named; what is no object was cut", () => {
  const read = (text: string) => parseTrialLines(new TextEncoder().encode(text));
  expect(() => read('\n{"id":1}')).toThrow(/^line 2\.id: 1 is not allowed/);
  for (const text of ["1", "{", '{"id":{}', "[]", '"}"'])
    expect(read(text)).toEqual({ trials: [], wholeBytes: 0, cutOff: true });
  expect(read("")).toEqual({ trials: [], wholeBytes: 0, cutOff: false });
});

test("a failed trial that is trained again when the program dies goes on from its last epoch", async () => {
  const [whole, file] = [await path(), await path()];
  await sweepInto(whole, "new");
  const trial = parseTrialLines(await readFile(whole)).trials[0]!;
  await writeFile(
    file,
    formatTrialLine({ ...trial, status: "failed", reason: "out of memory", error: null }),
  );
  const dying = await TrialFile.open(file, id, "resume");
  const state = new Map([["w", new Float32Array([1, 2])]]);
  const checkpoint = { state, epoch: 1, epochs: trial.epochs.slice(0, 1), devices: ["fake"], version: "0" };
  await dying.epoch({ ...trial, studyId: id, trialId: trial.id }, trial.epochs[0]!, checkpoint);
  await dying.close();
  const next = await TrialFile.open(file, id, "resume");
  expect(await next.checkpoint(trial.id)).toMatchObject({ epochs: checkpoint.epochs });
  await next.close();
  await writeFile(file, formatTrialLine(trial));
  const done = await TrialFile.open(file, id, "resume");
  expect(await done.checkpoint(trial.id)).toBeUndefined();
  await done.close();
});

test("an existing file is neither overwritten nor mixed with another study", async () => {
  const file = await path();
  await sweepInto(file, "new");
  await expect(sweepInto(file, "new")).rejects.toThrow(
    /out\.jsonl: exists already; --resume goes on with it/,
  );
  await expect(TrialFile.open(file, "another", "resume")).rejects.toThrow(/trial 1: belongs to study/);
  await sweepInto(file, "replace", 0);
  expect(await readFile(file, "utf8")).toBe("");
});

test("a line that is no trial is named", async () => {
  const file = await path();
  await sweepInto(file, "new");
  await appendFile(file, '{"id":1}\n');
  await expect(TrialFile.open(file, id, "resume")).rejects.toThrow(
    /out\.jsonl: line 7\.id: 1 is not allowed/,
  );
  await writeFile(file, "<html>\n");
  await expect(TrialFile.open(file, id, "resume")).rejects.toThrow("line 1: not JSON");
});

test("a trial is read back from its line", async () => {
  const recorder = memoryRecorder();
  const control = createControl();
  const train = fakeTrainer();
  const parts = { recorded: [], recorder, train, listener: {}, control, device: "fake", version: "0" };
  await runSweep({ study: smallStudy, studyId: id, ...parts });
  const text = recorder.trials.map(formatTrialLine).join("");
  expect(parseTrialLines(new TextEncoder().encode(text)).trials).toEqual(recorder.trials);
});

describe("records of other versions", () => {
  const recorded = async () => {
    const recorder = memoryRecorder();
    const control = createControl();
    const train = fakeTrainer();
    const parts = { recorded: [], recorder, train, listener: {}, control, device: "fake", version: "0" };
    await runSweep({ study: smallStudy, studyId: id, ...parts });
    return recorder.trials[0]!;
  };
  const read = (record: unknown) =>
    parseTrialLines(new TextEncoder().encode(`${JSON.stringify(record)}\n`)).trials[0]!;

  test("a record of the first version, which counted no draws and had fewer settings, is read as it was meant", async () => {
    const { draws: _, network, regime, ...trial } = await recorded();
    const { nesterov: __, warmup: ___, ...olderRegime } = regime;
    const olderStages = network.stages.map(({ expansion: ____, kernel: _____, ...stage }) => stage);
    const older = { ...trial, network: { ...network, stages: olderStages }, regime: olderRegime };
    expect(read(older)).toEqual({
      ...trial,
      network,
      regime: { ...regime, nesterov: true, warmup: 0.1 },
      draws: 1,
    });
  });

  test.each([
    ["trained in a way", { regime: { quantumSteps: 3 } }, "line 1.regime.quantumSteps: a field"],
    ["that ended in a way", { status: "pruned" }, 'line 1.status: a status, "pruned",'],
  ])(
    "a record %s that this version does not know is refused with its version",
    async (_, change, message) => {
      const trial = await recorded();
      const newer = {
        ...{ ...trial, ...change, version: "9.1.0" },
        regime: { ...trial.regime, ...("regime" in change ? change.regime : {}) },
      };
      expect(() => read(newer)).toThrow(message);
      expect(() => read(newer)).toThrow(
        "by version 9.1.0 of the program: read it with that version or a later one",
      );
    },
  );

  test("a study of another program keeps its own limits and data", async () => {
    const trial = await recorded();
    const regime = { ...trial.regime, dataset: "imagenet", images: 1_281_167, batch: 8_192 };
    expect(read({ ...trial, regime }).regime).toEqual(regime);
  });
});
