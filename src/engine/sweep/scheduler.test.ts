import fc from "fast-check";
import { expect, test } from "vitest";
import { smallNetwork } from "../../../test/fixtures/any-study.ts";
import { createFakeExecutor, fakeImages } from "../../../test/fixtures/fake-executor.ts";
import { fakeTrainer, memoryRecorder, smallStudy } from "../../../test/fixtures/fake-training.ts";
import { ExecutorError } from "../runtime/executor.ts";
import { createControl } from "../runtime/worker/control.ts";
import { trainNetwork } from "../training/trainer.ts";
import type { SweepProgress } from "./protocol.ts";
import { trialOrder } from "./schedule.ts";
import { runSweep } from "./scheduler.ts";
import { parseStudy } from "./study.ts";
import type { SweepRun } from "./sweep-run.ts";

function sweep(more: Partial<SweepRun> = {}) {
  const control = more.control ?? createControl();
  const recorder = memoryRecorder();
  const run: SweepRun = {
    study: smallStudy,
    studyId: "s",
    recorded: [],
    train: fakeTrainer(),
    recorder,
    listener: {},
    control,
    device: "fake",
    version: "0",
    ...more,
  };
  return { run, recorder, control };
}

test("the order visits every network once and keeps populations level", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }), (counts) => {
      const order = trialOrder(counts.map((count) => ({ count })));
      expect(order).toHaveLength(counts.reduce((sum, count) => sum + count, 0));
      const done = counts.map(() => 0);
      order.forEach(({ population, index }, at) => {
        expect(index).toBe(done[population]);
        done[population]! += 1;
        const share = (at + 1) / order.length;
        counts.forEach((count, i) => {
          expect(Math.abs(done[i]! - share * count)).toBeLessThanOrEqual(counts.length);
        });
      });
    }),
  );
});

test("given networks are trained in their order, each under its own name", async () => {
  const networks = ["a", "b"].map((name, i) => smallNetwork(name, 8 * (i + 1)));
  const study = parseStudy({
    version: 1,
    populations: [
      { name: "pair", networks },
      { name: "one", networks: networks.slice(0, 1) },
    ],
  });
  const { run, recorder } = sweep({ study });
  expect(await runSweep(run)).toMatchObject({ outcome: "complete", trials: 3 });
  const told = recorder.trials.map(({ id, network, params, draws }) => [
    id,
    network.name,
    params.family,
    draws,
  ]);
  expect(told.toSorted()).toEqual([
    ["s/one/0", "one", "given", 1],
    ["s/pair/0", "a", "given", 1],
    ["s/pair/1", "b", "given", 1],
  ]);
});

test("trials on other images under the same name: a run does not go on beside settled ones, and begins others anew", async () => {
  const control = createControl();
  const first = sweep({ dataDigest: "aaaa", control });
  const train = fakeTrainer(({ trial }, epoch) => {
    if (trial.trialId === "s/line/2" && epoch === 2) control.stop();
  });
  await runSweep({ ...first.run, train });
  const recorded = [...first.recorder.trials];
  const stopped = recorded.at(-1)!;
  expect(stopped).toMatchObject({ id: "s/line/2", status: "stopped", dataDigest: "aaaa" });
  expect(recorded.length).toBeGreaterThan(1);

  const next = { ...first.run, control: createControl(), recorded };
  const before = first.recorder.log.length;
  await expect(runSweep({ ...next, dataDigest: "bbbb" })).rejects.toThrow(
    /^regime\.dataset: fashion-mnist has other images \(digest bbbb\) than \d recorded trials? (was|were) trained on \(digest aaaa\); expected/,
  );
  expect(first.recorder.log).toHaveLength(before);

  // Nothing stands beside it: it begins anew, not at its second epoch.
  await runSweep({ ...next, recorded: [stopped], dataDigest: "bbbb" });
  const log = first.recorder.log.slice(before);
  expect(log).toContain("begin s/line/2");
  expect(first.recorder.trials.at(-1)).toMatchObject({ dataDigest: "bbbb" });
});

test("records that do not say their images are gone on with", async () => {
  const first = sweep();
  await runSweep(first.run);
  const recorded = first.recorder.trials.slice(0, 2);
  expect(recorded[0]).not.toHaveProperty("dataDigest");
  expect(await runSweep({ ...sweep().run, recorded, dataDigest: "bbbb" })).toMatchObject({
    outcome: "complete",
  });
});

test("a given network that does not fit the data ends the run before anything is trained", async () => {
  const network = smallNetwork("a", 8);
  const wide = { ...network, input: { height: 32, width: 32, channels: 3 } };
  const study = parseStudy({ version: 1, populations: [{ name: "pair", networks: [network, wide] }] });
  const { run, recorder } = sweep({ study });
  await expect(runSweep(run)).rejects.toThrow(
    "populations[0].networks[1].input.channels: 3 is not allowed; Fashion-MNIST has 1",
  );
  expect(recorder.trials).toEqual([]);
});

test("a run trains every network and records it as it goes", async () => {
  const { run, recorder } = sweep();
  const summary = await runSweep(run);
  expect(summary).toMatchObject({ studyId: "s", outcome: "complete", trials: 6 });
  expect(recorder.trials.map(({ id }) => id)).toEqual([
    "s/line/0",
    "s/wide/0",
    "s/line/1",
    "s/line/2",
    "s/wide/1",
    "s/line/3",
  ]);
  expect(recorder.log.slice(0, 4)).toEqual([
    "begin s/line/0",
    "epoch 1 s/line/0",
    "epoch 2 s/line/0",
    "done s/line/0",
  ]);
  for (const { network, draws, seed } of recorder.trials) {
    expect(network.flops).toBeGreaterThanOrEqual(1e6);
    expect(network.flops).toBeLessThanOrEqual(3e6);
    expect(network.trainBytes).toBeGreaterThan(network.params * 12);
    expect(draws).toBeGreaterThanOrEqual(1);
    expect(seed).toBe(3);
  }
  for (const { accepted, drawn, population } of summary.acceptance) {
    const mine = recorder.trials.filter((trial) => trial.population === population);
    expect(accepted).toBe(mine.length);
    expect(drawn).toBe(mine.reduce((sum, { draws }) => sum + draws, 0));
  }
});

test("a run that was stopped anywhere and resumed has the records of an uninterrupted one", async () => {
  const whole = sweep();
  const summary = await runSweep(whole.run);
  for (let stopAt = 0; stopAt < 12; stopAt++) {
    const control = createControl();
    let epochs = 0;
    const first = sweep({
      control,
      train: fakeTrainer(() => {
        if (epochs++ === stopAt) control.stop();
      }),
    });
    expect((await runSweep(first.run)).outcome).toBe("stopped");
    const recorded = first.recorder.trials;
    expect(recorded.at(-1)?.status).toBe("stopped");
    const second = sweep({ recorded });
    expect(await runSweep(second.run)).toEqual(summary);
    const settled = recorded.filter(({ status }) => status !== "stopped");
    expect([...settled, ...second.recorder.trials]).toEqual(whole.recorder.trials);
  }
});

test.each([
  ["out-of-memory", "the plan needs 5 GB"],
  ["interrupted", "a step could not be finished: thread 1 of 2 ended"],
] as const)(
  "a network that fails (%s) is recorded with its reason, and the run goes on",
  async (code, reason) => {
    const control = createControl();
    const { run, recorder } = sweep({
      control,
      train: fakeTrainer(({ trial }, epoch) => {
        if (trial.trialId === "s/wide/0" && epoch === 2) throw new ExecutorError(code, reason);
      }),
    });
    expect((await runSweep(run)).outcome).toBe("complete");
    expect(recorder.trials).toHaveLength(6);
    const failed = recorder.trials.find(({ id }) => id === "s/wide/0");
    expect(failed).toMatchObject({ status: "failed", reason, error: null });
    expect(failed?.epochs).toHaveLength(1);
  },
);

test("a network whose loss is NaN is recorded as diverged, with the step, and the run goes on", async () => {
  const executor = createFakeExecutor({
    step: (step, count) => ({ lossSum: step < 6 ? count : Number.NaN, correct: 0 }),
    evaluate: (count) => ({ lossSum: count, correct: 0 }),
  });
  const others = fakeTrainer();
  const { run, recorder } = sweep({
    control: createControl(),
    train: (job) => {
      if (job.trial.trialId !== "s/wide/0") return others(job);
      const data = { train: fakeImages(64), test: fakeImages(32) };
      return trainNetwork({ ...job, executor, data });
    },
  });
  expect((await runSweep(run)).outcome).toBe("complete");
  const diverged = recorder.trials.find(({ id }) => id === "s/wide/0");
  const reason = "training loss is NaN at step 6 of 8";
  expect(diverged).toMatchObject({ status: "diverged", reason, error: 1 });
  expect(diverged?.epochs).toHaveLength(1);
  expect(recorder.trials.map(({ status }) => status).sort()).toEqual([
    "diverged",
    ...new Array(5).fill("done"),
  ]);
});

test("a lost device or a store that refuses ends the run", async () => {
  const lost = sweep({
    train: fakeTrainer(() => {
      throw new ExecutorError("lost", "the device is gone");
    }),
  });
  await expect(runSweep(lost.run)).rejects.toThrow("the device is gone");
  const full = sweep({
    recorder: { ...memoryRecorder(), finish: () => Promise.reject(new Error("quota exceeded")) },
  });
  await expect(runSweep(full.run)).rejects.toThrow("quota exceeded");
});

test("a budget that nothing satisfies is told before anything is trained", async () => {
  const study = parseStudy({
    ...smallStudy,
    populations: [
      smallStudy.populations[0],
      { name: "none", space: "regnetx", count: 1, budget: { flops: "1..2" } },
    ],
  });
  const { run, recorder } = sweep({ study });
  await expect(runSweep(run)).rejects.toThrow(/^populations\[1\]\.budget: RegNetX: none of .*flops above/);
  expect(recorder.log).toEqual([]);
});

test("progress only grows, ends at 1, and knows the time that is left after the first epoch", async () => {
  const reports: SweepProgress[] = [];
  let clock = 0;
  const { run } = sweep({
    listener: { progress: (progress) => reports.push(progress) },
    now: () => (clock += 1_000),
  });
  await runSweep(run);
  expect(reports[0]).toMatchObject({ trials: { settled: 0, total: 6 }, fraction: 0 });
  expect(reports.at(-1)).toMatchObject({ trials: { settled: 6, total: 6 }, fraction: 1, etaMs: 0 });
  expect(reports.slice(1).every(({ etaMs }) => etaMs !== undefined)).toBe(true);
  // Half of the first of six trials.
  expect(reports[1]!.fraction).toBeCloseTo(1 / 12, 10);
  expect(reports[1]!.etaMs).toBeCloseTo(10 * 11, 6);
});

test("a trial that is given up while it is trained again is recorded with the new reason, once", async () => {
  const trialId = "s/line/0";
  const first = sweep({
    train: async () => {
      throw new Error("old");
    },
  });
  await runSweep(first.run);
  const recorded = first.recorder.trials.filter(({ id }) => id === trialId);
  expect(recorded).toMatchObject([{ status: "failed", reason: "old" }]);
  const giveUp = { trialId, reason: "no worker survives it" };
  const second = sweep({ recorded, giveUp });
  await runSweep(second.run);
  const given = second.recorder.trials.filter(({ id }) => id === trialId);
  expect(given).toMatchObject([{ status: "failed", reason: giveUp.reason }]);
  const third = sweep({ recorded: given, giveUp });
  await runSweep(third.run);
  expect(third.recorder.trials.filter(({ id }) => id === trialId)).toEqual([]);
});
