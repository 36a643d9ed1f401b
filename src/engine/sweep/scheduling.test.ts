import fc from "fast-check";
import { expect, test } from "vitest";
import { smallNetwork } from "../../../test/fixtures/any-study.ts";
import { fakeTrainer, memoryRecorder, smallStudy } from "../../../test/fixtures/fake-training.ts";
import { createControl } from "../runtime/worker/control.ts";
import type { EpochRecord } from "../training/trainer.ts";
import { beaten } from "./halving.ts";
import type { SweepProgress } from "./protocol.ts";
import { runSweep } from "./scheduler.ts";
import { reaching, rungsOf, totalTrials } from "./scheduling.ts";
import { parseStudy, type Study } from "./study.ts";
import { studyId } from "./study-id.ts";
import type { SweepRun, TrialJob } from "./sweep-run.ts";
import { isSettled, type Trial } from "./trial.ts";

/** Networks whose errors the fake trainer takes from their flops. */
const networks = (count: number, from = 1) =>
  Array.from({ length: count }, (_, i) => smallNetwork(`n${from + i}`, 8 * (from + i)));
const regime = { images: 64, testImages: 32, batch: 16, epochs: 8 };
const study = parseStudy({
  version: 1,
  populations: [
    { name: "eight", networks: networks(8) },
    { name: "three", networks: networks(3, 4) },
  ],
  regime,
});

async function run(ran: Study, more: Partial<SweepRun> = {}) {
  const recorder = memoryRecorder();
  const control = createControl();
  const train = fakeTrainer();
  const parts = { recorded: [], listener: {}, device: "fake", version: "0" };
  const summary = await runSweep({
    ...{ study: ran, studyId: "s", train, recorder, control },
    ...parts,
    ...more,
  });
  const latest = new Map(recorder.trials.map((trial) => [trial.id, trial]));
  const trained = recorder.log.filter((line) => line.startsWith("epoch"));
  return { summary, trials: [...latest.values()], trained, recorder, control };
}

const timeless = (trials: readonly Trial[]) => new Map(trials.map((trial) => [trial.id, trial]));

test("rungs multiply by the factor and end with the regime; fewer come to each", () => {
  const rungs = (epochs: number, halving?: Study["halving"]) => rungsOf({ regime: { epochs }, halving });
  expect(rungs(8)).toEqual([8]);
  expect(rungs(8, { epochs: 1, factor: 2 })).toEqual([1, 2, 4, 8]);
  expect(rungs(30, { epochs: 3, factor: 3 })).toEqual([3, 9, 27, 30]);
  expect([0, 1, 2, 3, 4].map((rung) => reaching(10, rung, { epochs: 1, factor: 2 }))).toEqual([
    10, 5, 3, 2, 1,
  ]);
  expect(reaching(10, 3, undefined)).toBe(10);
});

test("the best of a rung go on: by the median over seeds of the lowest error up to it, equals in their order", () => {
  const contender = (index: number, ...seeds: number[][]) => ({ index, seeds });
  const field = [
    contender(0, [0.9, 0.5, 0.1], [0.6, 0.6], [0.4, 0.8]),
    contender(1, [0.5, 0.9]),
    contender(2, [0.2, 0.3]),
    contender(3, [0.7, 0.6], [0.1, 0.1]),
  ];
  expect(beaten(field, 2, 2).map(({ index }) => index)).toEqual([0, 1]);
  expect(beaten(field, 2, 4)).toEqual([]);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }),
      fc.integer({ min: 1, max: 9 }),
      (all, keep) => {
        const out = beaten(
          all.map((error, index) => contender(index, [error])),
          1,
          keep,
        );
        expect(out).toHaveLength(Math.max(0, all.length - keep));
        const gone = new Set(out.map(({ index }) => index));
        const worstKept = Math.max(...all.filter((_, i) => !gone.has(i)), 0);
        for (const { index } of out) expect(all[index]).toBeGreaterThanOrEqual(worstKept);
      },
    ),
  );
});

test("halving trains all to the first rung and the best of every population on, from where they were", async () => {
  const reports: SweepProgress[] = [];
  const halved = { ...study, halving: { epochs: 2, factor: 2 } };
  const waits: Trial[] = [];
  const { trials, trained, summary } = await run(halved, {
    listener: {
      progress: (progress) => reports.push(progress),
      trialDone: (trial) => void (isSettled(trial) || waits.push(trial)),
    },
  });
  expect(summary).toMatchObject({ outcome: "complete", trials: 11 });
  const ended = (population: string) =>
    trials
      .filter((trial) => trial.population === population)
      .map(({ status, epochs }) => [status, epochs.length]);
  const sorted = (population: string) => ended(population).map(String).toSorted();
  expect(sorted("eight")).toEqual([
    ...["cut,2", "cut,2", "cut,2", "cut,2", "cut,4", "cut,4", "done,8", "done,8"],
  ]);
  expect(sorted("three")).toEqual(["cut,2", "done,8", "done,8"].with(1, "cut,4").toSorted());
  // All wait once, and those that go on wait again, which is not a stop.
  expect(waits.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
    ...new Array(11).fill("waits at rung 1 of 3 after 2 epochs"),
    ...new Array(6).fill("waits at rung 2 of 3 after 4 epochs"),
  ]);
  // No epoch twice.
  expect(new Set(trained).size).toBe(trained.length);
  expect(trained).toHaveLength(11 * 2 + (4 + 2) * 2 + (2 + 1) * 4);
  // None that was cut was better than one that went on.
  for (const rung of [2, 4])
    for (const name of ["eight", "three"]) {
      const own = trials.filter(({ population, epochs }) => population === name && epochs.length >= rung);
      const at = (trial: Trial) => Math.min(...trial.epochs.slice(0, rung).map(({ testError }) => testError));
      const cut = own.filter(({ status, epochs }) => status === "cut" && epochs.length === rung).map(at);
      const kept = own.filter(({ epochs }) => epochs.length > rung).map(at);
      expect(Math.max(...kept)).toBeLessThanOrEqual(Math.min(...cut));
    }
  const cut = trials.find(({ status, epochs }) => status === "cut" && epochs.length === 4);
  expect(cut).toMatchObject({
    error: null,
    reason: expect.stringMatching(
      /^halving: error \d+\.\d% after 4 epochs; the best [12] went on, with at most \d+\.\d%$/,
    ),
  });
  expect(reports.at(-1)).toMatchObject({
    fraction: 1,
    etaMs: 0,
    rungs: [
      { epochs: 2, reached: 11, of: 11 },
      { epochs: 4, reached: 6, of: 6 },
      { epochs: 8, reached: 3, of: 3 },
    ],
  });
});

test("where images are held out their error alone decides who goes on and who is cut, not the test error", async () => {
  const held = { ...study, halving: { epochs: 2, factor: 2 }, stop: { error: { epochs: 2, above: 0.4 } } };
  const plain = await run(held);
  // The same errors as validation errors; the test errors say the contrary.
  const turned = (epoch: EpochRecord) => ({
    ...epoch,
    validationError: epoch.testError,
    testError: 1 - epoch.testError,
  });
  const validated = await run(held, {
    train: async (job) => {
      const resume = job.resume && {
        ...job.resume,
        epochs: job.resume.epochs.map((epoch) => ({ ...epoch, testError: 1 - epoch.testError })),
      };
      const onEpoch: TrialJob["onEpoch"] = (epoch, checkpoint) =>
        job.onEpoch(turned(epoch), async () => {
          const { epochs, ...state } = await checkpoint();
          return { ...state, epochs: epochs.map(turned) };
        });
      const outcome = await fakeTrainer()({ ...job, onEpoch, ...(resume ? { resume } : {}) });
      return { ...outcome, epochs: outcome.epochs.map(turned) };
    },
  });
  const ends = ({ trials }: typeof plain) => trials.map(({ id, status }) => `${id} ${status}`).sort();
  expect(ends(validated)).toEqual(ends(plain));
  expect(new Set(plain.trials.map(({ status }) => status))).toEqual(new Set(["done", "cut"]));
});

test("a halved study that is resumed counts those that are at a rung", async () => {
  const halved = { ...study, halving: { epochs: 2, factor: 2 } };
  // Three times a trial: before both epochs, and before it waits.
  let asked = 0;
  const control = createControl();
  const train = fakeTrainer(() => void (++asked === 13 && control.stop()));
  const first = await run(halved, { train, control });
  const reports: SweepProgress[] = [];
  const listener = { progress: (progress: SweepProgress) => void reports.push(progress) };
  await run(halved, { recorder: first.recorder, listener });
  const at = reports[0]!;
  expect(at.rungs).toEqual([
    { epochs: 2, reached: 4, of: 11 },
    { epochs: 4, reached: 0, of: 6 },
    { epochs: 8, reached: 0, of: 3 },
  ]);
  expect(at.fraction).toBeGreaterThan(0);
});

test("a halved study that grows trains the new networks against those that are left; no record changes", async () => {
  const halved = (count: number) =>
    parseStudy({
      version: 1,
      populations: [{ name: "all", networks: networks(count) }],
      regime,
      halving: { epochs: 2 },
    });
  const first = await run(halved(4));
  const second = await run(halved(8), { recorded: first.trials });
  const old = timeless(first.trials);
  for (const trial of second.trials) expect(old.has(trial.id)).toBe(false);
  expect(second.trials).toHaveLength(4);
  expect(second.summary).toMatchObject({ outcome: "complete", trials: 8 });
});

test("a study that grows by n networks keeps those it has and draws what it would have drawn at once", async () => {
  const sized = (count: number) =>
    parseStudy({
      ...smallStudy,
      populations: smallStudy.populations.map((population) => ({ ...population, count })),
    });
  expect(studyId(sized(4))).toBe(studyId(sized(2)));
  const [small, large] = [await run(sized(2)), await run(sized(4))];
  const grown = await run(sized(4), { recorded: small.trials });
  expect(grown.trials).toHaveLength(4);
  const wanted = timeless(large.trials);
  for (const trial of [...small.trials, ...grown.trials]) expect(trial).toEqual(wanted.get(trial.id));
});

test("every network is trained with the first seed, then with the others; more of them keep what there is", async () => {
  const { trials, summary } = await run({ ...study, repeats: 3 });
  expect(summary.trials).toBe(33);
  expect(totalTrials({ ...study, repeats: 3 })).toBe(33);
  expect(trials.map(({ repeat }) => repeat ?? 1)).toEqual(
    [1, 2, 3].flatMap((repeat) => new Array(11).fill(repeat)),
  );
  const [first, second] = ["s/eight/0", "s/eight/0#2"].map((id) => trials.find((trial) => trial.id === id)!);
  expect(first?.seed).toBe(study.seed);
  expect(second?.seed).not.toBe(study.seed);
  expect(second?.network).toEqual(first?.network);
  expect(studyId({ ...study, repeats: 3 })).toBe(studyId(study));
  const plain = await run(study);
  expect(trials.slice(0, 11)).toEqual(plain.trials);
  const more = await run({ ...study, repeats: 3 }, { recorded: plain.trials });
  expect(more.trials).toEqual(trials.slice(11));
  // Each network's draws count once.
  expect(more.summary.acceptance).toEqual(plain.summary.acceptance);
});

test("an error that is not below the bound after so many epochs cuts the trial there", async () => {
  const bound = { ...study, stop: { error: { epochs: 3, above: 0.1 } } };
  const { trials } = await run(bound);
  const lowest = ({ epochs }: Trial) => Math.min(...epochs.slice(0, 3).map(({ testError }) => testError));
  const cut = trials.filter(({ status }) => status === "cut");
  expect(cut.length).toBeGreaterThan(0);
  expect(cut.length).toBeLessThan(11);
  for (const trial of trials) expect(trial.status).toBe(lowest(trial) >= 0.1 ? "cut" : "done");
  for (const trial of cut) expect(trial.epochs).toHaveLength(3);
  expect(cut[0]?.reason).toMatch(/^error \d+\.\d% after 3 epochs, not below 10%$/);
});

test("a trial whose minutes are over is cut; a study whose minutes are over stops between epochs and goes on with more", async () => {
  const perEpoch = 10 / 60_000;
  const slow = await run({ ...study, stop: { trialMinutes: 3.5 * perEpoch } });
  expect(slow.trials.map(({ status, epochs }) => `${status} ${epochs.length}`)).toEqual(
    new Array(11).fill("cut 4"),
  );
  const short = { ...study, stop: { minutes: 19.5 * perEpoch } };
  const first = await run(short);
  expect(first.summary).toMatchObject({
    outcome: "stopped",
    reason: expect.stringContaining("minutes are over"),
  });
  expect(first.trained).toHaveLength(20);
  expect(studyId(short)).toBe(studyId(study));
  const settled = first.trials.filter(({ status }) => status !== "stopped");
  await run(study, { recorded: settled, recorder: first.recorder });
  expect(first.recorder.log.filter((line) => line.startsWith("epoch"))).toHaveLength(11 * 8);
});

test("failed trials are trained again when that is asked for, and only they", async () => {
  const train = fakeTrainer(({ trial }: TrialJob) => {
    if (trial.index === 1) throw new Error("a bad day");
  });
  const first = await run(study, { train });
  expect(first.trials.filter(({ status }) => status === "failed")).toHaveLength(2);
  expect((await run(study, { recorded: first.trials })).trials).toEqual([]);
  const again = await run(study, { recorded: first.trials, retryFailed: true });
  expect(again.trials.map(({ id, status }) => [id, status])).toEqual(
    [
      ["s/three/1", "done"],
      ["s/eight/1", "done"],
    ].toSorted(),
  );
});

test.each([
  [{ halving: { epochs: 8 } }, "halving.epochs: 8 is not allowed; fewer than the epochs of the regime (8)"],
  [
    { regime: { epochs: 1 }, halving: { epochs: 5 } },
    "halving.epochs: 5 is not allowed; the regime has a single epoch, which cannot be halved; at least 2 epochs",
  ],
  [
    { regime: { epochs: 1 }, stop: { error: { epochs: 1, above: 0.5 } } },
    "stop.error.epochs: 1 is not allowed; the regime has a single epoch, before whose end no trial can be cut",
  ],
  [{ halving: { epochs: 2, factor: 1 } }, "halving.factor: 1 is not allowed"],
  [{ repeats: 0 }, "repeats: 0 is not allowed"],
  [{ stop: { error: { epochs: 9, above: 0.5 } } }, "stop.error.epochs: 9 is not allowed"],
  [{ stop: { minutes: 0 } }, "stop.minutes: 0 is not allowed"],
  [{ stop: { hours: 1 } }, "stop.hours: unknown field"],
])("%j is refused", (more, message) => {
  expect(() => parseStudy({ ...study, ...more })).toThrow(message);
});

test("rules that decide which trials are cut make another study; absent ones leave the id as it was", () => {
  const id = studyId(study);
  expect(studyId({ ...study, stop: { minutes: 5 }, repeats: 2 })).toBe(id);
  const others = [
    { halving: { epochs: 2, factor: 2 } },
    { halving: { epochs: 2, factor: 4 } },
    { stop: { trialMinutes: 2 } },
    { stop: { error: { epochs: 2, above: 0.5 } } },
  ];
  expect(new Set([id, ...others.map((more) => studyId({ ...study, ...more }))]).size).toBe(5);
});
