import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { smallNetwork } from "../../../test/fixtures/any-study.ts";
import { type MemoryRecorder, memoryRecorder } from "../../../test/fixtures/fake-training.ts";
import { Killed, type Mortality, mortal } from "../../../test/fixtures/mortal-recorder.ts";
import { ExecutorError } from "../runtime/executor.ts";
import { createControl } from "../runtime/worker/control.ts";
import type { EpochRecord } from "../training/trainer.ts";
import type { TrialRecorder } from "./recorder.ts";
import { runSweep } from "./scheduler.ts";
import { parseStudy, type Study } from "./study.ts";
import type { TrialJob, TrialTrainer } from "./sweep-run.ts";
import { isSettled, type Trial } from "./trial.ts";

/**
 * A study whose runs are stopped, paused, killed, robbed of their device or of a session, out of time, extended and told
 * to train failed trials again, in random sequences, against the same study run without any of that.
 */

/** Networks that are given are part of a study's own id. */
const id = "s";
const regime = { images: 64, testImages: 32, batch: 16, epochs: 6 };
/** The errors of some are above the bound at the second epoch, the time of others is over after the fifth. */
const rules = { error: { epochs: 2, above: 0.5 }, trialMinutes: 50 / 60_000 };

interface Shape {
  readonly networks: number;
  readonly repeats: number;
  readonly halving: boolean;
  readonly rules: boolean;
}

function studyOf({ networks, repeats, halving, rules: ruled }: Shape): Study {
  const some = (name: string, count: number, from: number) => ({
    name,
    networks: Array.from({ length: count }, (_, i) => smallNetwork(`${name} ${i}`, 8 * (from + i))),
  });
  return parseStudy({
    version: 1,
    populations: [some("many", networks, 1), some("few", 2, 3)],
    regime,
    repeats,
    ...(halving ? { halving: { epochs: 2, factor: 2 } } : {}),
    ...(ruled ? { stop: rules } : {}),
  });
}

/** Something between 0 and 1 that depends on the network, the seed and the epoch, and falls on the whole. */
function errorOf({ trial, seed }: Pick<TrialJob, "trial" | "seed">, epoch: number): number {
  const mixed = Math.imul(trial.network.flops + 7 * epoch, 2654435761) ^ Math.imul(seed, 40503);
  return ((mixed >>> 8) % 1000) / 1000 / Math.sqrt(epoch);
}

function epochOf(job: TrialJob, epoch: number): EpochRecord {
  const error = errorOf(job, epoch);
  const ms = 6 + 2 * (job.trial.index % 4);
  return { epoch, trainLoss: error, trainError: error, testError: error, learningRate: 0.1, ms };
}

/** Trains epoch after epoch; `before` each it may be stopped or fail. Its only weight says what it was trained on. */
function trainer(before: (job: TrialJob, epoch: number) => void): TrialTrainer {
  return async (job) => {
    const epochs = [...(job.resume?.epochs ?? [])];
    let weight = job.resume?.state.get("weight")?.[0] ?? 0;
    const ms = () => epochs.reduce((sum, each) => sum + each.ms, 0);
    for (let epoch = epochs.length + 1; epoch <= job.regime.epochs; epoch++) {
      if ((await job.control.gate()) === "stop") return { status: "stopped", epochs, error: null, ms: ms() };
      before(job, epoch);
      const record = epochOf(job, epoch);
      weight = Math.fround(weight / 2 + record.testError);
      epochs.push(record);
      job.onStep?.(epoch, job.regime.epochs, ms());
      await job.onEpoch(record, async () => ({
        epoch,
        epochs: [...epochs],
        state: new Map([["weight", Float32Array.of(weight)]]),
      }));
    }
    // What is reported depends on all that was trained: a checkpoint that is not the last one shows.
    return { status: "done", epochs, error: weight / 2, ms: ms() };
  };
}

/** What befalls a run, so many epochs or writes after its start. */
type Fate =
  | { readonly what: "stop" | "pause" | "lost" | "interrupted"; readonly after: number }
  | ({ readonly what: "kill" } & Mortality)
  | { readonly what: "minutes"; readonly minutes: number }
  | { readonly what: "nothing" };

const fate: fc.Arbitrary<Fate> = fc.oneof(
  fc.record({
    what: fc.constantFrom("stop" as const, "pause" as const, "lost" as const, "interrupted" as const),
    after: fc.integer({ min: 1, max: 40 }),
  }),
  fc.record({
    what: fc.constant("kill" as const),
    at: fc.integer({ min: 1, max: 90 }),
    when: fc.constantFrom("before" as const, "after" as const),
  }),
  fc.integer({ min: 1, max: 60 }).map((epochs) => ({ what: "minutes" as const, minutes: epochs / 6_000 })),
);

/** What happened over all sequences: a law that nothing was tried on holds of anything. */
const seen = new Set<string>();
beforeEach(() => seen.clear());
const befell = ["stop", "pause", "lost", "interrupted", "minutes", "killed before", "killed after"];

interface Run {
  readonly study: Study;
  readonly retryFailed: boolean;
  /** Ids, after the study's, of trials that fail in their third epoch. */
  readonly failing: ReadonlySet<string>;
  readonly fate: Fate;
}

/** One run on what earlier ones left; gives the epochs that were trained. */
async function run(place: MemoryRecorder, { study, retryFailed, failing, fate }: Run) {
  const control = createControl();
  let begun = 0;
  let trained = 0;
  const before = ({ trial }: TrialJob, epoch: number) => {
    if (epoch === 3 && failing.has(trial.trialId.slice(id.length))) throw new Error("a bad day");
    if ("after" in fate && ++begun === fate.after) {
      seen.add(fate.what);
      if (fate.what === "stop") control.stop();
      if (fate.what === "lost") throw new ExecutorError("lost", "the device is gone");
      if (fate.what === "interrupted") throw new ExecutorError("interrupted", "a thread ended");
      if (fate.what === "pause") {
        control.pause();
        setImmediate(() => control.resume());
      }
    }
  };
  const wrapped = fate.what === "kill" ? mortal(place, fate) : place;
  const recorder: TrialRecorder = {
    checkpoint: (trialId) => wrapped.checkpoint(trialId),
    begin: (...args) => wrapped.begin(...args),
    epoch: (...args) => {
      trained += 1;
      return wrapped.epoch(...args);
    },
    finish: (...args) => wrapped.finish(...args),
  };
  const timed =
    fate.what === "minutes" ? { ...study, stop: { ...study.stop, minutes: fate.minutes } } : study;
  try {
    const parts = {
      recorded: [...recordsOf(place).values()],
      retryFailed,
      train: trainer(before),
      recorder,
      control,
    };
    const { outcome, reason } = await runSweep({
      ...parts,
      ...{ study: timed, studyId: id, listener: {}, device: "fake", version: "0" },
    });
    if (reason !== undefined) seen.add("minutes");
    return { trained, outcome };
  } catch (error) {
    if (error instanceof Killed) seen.add(`killed ${fate.what === "kill" ? fate.when : ""}`);
    else if (!(error instanceof ExecutorError)) throw error;
    return { trained, outcome: "broken" };
  }
}

/** As a results file has them: the last of every trial, if it came to an end; without what a dead run learned of costs. */
function recordsOf({ trials }: MemoryRecorder): Map<string, Trial> {
  const settled = trials.filter(isSettled).map(({ predictedMs: _, ...trial }) => [trial.id, trial] as const);
  return new Map([...new Map(settled)].sort(([one], [other]) => (one < other ? -1 : 1)));
}

const sumOfEpochs = (records: ReadonlyMap<string, Trial>) =>
  [...records.values()].reduce((sum, { epochs }) => sum + epochs.length, 0);

/** What came to an end other than by failing stays as it is. */
function expectKept(before: ReadonlyMap<string, Trial>, after: ReadonlyMap<string, Trial>) {
  for (const [id, trial] of before) if (trial.status !== "failed") expect(after.get(id)).toEqual(trial);
}

/** What a user decides before a run, beside what befalls it. */
const decision = fc.record({
  networks: fc.integer({ min: 0, max: 3 }),
  repeats: fc.integer({ min: 0, max: 1 }),
  retryFailed: fc.boolean(),
  /** Among the trials "many 0" to "many 4". */
  failing: fc.subarray(["/many/0", "/many/2", "/many/3", "/many/1#2", "/few/0"], { maxLength: 2 }),
  fates: fc.array(fate, { maxLength: 4 }),
});
type Decision = typeof decision extends fc.Arbitrary<infer T> ? T : never;

const nothing = { what: "nothing" } as const;
const asks = (failing: readonly string[]) => new Set(failing);

test("without halving, whatever is done in whatever order: the records end as those of one uninterrupted run", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(decision, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (steps, ruled) => {
        const place = memoryRecorder();
        let shape: Shape = { networks: 3, repeats: 1, halving: false, rules: ruled };
        let before = new Map<string, Trial>();
        for (const { networks, repeats, retryFailed, failing, fates } of steps) {
          shape = { ...shape, networks: shape.networks + networks, repeats: shape.repeats + repeats };
          for (const fate of fates) {
            await run(place, { study: studyOf(shape), retryFailed, failing: asks(failing), fate });
            const after = recordsOf(place);
            expectKept(before, after);
            before = after;
          }
        }
        const study = studyOf(shape);
        const failed = [...before.values()].filter(({ status }) => status === "failed").length;
        if (failed > 0) seen.add("failed, then trained again");
        expect(
          await run(place, { study, retryFailed: true, failing: asks([]), fate: nothing }),
        ).toMatchObject({
          outcome: "complete",
        });
        const whole = memoryRecorder();
        await run(whole, { study, retryFailed: false, failing: asks([]), fate: nothing });
        const wanted = recordsOf(whole);
        for (const { status, reason } of wanted.values()) seen.add(`${status} ${reason?.slice(0, 5) ?? ""}`);
        expect(recordsOf(place)).toEqual(wanted);
      },
    ),
    { numRuns: 16, seed: 6, endOnFailure: true },
  );
  const ends = ["done ", "cut error", "cut its 0"];
  expect([...seen]).toEqual(expect.arrayContaining([...befell, ...ends, "failed, then trained again"]));
});

test("with halving, what a user decides between runs counts, what befalls a run does not; no more than an epoch is lost at a time", async () => {
  /** Grows, trains again and runs to the end, with what befalls the runs or without; gives the records. */
  async function runs(steps: readonly Decision[], ruled: boolean, disturbed: boolean) {
    const place = memoryRecorder();
    let shape: Shape = { networks: 5, repeats: 1, halving: true, rules: ruled };
    let before = new Map<string, Trial>();
    for (const { networks, repeats, retryFailed, failing, fates } of steps) {
      shape = { ...shape, networks: shape.networks + networks, repeats: shape.repeats + repeats };
      const run1 = { study: studyOf(shape), retryFailed, failing: asks(failing) };
      let trained = 0;
      const bad = disturbed ? fates : [];
      for (const fate of bad) trained += (await run(place, { ...run1, fate })).trained;
      const last = await run(place, { ...run1, fate: nothing });
      expect(last.outcome).toBe("complete");
      const after = recordsOf(place);
      expectKept(before, after);
      // A trial that fails every time is trained again by every run that is told to.
      if (failing.length === 0 && !retryFailed)
        expect(trained + last.trained - (sumOfEpochs(after) - sumOfEpochs(before))).toBeLessThanOrEqual(
          bad.length,
        );
      before = after;
    }
    return before;
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(decision, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      async (steps, ruled) => {
        const wanted = await runs(steps, ruled, false);
        for (const { status, reason } of wanted.values()) seen.add(`${status} ${reason?.slice(0, 5) ?? ""}`);
        expect([...wanted.values()].every(isSettled)).toBe(true);
        expect(await runs(steps, ruled, true)).toEqual(wanted);
      },
    ),
    { numRuns: 16, seed: 7, endOnFailure: true },
  );
  const ends = ["done ", "cut halvi", "cut error", "cut its 0", "failed a bad"];
  expect([...seen]).toEqual(expect.arrayContaining([...befell, ...ends]));
});

test("killed at any write of halving, where seeds differ and rules cut at the rungs: the same networks go on, for the same reasons", async () => {
  const study = studyOf({ networks: 4, repeats: 2, halving: true, rules: true });
  const whole = { study, retryFailed: false, failing: asks([]), fate: nothing };
  const undisturbed = memoryRecorder();
  await run(undisturbed, whole);
  const wanted = recordsOf(undisturbed);
  for (const { status, reason } of wanted.values()) seen.add(`${status} ${reason?.slice(0, 5) ?? ""}`);
  expect([...seen]).toEqual(expect.arrayContaining(["done ", "cut halvi", "cut error"]));
  for (let at = 1; ; at++) {
    const place = memoryRecorder();
    const { outcome } = await run(place, { ...whole, fate: { what: "kill", at, when: "before" } });
    if (outcome === "complete") break;
    await run(place, whole);
    expect(recordsOf(place), `write ${at}`).toEqual(wanted);
  }
});
