import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fakeTrainer, memoryRecorder, smallStudy } from "../../../test/fixtures/fake-training.ts";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { temporaryFolder } from "../../../test/fixtures/temporary-folder.ts";
import { createControl } from "../runtime/worker/control.ts";
import type { Regime } from "../training/regime.ts";
import { CostModel, predictedSoFar, trialWork } from "./cost-model.ts";
import type { DeviceSpeeds } from "./device-speeds.ts";
import { SpeedsFile, speedsFile } from "./node-device-speeds.ts";
import type { SweepProgress } from "./protocol.ts";
import { runSweep } from "./scheduler.ts";
import type { SweepRun, TrialTrainer } from "./sweep-run.ts";
import { type TrialStatus, withoutTimes } from "./trial.ts";

const work = fc.double({ min: 1, max: 1e12, noNaN: true });
const rate = fc.double({ min: 1e-9, max: 1, noNaN: true });

function learned(trials: readonly (readonly [number, number])[]): CostModel {
  const model = new CostModel();
  for (const [work, ms] of trials) model.observe(work, ms);
  return model;
}

test("times that are proportional to the work are predicted exactly, with a trial under way too", () => {
  fc.assert(
    fc.property(
      rate,
      fc.array(work, { minLength: 1, maxLength: 30 }),
      work,
      work,
      (rate, works, wanted, part) => {
        const model = learned(works.map((each) => [each, each * rate]));
        expect(model.predict(wanted)! / (wanted * rate)).toBeCloseTo(1, 9);
        const underWay = { work: part, ms: part * rate, share: 0.3 };
        expect(model.predict(wanted, underWay)! / (wanted * rate)).toBeCloseTo(1, 9);
        expect(new CostModel().predict(wanted, underWay)! / (wanted * rate)).toBeCloseTo(1, 9);
      },
    ),
  );
});

test("one odd trial moves no prediction beyond the others, whatever its time and size", () => {
  const others = fc.array(rate, { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(
      others,
      work,
      fc.double({ min: 0, max: 1e15, noNaN: true }),
      fc.nat(8),
      (rates, odd, ms, at) => {
        const trials = rates.map((each): [number, number] => [1e6, 1e6 * each]);
        const predicted = learned(trials.toSpliced(Math.min(at, trials.length), 0, [odd, ms])).predict(1)!;
        expect(predicted).toBeGreaterThanOrEqual(Math.min(...rates) * (1 - 1e-9));
        expect(predicted).toBeLessThanOrEqual(Math.max(...rates) * (1 + 1e-9));
      },
    ),
  );
});

test("a study of another kind is learned within five trials; what no clock can tell is left out", () => {
  const model = new CostModel(Array.from({ length: 9 }, () => 1));
  for (let i = 0; i < 5; i++) model.observe(10, 20);
  expect(model.predict(3)).toBe(6);
  model.observe(0, 5);
  model.observe(5, 0);
  expect(model.rates).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 2]);
  expect(new CostModel([Number.NaN, -1, "1" as never]).predict(1)).toBeUndefined();
});

/** Takes exactly this long for a unit of work. */
function steady(msPerWork: number): TrialTrainer {
  const train = fakeTrainer();
  return async (job) => {
    const ms = msPerWork * trialWork(job.trial.network, job.regime);
    const { onStep } = job;
    const timed = { onStep: (step: number, steps: number) => onStep?.(step, steps, (ms * step) / steps) };
    return { ...(await train({ ...job, ...timed })), ms };
  };
}

function sweep(more: Partial<SweepRun> = {}) {
  const recorder = memoryRecorder();
  const reports: SweepProgress[] = [];
  let clock = 0;
  const run: SweepRun = {
    ...{ study: smallStudy, studyId: "s", recorded: [], train: steady(1e-6), recorder },
    listener: { progress: (progress) => reports.push(progress) },
    ...{ control: createControl(), device: "fake", version: "0", now: () => (clock += 1_000) },
    ...more,
  };
  return { run, recorder, reports };
}

function memorySpeeds(): DeviceSpeeds {
  const speeds = new Map<string, readonly number[]>();
  return {
    speedsOf: async (device) => speeds.get(device) ?? [],
    keepSpeeds: async (device, rates) => void speeds.set(device, rates),
  };
}

test("a second study on a device knows its time in its first trial, another device does not", async () => {
  const speeds = memorySpeeds();
  const first = sweep({ speeds });
  await runSweep(first.run);
  expect(first.recorder.trials.map((trial) => trial.predictedMs !== undefined)).toEqual(
    first.recorder.trials.map((_, i) => i > 0),
  );
  const second = sweep({ speeds, studyId: "t" });
  await runSweep(second.run);
  for (const { predictedMs, ms } of second.recorder.trials) expect(predictedMs! / ms).toBeCloseTo(1, 9);
  expect(second.reports[0]!.etaMs).toBeUndefined();
  expect(second.reports[1]).toMatchObject({ step: 1, etaMs: expect.any(Number) });
  const other = sweep({ speeds, device: "another" });
  await runSweep(other.run);
  expect(other.recorder.trials[0]).not.toHaveProperty("predictedMs");
});

test("records are the same with and without predictions but for them; speeds that cannot be kept end no run", async () => {
  const whole = sweep();
  await runSweep(whole.run);
  const refused = async () => Promise.reject(new Error("full"));
  const other = sweep({ speeds: { speedsOf: refused, keepSpeeds: refused } });
  expect(await runSweep(other.run)).toMatchObject({ outcome: "complete" });
  const known = sweep({ speeds: { speedsOf: async () => [1], keepSpeeds: async () => {} } });
  await runSweep(known.run);
  for (const { recorder } of [other, known])
    expect(recorder.trials.map(withoutTimes)).toEqual(whole.recorder.trials.map(withoutTimes));
});

test("a resumed trial keeps the prediction made before it began", async () => {
  const control = createControl();
  const recorder = memoryRecorder();
  const speedsOf = (rate: number) => ({ speedsOf: async () => [rate], keepSpeeds: async () => {} });
  const train = fakeTrainer((_, epoch) => void (epoch === 2 && control.stop()));
  await runSweep(sweep({ recorder, control, train, speeds: speedsOf(1) }).run);
  const stopped = recorder.trials.at(-1)!;
  expect(stopped).toMatchObject({ status: "stopped", predictedMs: expect.any(Number) });
  await runSweep(sweep({ recorder, recorded: [stopped], speeds: speedsOf(5) }).run);
  const [, resumed, next] = recorder.trials;
  expect(resumed).toMatchObject({ id: stopped.id, status: "done", predictedMs: stopped.predictedMs });
  expect(next!.predictedMs! / trialWork(next!.network, smallStudy.regime)).toBeGreaterThan(1.5);
});

test("speeds are kept beside the results, a device each; a file that is no JSON counts as none", async () => {
  const folder = temporaryFolder();
  const speeds = new SpeedsFile(join(folder, "a.jsonl"));
  expect(await speeds.speedsOf("one")).toEqual([]);
  await speeds.keepSpeeds("one", [1, 2]);
  await speeds.keepSpeeds("two", [3]);
  const again = new SpeedsFile(join(folder, "b.jsonl"));
  expect([await again.speedsOf("one"), await again.speedsOf("two")]).toEqual([[1, 2], [3]]);
  expect(await readdir(folder)).toEqual([speedsFile]);
  for (const broken of ["{", "null", '{"one": 5}']) {
    await writeFile(join(folder, speedsFile), broken);
    expect(await again.speedsOf("one")).toEqual([]);
  }
  await again.keepSpeeds("one", [4]);
  expect(await speeds.speedsOf("one")).toEqual([4]);
});

test("of a training that was cut or waits, what was predicted for the epochs it got", () => {
  const { network, regime } = fakeTrial("RegNetX", 0, 0.2);
  const of = (status: TrialStatus, trained: number, more: Partial<Regime> = {}) =>
    predictedSoFar({
      ...{ status, predictedMs: 8_000, network, regime: { ...regime, epochs: 4, ...more } },
      epochs: Array.from({ length: trained }),
    });
  expect(of("done", 4)).toBe(8_000);
  expect([of("cut", 1), of("waits", 2), of("stopped", 3)]).toEqual([2_000, 4_000, 6_000]);
  // The first half on images of half the side costs a quarter as much an epoch.
  const smaller = { progressive: { phases: 2, resolution: network.spec.input.height / 2 } };
  expect(of("cut", 2, smaller)).toBeCloseTo(8_000 * (0.5 / 2.5), 6);
  expect([of("cut", 0), of("diverged", 2), of("failed", 2)]).toEqual([undefined, undefined, undefined]);
});
