import { describe, expect, test } from "vitest";
import { createFakeExecutor, type FakeAnswers, fakeImages } from "../../../test/fixtures/fake-executor.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { createControl } from "../runtime/worker/control.ts";
import { regimeSchema } from "./regime.ts";
import { type Checkpoint, type TrainOutcome, type TrainRequest, trainNetwork } from "./trainer.ts";

const spec = networkOf(smallImageFrame, [{ block: "vanilla", depth: 1, width: 8, stride: 2 }]);
const regime = regimeSchema.parse({ images: 70, testImages: 40, batch: 16, epochs: 3 });
const images = fakeImages(100);

function request(answers: FakeAnswers = {}, more: Partial<TrainRequest> = {}) {
  const executor = createFakeExecutor(answers);
  const control = createControl();
  const data = { train: images, test: images };
  let clock = 0;
  const now = () => clock++;
  return { spec, regime, seed: 5, executor, data, control, now, ...more, fake: executor };
}

test("an epoch takes every full batch once and measures on all test images", async () => {
  const wanted = request({ evaluate: (count) => ({ lossSum: count, correct: count / 2 }) });
  const { status, epochs, error } = await trainNetwork(wanted);
  expect(status).toBe("done");
  expect(epochs.map(({ epoch, trainError, testError }) => [epoch, trainError, testError])).toEqual([
    [1, 1, 0.5],
    [2, 1, 0.5],
    [3, 1, 0.5],
  ]);
  expect(error).toBe(0.5);
  expect(wanted.fake.batches).toHaveLength(3 * 4);
  const firstEpoch = wanted.fake.batches.slice(0, 4).flatMap((batch) => [...batch]);
  expect(new Set(firstEpoch).size).toBe(64);
  const evaluated = wanted.fake.evaluated.flatMap((batch) => [...batch]);
  const once = Array.from({ length: 40 }, (_, index) => index);
  expect(evaluated).toEqual([...once, ...once, ...once]);
});

test("a network without room is refused before it is loaded, with a batch that has it", async () => {
  const wanted = request();
  const executor = {
    ...wanted.fake,
    room: ({ batch }: { batch: number }) => ({ needed: batch * 2 ** 20, available: 7.5 * 2 ** 20 }),
    load: () => Promise.reject(new Error("loaded")),
  };
  await expect(trainNetwork({ ...wanted, executor })).rejects.toThrow(
    "a network at batch 16 needs 16.0 MB (16777216 bytes), 7.5 MB are available: a batch of 7 would fit",
  );
});

test("the error of a trial is the lowest of its epochs", async () => {
  const correct = new Map([
    [4, 0.5],
    [8, 0.75],
    [12, 0.25],
  ]);
  const { error } = await trainNetwork(
    request({ evaluate: (count, steps) => ({ lossSum: count, correct: count * correct.get(steps)! }) }),
  );
  expect(error).toBe(0.25);
});

test("a loss that is not finite ends the run as diverged, with its step, and counts as error 1", async () => {
  for (const lossSum of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const outcome = await trainNetwork(
      request({ step: (step, count) => ({ lossSum: step === 6 ? lossSum : count, correct: 1 }) }),
    );
    expect(outcome).toMatchObject({
      status: "diverged",
      reason: `training loss is ${lossSum} at step 6 of 12`,
      error: 1,
    });
    expect(outcome.epochs).toHaveLength(1);
  }
});

test("several steps at once train as single ones do: the same batches, rates and epochs, divergence at its step", async () => {
  const timeless = ({ epochs }: TrainOutcome) => epochs.map(({ ms: _, ...epoch }) => epoch);
  const loss = (step: number, count: number) => ({ lossSum: count / step, correct: step % 2 });
  const single = request({ step: loss });
  const several = request({ step: loss, atOnce: { steps: 3, evaluations: 2 } });
  const steps: number[] = [];
  const [one, many] = [
    await trainNetwork(single),
    await trainNetwork({ ...several, onStep: (step) => steps.push(step) }),
  ];
  expect(timeless(many)).toEqual(timeless(one));
  expect(several.fake).toMatchObject({
    batches: single.fake.batches,
    learningRates: single.fake.learningRates,
    evaluated: single.fake.evaluated,
  });
  // 4 steps an epoch: threes that no epoch's end cuts through.
  expect(steps).toEqual([3, 4, 7, 8, 11, 12]);
  const bad = (step: number, count: number) => ({ lossSum: step === 6 ? Number.NaN : count, correct: 0 });
  const diverged = await trainNetwork(request({ step: bad, atOnce: { steps: 3, evaluations: 1 } }));
  expect(diverged.reason).toBe("training loss is NaN at step 6 of 12");
});

test("a network whose evaluation is not finite has diverged too", async () => {
  const outcome = await trainNetwork(request({ evaluate: () => ({ lossSum: Number.NaN, correct: 0 }) }));
  expect(outcome).toMatchObject({ status: "diverged", reason: "test loss is NaN after epoch 1", epochs: [] });
});

test("a network with a weight or statistic that is no number has diverged, though a rectifier hides it from the loss", async () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const outcome = await trainNetwork(
      request({
        state: (loaded, steps) => {
          const [name, values] = [...loaded].at(-1)!;
          return steps < 8
            ? loaded
            : new Map([...loaded, [name, values.map((each, i) => (i === 0 ? value : each))]]);
        },
      }),
    );
    expect(outcome).toMatchObject({ status: "diverged", error: 1 });
    expect(outcome.reason).toMatch(new RegExp(`^\\S+ is ${value} after epoch 2$`));
    expect(outcome.epochs).toHaveLength(1);
  }
});

test("stop ends the run before the next step and keeps the complete epochs", async () => {
  const wanted = request();
  const outcome = await trainNetwork({
    ...wanted,
    onStep: (step) => {
      if (step === 6) wanted.control.stop();
    },
  });
  expect(outcome).toMatchObject({ status: "stopped", reason: "stopped in epoch 2", error: null });
  expect(outcome.epochs).toHaveLength(1);
  expect(wanted.fake.batches).toHaveLength(6);
});

test("a resumed run trains only the epochs that are missing, at their learning rates, and its time is that of both parts", async () => {
  const whole = request({}, { onEpoch: async (_, checkpoint) => void kept.push(await checkpoint()) });
  const kept: Checkpoint[] = [];
  const outcome = await trainNetwork(whole);
  for (const resume of kept) {
    const rest = request({}, { resume });
    const resumed = await trainNetwork(rest);
    expect(resumed.epochs).toEqual(outcome.epochs);
    expect(resumed.ms).toBe(outcome.ms);
    expect(rest.fake.learningRates).toEqual(whole.fake.learningRates.slice(4 * resume.epoch));
    expect(rest.fake.batches).toEqual(whole.fake.batches.slice(4 * resume.epoch));
  }
});

test("a paused run goes on where it was, and the pause costs no time of its own", async () => {
  const undisturbed = await trainNetwork(request());
  const wanted = request();
  const paused = await trainNetwork({
    ...wanted,
    onStep: (step) => {
      if (step !== 6) return;
      wanted.control.pause();
      setTimeout(() => wanted.control.resume(), 5);
    },
  });
  expect(paused).toEqual(undisturbed);
});

test("the same seed gives the same batches and learning rates; another seed other batches", async () => {
  const [first, second, third] = [request(), request(), request({}, { seed: 6 })];
  for (const wanted of [first, second, third]) await trainNetwork(wanted);
  expect(second.fake.batches).toEqual(first.fake.batches);
  expect(second.fake.learningRates).toEqual(first.fake.learningRates);
  expect(third.fake.batches).not.toEqual(first.fake.batches);
});

test("stochastic depth draws with the seed and leaves the batches as they are; without it nothing is drawn", async () => {
  const residual = networkOf(smallImageFrame, [{ block: "res_basic", depth: 2, width: 8, stride: 2 }]);
  const deep = { spec: residual, regime: { ...regime, stochasticDepth: 0.5 } };
  const [plain, first, second, third] = [
    request(),
    request({}, deep),
    request({}, deep),
    request({}, { ...deep, seed: 6 }),
  ];
  for (const wanted of [plain, first, second, third]) await trainNetwork(wanted);
  expect(first.fake.keeps.map((keep) => keep?.length)).toEqual(new Array(12).fill(2 * 16));
  expect(second.fake.keeps).toEqual(first.fake.keeps);
  expect(third.fake.keeps).not.toEqual(first.fake.keeps);
  expect(first.fake.batches).toEqual(plain.fake.batches);
  expect(plain.fake.keeps).toEqual(new Array(12).fill(undefined));
});

test("the session is disposed when a step fails", async () => {
  const wanted = request({
    step: () => {
      throw new Error("out of memory");
    },
  });
  await expect(trainNetwork(wanted)).rejects.toThrow("out of memory");
  expect(wanted.fake.open).toBe(0);
});

test("averages are evaluated after the weights, recorded beside them, and do not decide the trial's error", async () => {
  let evaluation = 0;
  // Three batches each: of the weights all wrong, of the averages all right.
  const wanted = request(
    { evaluate: (count) => ({ lossSum: count, correct: evaluation++ % 6 < 3 ? 0 : count }) },
    { regime: { ...regime, ema: 0.9 } },
  );
  const { epochs, error } = await trainNetwork(wanted);
  expect(epochs.map(({ testError, emaError }) => [testError, emaError])).toEqual([
    [1, 0],
    [1, 0],
    [1, 0],
  ]);
  expect(error).toBe(1);
  expect(wanted.fake.weights.slice(0, 6)).toEqual([
    ...new Array(3).fill("trained"),
    ...new Array(3).fill("averages"),
  ]);
});

test("without averages nothing of them is evaluated or recorded", async () => {
  const wanted = request();
  const { epochs } = await trainNetwork(wanted);
  expect(new Set(wanted.fake.weights)).toEqual(new Set(["trained"]));
  expect(epochs[0]).not.toHaveProperty("emaError");
});

test("augmentation follows from seed and step, differs from step to step, and is left out where nothing is on", async () => {
  const run = async (augmentation: object, seed = 5) => {
    const wanted = request({}, { seed, regime: { ...regime, ...augmentation } });
    await trainNetwork(wanted);
    return wanted.fake.transforms;
  };
  const all = { cropPadding: 4, flip: true, mixup: 0.2 };
  const first = await run(all);
  expect(first).toHaveLength(12);
  expect(first[0]!.matrices).toHaveLength(6 * 16);
  expect(first[0]!.mix!.partners).toHaveLength(16);
  expect(first[1]).not.toEqual(first[0]);
  expect(await run(all)).toEqual(first);
  expect((await run(all, 6))[0]).not.toEqual(first[0]);
  expect(new Set(await run({}))).toEqual(new Set([undefined]));
});

test("images for validation are never trained on, are measured after every epoch and choose the reported one", async () => {
  const held = { ...regime, validation: 20 };
  let evaluation = 0;
  // Two batches of validation, then three of test, an epoch; by the test error alone epoch 3 would be the best.
  const right = [0.5, 0.5, 0.25, 0.25, 0.25, 0.75, 0.75, 0.5, 0.5, 0.5, 0, 0, 1, 1, 1];
  const wanted = request(
    { evaluate: (count) => ({ lossSum: count, correct: count * right[evaluation++]! }) },
    { regime: held },
  );
  const { epochs, error } = await trainNetwork(wanted);
  expect(epochs.map(({ validationError, testError }) => [validationError, testError])).toEqual([
    [0.5, 0.75],
    [0.25, 0.5],
    [1, 0],
  ]);
  expect(error).toBe(0.5);
  const trained = new Set(wanted.fake.batches.flatMap((batch) => [...batch]));
  const validated = wanted.fake.evaluated.slice(0, 2).flatMap((batch) => [...batch]);
  expect(validated).toEqual(Array.from({ length: 20 }, (_, i) => 70 + i));
  expect(validated.some((index) => trained.has(index))).toBe(false);
  const plain = request();
  await trainNetwork(plain);
  expect(wanted.fake.batches).toEqual(plain.fake.batches);
});

test("a validation loss that is not finite is divergence", async () => {
  const answers = { evaluate: () => ({ lossSum: Number.NaN, correct: 0 }) };
  const outcome = await trainNetwork(request(answers, { regime: { ...regime, validation: 20 } }));
  expect(outcome).toMatchObject({ status: "diverged", reason: "validation loss is NaN after epoch 1" });
});

test("progressive learning loads the network anew where the size changes, and grows what regularizes", async () => {
  const progressive = { phases: 3, resolution: 14, mixup: 0, dropout: 0 };
  const grown = { ...regime, epochs: 6, mixup: 0.4, dropout: 0.5, progressive };
  const wanted = request({}, { regime: grown });
  const { epochs, status } = await trainNetwork(wanted);
  expect(status).toBe("done");
  expect(epochs.map(({ resolution }) => resolution)).toEqual([14, 14, 22, 22, 28, 28]);
  expect(wanted.fake.plans.map(({ input }) => [input.height, input.width])).toEqual([
    [14, 14],
    [22, 22],
    [28, 28],
  ]);
  expect(wanted.fake.open).toBe(0);
  // Four steps an epoch.
  const mixed = wanted.fake.transforms.map((transforms) => transforms?.mix !== undefined);
  expect(mixed.slice(0, 8)).toEqual(new Array(8).fill(false));
  expect(mixed.slice(8)).toEqual(new Array(16).fill(true));
  const kept = wanted.fake.keeps.map((keep) => Math.max(...(keep ?? [1])));
  expect(kept.slice(0, 8)).toEqual(new Array(8).fill(1));
  expect(kept.slice(8, 16)).toEqual(new Array(8).fill(Math.fround(1 / 0.75)));
  expect(kept.slice(16)).toEqual(new Array(8).fill(2));
  // Neither the learning rate nor the order of the images knows of the phases.
  const plain = request({}, { regime: { ...regime, epochs: 6 } });
  await trainNetwork(plain);
  expect(wanted.fake.learningRates).toEqual(plain.fake.learningRates);
  expect(wanted.fake.batches).toEqual(plain.fake.batches);
});

test("phases of one image size share their session, and their epochs do not say it", async () => {
  const wanted = request({}, { regime: { ...regime, mixup: 0.2, progressive: { phases: 3, mixup: 0 } } });
  const { epochs } = await trainNetwork(wanted);
  expect(wanted.fake.plans).toHaveLength(1);
  expect(epochs[0]).not.toHaveProperty("resolution");
});

test("a fine-tuning has its own size and learning rates, and only its epochs are reported", async () => {
  const fineTune = { resolution: 32, epochs: 2, learningRate: 0.004 };
  const errors = [0, 0.5, 0.75, 0.625];
  const wanted = request(
    {
      evaluate: (count) => ({
        lossSum: count,
        correct: count * (1 - errors[Math.floor(evaluations++ / 3)]!),
      }),
    },
    { regime: { ...regime, epochs: 4, fineTune } },
  );
  let evaluations = 0;
  const { epochs, error } = await trainNetwork(wanted);
  expect(epochs.map(({ resolution, testError }) => [resolution, testError])).toEqual([
    [28, 0],
    [28, 0.5],
    [32, 0.75],
    [32, 0.625],
  ]);
  expect(error).toBe(0.625);
  const before = request({}, { regime: { ...regime, epochs: 2 } });
  await trainNetwork(before);
  expect(wanted.fake.learningRates.slice(0, 8)).toEqual(before.fake.learningRates);
  const tuned = request({}, { regime: { ...regime, epochs: 2, learningRate: 0.004, warmup: 0 } });
  await trainNetwork(tuned);
  expect(wanted.fake.learningRates.slice(8)).toEqual(tuned.fake.learningRates);
});

test("a network that does not bear the regime's image size is refused before it is loaded", async () => {
  const wanted = request({}, { regime: { ...regime, progressive: { phases: 2, resolution: 1 } } });
  await expect(trainNetwork(wanted)).rejects.toThrow("regime.progressive.resolution: 1 is not allowed");
  expect(wanted.fake.plans).toHaveLength(0);
});

describe("the weights that are kept", () => {
  /** Half of the test images wrong after the first epoch, a quarter after the second, all after the third. */
  const best = (count: number, steps: number) => ({
    lossSum: count,
    correct: count * [0.5, 0.75, 0][steps / 4 - 1]!,
  });

  test("are those of the reported epoch, the trained ones or their averages", async () => {
    const averaged = { regime: { ...regime, ema: 0.9 } };
    for (const keep of ["trained", "averages"] as const) {
      const { kept, error } = await trainNetwork(request({ evaluate: best }, { keep, ...averaged }));
      expect(kept).toMatchObject({ epoch: 2, weights: keep });
      expect(error).toBe(0.25);
    }
    expect(await trainNetwork(request({ evaluate: best }))).not.toHaveProperty("kept");
  });

  test("are in the checkpoints of the epochs behind it, and only there", async () => {
    const checkpoints: Checkpoint[] = [];
    const { kept } = await trainNetwork(
      request(
        { evaluate: best },
        { keep: "trained", onEpoch: async (_, checkpoint) => void checkpoints.push(await checkpoint()) },
      ),
    );
    expect(checkpoints.map(({ reported }) => reported)).toEqual([undefined, undefined, kept?.state]);
    for (const resume of checkpoints.slice(1)) {
      const again = await trainNetwork(
        request({ evaluate: () => ({ lossSum: 1, correct: 0 }) }, { keep: "trained", resume }),
      );
      expect(again.kept).toEqual(kept);
    }
  });
});
