import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { createControl } from "../../src/engine/runtime/worker/control.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { PhaseSession } from "../../src/engine/training/phase-session.ts";
import { trainingPhases } from "../../src/engine/training/phases.ts";
import { regimeSchema } from "../../src/engine/training/regime.ts";
import {
  type Checkpoint,
  type EpochRecord,
  type TrainOutcome,
  trainNetwork,
} from "../../src/engine/training/trainer.ts";
import { trainingPlan } from "../../src/engine/training/training-plan.ts";
import { executors } from "./executors.ts";

const spec = networkOf(
  { ...smallImageFrame, input: { height: 10, width: 10, channels: 1 }, stem: { type: "small", width: 4 } },
  [{ block: "res_basic", depth: 1, width: 8, stride: 2 }],
);

/** Two epochs at 6 pixels, one at 10, and one at 12. */
const regime = regimeSchema.parse({
  images: 16,
  testImages: 16,
  validation: 16,
  batch: 8,
  epochs: 4,
  stochasticDepth: 0.4,
  dropout: 0.4,
  mixup: 0.3,
  randAugment: 6,
  ema: 0.8,
  progressive: { phases: 2, resolution: 6, dropout: 0, mixup: 0.1, randAugment: 2, stochasticDepth: 0.1 },
  fineTune: { resolution: 12, epochs: 1, learningRate: 0.02 },
});

async function dataOn(executor: Executor) {
  const rng = createRng(1, "images");
  const handles = [32, 16].map((count) =>
    executor.attach({
      shape: [10, 10, 1],
      count,
      images: Uint8Array.from({ length: 100 * count }, () => rng.int(0, 255)),
      labels: Uint8Array.from({ length: count }, () => rng.int(0, 9)),
      mean: [0.5],
      std: [0.3],
    }),
  );
  const [train, test] = await Promise.all(handles);
  return { train: train!, test: test! };
}

async function run(executor: Executor, resume?: Checkpoint) {
  const checkpoints: Checkpoint[] = [];
  const data = await dataOn(executor);
  const outcome = await trainNetwork({
    ...{ spec, regime, seed: 3, executor, data, control: createControl(), keep: "averages", now: () => 0 },
    ...(resume && { resume }),
    onEpoch: async (_, checkpoint) => {
      checkpoints.push(await checkpoint());
    },
  });
  data.train.dispose();
  data.test.dispose();
  return { outcome, checkpoints };
}

/** What the reference finds; every executor is held to it. */
let wanted: TrainOutcome;
beforeAll(async () => {
  wanted = (await run(createReferenceExecutor())).outcome;
});

describe.each(executors)("$name trains in phases", ({ create }) => {
  let executor: Executor;
  let outcome: TrainOutcome;
  let checkpoints: readonly Checkpoint[];
  beforeAll(async () => {
    executor = await create();
    ({ outcome, checkpoints } = await run(executor));
  });
  afterAll(() => executor.dispose());

  test("resumed from the checkpoint of any epoch, inside a phase or between two, a run ends with the same bits", async () => {
    expect(outcome.epochs.map(({ resolution }) => resolution)).toEqual([6, 6, 10, 12]);
    for (const checkpoint of checkpoints) expect((await run(executor, checkpoint)).outcome).toEqual(outcome);
  });

  test("weights, statistics, momenta and averages carry over to the next size, bit for bit", async () => {
    const phases = trainingPhases(spec, regime);
    const sessions = new PhaseSession(executor, regime, phases);
    const { train } = await dataOn(executor);
    const indices = Uint32Array.from({ length: 8 }, (_, n) => n);
    for (const phase of phases) {
      const session = await sessions.enter(phase, (plan) => initialState(plan, 1));
      await session.step({ from: "resident", images: train, indices }, 0.05);
      const before = await session.readCheckpoint();
      const next = phases[phases.indexOf(phase) + 1];
      if (next === undefined) break;
      const entered = await sessions.enter(next, () => new Map());
      expect(entered.plan.input.height).toBeGreaterThan(phase.spec.input.height);
      expect(await entered.readCheckpoint()).toEqual(before);
    }
    sessions.dispose();
  });

  test("the weights that are kept are those whose averaged error the last epoch says", async () => {
    expect(outcome.kept).toMatchObject({ epoch: 4, weights: "averages" });
    const [last] = trainingPhases(spec, regime).slice(-1);
    const session = await executor.load(
      trainingPlan(last!.spec, regime, executor.fusions),
      outcome.kept!.state,
    );
    const { test } = await dataOn(executor);
    let wrong = 0;
    for (const first of [0, 8]) {
      const indices = Uint32Array.from({ length: 8 }, (_, i) => first + i);
      wrong += 8 - (await session.evaluate({ from: "resident", images: test, indices })).correct;
    }
    expect(wrong / 16).toBe(outcome.epochs.at(-1)!.emaError);
    session.dispose();
  });

  test("losses are the reference's within 1e-3", () => {
    const shown = (epochs: readonly EpochRecord[]) =>
      epochs.map(({ epoch, resolution, learningRate }) => ({ epoch, resolution, learningRate }));
    expect(shown(outcome.epochs)).toEqual(shown(wanted.epochs));
    outcome.epochs.forEach(({ trainLoss }, i) => {
      expect(trainLoss / wanted.epochs[i]!.trainLoss).toBeCloseTo(1, 3);
    });
  });
});
