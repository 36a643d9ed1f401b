import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nodeSource } from "../../src/engine/data/node-source.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import type { Executor, ModelState } from "../../src/engine/runtime/executor.ts";
import { createControl } from "../../src/engine/runtime/worker/control.ts";
import { TrialFile, type TrialFileMode } from "../../src/engine/sweep/node-trial-file.ts";
import { runSweep } from "../../src/engine/sweep/scheduler.ts";
import { parseStudy } from "../../src/engine/sweep/study.ts";
import { studyId } from "../../src/engine/sweep/study-id.ts";
import { withoutTimes } from "../../src/engine/sweep/trial.ts";
import { parseTrialLines } from "../../src/engine/sweep/trial-lines.ts";
import { loadTrainingData } from "../../src/engine/training/load-data.ts";
import { type Regime, regimeSchema } from "../../src/engine/training/regime.ts";
import {
  type Checkpoint,
  type EpochRecord,
  type TrainOutcome,
  type TrainRequest,
  trainNetwork,
} from "../../src/engine/training/trainer.ts";
import { trainingPlan } from "../../src/engine/training/training-plan.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { executors } from "./executors.ts";

/** Real images, few of them, and a network that the plain loops of the reference train in a second. */
const frame = { ...smallImageFrame, stem: { type: "small", width: 4 } } as const;
const spec = networkOf(frame, [
  { block: "vanilla", depth: 1, width: 8, stride: 2 },
  { block: "res_basic", depth: 1, width: 16, stride: 2 },
]);
const short = regimeSchema.parse({ images: 16, testImages: 20, batch: 8, epochs: 2 });

async function train(
  executor: Executor,
  regime: Regime,
  seed: number,
  more: Pick<TrainRequest, "onEpoch" | "resume"> = {},
): Promise<TrainOutcome> {
  const data = await loadTrainingData(executor, regime, nodeSource());
  const control = createControl();
  const outcome = await trainNetwork({
    spec,
    regime,
    seed,
    executor,
    data,
    control,
    keep: "trained",
    ...more,
  });
  data.dispose();
  return outcome;
}

async function testError(executor: Executor, regime: Regime, state: ModelState): Promise<number> {
  const data = await loadTrainingData(executor, regime, nodeSource());
  const session = await executor.load(trainingPlan(spec, regime, executor.fusions), state);
  let correct = 0;
  for (let first = 0; first < regime.testImages; first += regime.batch) {
    const length = Math.min(regime.batch, regime.testImages - first);
    const indices = Uint32Array.from({ length }, (_, i) => first + i);
    correct += (await session.evaluate({ from: "resident", images: data.test, indices })).correct;
  }
  session.dispose();
  data.dispose();
  return (regime.testImages - correct) / regime.testImages;
}

const timeless = (epochs: readonly EpochRecord[]) => epochs.map(({ ms: _, ...epoch }) => epoch);

/** What the reference finds; every executor is held to it. */
let wanted: TrainOutcome;
beforeAll(async () => {
  wanted = await train(await executors[0]!.create(), short, 1);
});

describe.each(executors)("$name trains a network", ({ create }) => {
  let executor: Executor;
  let plain: TrainOutcome;
  beforeAll(async () => {
    executor = await create();
    plain = await train(executor, short, 1);
  });
  afterAll(() => executor.dispose());

  test("a seed gives the same epochs and the same weights, bit for bit, when run twice; another seed does not", async () => {
    const [second, other] = [await train(executor, short, 1), await train(executor, short, 2)];
    expect(timeless(second.epochs)).toEqual(timeless(plain.epochs));
    expect(second.kept).toEqual(plain.kept);
    expect(timeless(other.epochs)).not.toEqual(timeless(plain.epochs));
  });

  test("a run that goes on from a checkpoint ends with the bits of the whole one, whatever is drawn", async () => {
    const changes = { cropPadding: 2, flip: true, randAugment: 5, randAugmentOperations: 3, mixup: 0.4 };
    const all = { ...changes, ema: 0.8, stochasticDepth: 0.5 };
    const regime = { ...short, ...all };
    const kept: Checkpoint[] = [];
    const onEpoch: TrainRequest["onEpoch"] = async (_, checkpoint) => void kept.push(await checkpoint());
    const whole = await train(executor, regime, 1, { onEpoch });
    expect(kept.map(({ epoch, epochs }) => [epoch, epochs.length])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    const resumed = await train(executor, regime, 1, { resume: kept[0]! });
    expect(resumed.epochs[0]).toEqual(whole.epochs[0]);
    expect(timeless(resumed.epochs)).toEqual(timeless(whole.epochs));
    expect(resumed.error).toBe(whole.error);
    expect(resumed.kept).toEqual(whole.kept);
  });

  test("the weights that are kept have the error that is reported, also where later epochs are worse and a run goes on behind the best one", async () => {
    // The last epochs are at a rate that no network bears.
    const fineTune = { resolution: 28, epochs: 2, learningRate: 3 };
    const regime = regimeSchema.parse({ ...short, images: 32, epochs: 3, fineTune });
    const checkpoints: Checkpoint[] = [];
    const onEpoch: TrainRequest["onEpoch"] = async (_, read) => void checkpoints.push(await read());
    const whole = await train(executor, regime, 1, { onEpoch });
    const { epoch, state } = whole.kept!;
    expect(epoch).toBeLessThan(3);
    expect(whole.error).toBe(whole.epochs[epoch - 1]!.testError);
    expect(await testError(executor, regime, state)).toBe(whole.error);
    for (const resume of checkpoints.slice(-2))
      expect((await train(executor, regime, 1, { resume })).kept).toEqual(whole.kept);
  });

  test("with stochastic depth, too, a seed gives the same weights, and another run than without", async () => {
    const deep = { ...short, stochasticDepth: 0.5 };
    const [first, second] = [await train(executor, deep, 1), await train(executor, deep, 1)];
    expect(second.kept).toEqual(first.kept);
    expect(timeless(first.epochs)).not.toEqual(timeless(plain.epochs));
  });

  test("augmented and averaged, too, a seed gives the same weights and errors", async () => {
    const all = { cropPadding: 2, flip: true, randAugment: 5, mixup: 0.4, ema: 0.8, spareNorms: true };
    const changed = { ...short, epochs: 1, ...all };
    const [first, second] = [await train(executor, changed, 1), await train(executor, changed, 1)];
    expect(second.kept).toEqual(first.kept);
    expect(timeless(second.epochs)).toEqual(timeless(first.epochs));
    expect(first.epochs[0]!.emaError).toBeGreaterThanOrEqual(0);
  });

  test("losses follow the reference's through two epochs", () => {
    plain.epochs.forEach(({ trainLoss, learningRate }, i) => {
      expect(trainLoss / wanted.epochs[i]!.trainLoss).toBeCloseTo(1, 3);
      expect(learningRate).toBe(wanted.epochs[i]!.learningRate);
    });
  });
});

describe("the wasm executor runs a study", () => {
  const study = parseStudy({
    version: 1,
    seed: 11,
    populations: [
      { name: "free", space: "anynetxa", count: 2, budget: { flops: "300k..600k" } },
      { name: "line", space: "regnetx", count: 2, budget: { flops: "300k..600k" } },
    ],
    regime: { images: 256, testImages: 100, batch: 32, epochs: 2 },
  });
  let executor: Executor;
  let folder: string;
  beforeAll(async () => {
    executor = await executors.find(({ name }) => name.startsWith("wasm"))!.create();
    folder = temporaryFolder();
  });
  afterAll(() => executor.dispose());

  /** Runs the study into a file, as the command line does; `stopAfter` so many epochs of this run it is stopped. */
  async function sweep(file: string, mode: TrialFileMode, stopAfter = Number.POSITIVE_INFINITY) {
    const path = join(folder, file);
    const out = await TrialFile.open(path, studyId(study), mode);
    const data = await loadTrainingData(executor, study.regime, nodeSource());
    const control = createControl();
    let epochs = 0;
    await runSweep({
      study,
      studyId: studyId(study),
      recorded: out.recorded,
      recorder: out,
      train: (job) => trainNetwork({ ...job, executor, data }),
      listener: {
        epoch: () => {
          if (++epochs === stopAfter) control.stop();
        },
      },
      control,
      device: executor.device,
      version: "test",
    });
    data.dispose();
    await out.close();
    return parseTrialLines(await readFile(path)).trials.map(withoutTimes);
  }

  test("twice with the same records, and a stopped and resumed run has them too", async () => {
    const first = await sweep("first.jsonl", "new");
    expect(first.map(({ status }) => status)).toEqual(["done", "done", "done", "done"]);
    expect(JSON.stringify(await sweep("second.jsonl", "new"))).toBe(JSON.stringify(first));
    expect(await sweep("parts.jsonl", "new", 3)).toHaveLength(1);
    expect(await sweep("parts.jsonl", "resume", 1)).toHaveLength(1);
    expect(JSON.stringify(await sweep("parts.jsonl", "resume"))).toBe(JSON.stringify(first));
  });

  test("a network learns: far better than chance after four passes over 2,048 images", async () => {
    const { error } = await train(
      executor,
      regimeSchema.parse({ images: 2_048, epochs: 4, testImages: 500 }),
      1,
    );
    expect(error).toBeLessThan(0.5);
  });
});
