import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Devices } from "../../../src/app/worker/devices.ts";
import { nodeSource } from "../../../src/engine/data/node-source.ts";
import { buildGraph } from "../../../src/engine/graph/build.ts";
import { networkOf, smallImageFrame } from "../../../src/engine/network/frame.ts";
import { compilePlan, defaultOptimizer } from "../../../src/engine/plan/compile.ts";
import { allFusions } from "../../../src/engine/plan/fusion.ts";
import type { Executor } from "../../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../../src/engine/runtime/reference/executor.ts";
import { createWasmExecutor } from "../../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../../src/engine/runtime/wasm/node-kernels.ts";
import { selfTest } from "../../../src/engine/runtime/webgpu/self-test.ts";
import { createControl } from "../../../src/engine/runtime/worker/control.ts";
import type { OpenDevice } from "../../../src/engine/sweep/service.ts";
import { parseStudy } from "../../../src/engine/sweep/study.ts";
import { initialState } from "../../../src/engine/training/initialize.ts";
import { loadTrainingData } from "../../../src/engine/training/load-data.ts";
import { regimeSchema } from "../../../src/engine/training/regime.ts";
import { type TrainOutcome, trainNetwork } from "../../../src/engine/training/trainer.ts";
import {
  openFaultyExecutor,
  openRemoteExecutor,
  pageTimers,
  type RemoteExecutor,
  sharedRemoteExecutor,
} from "./remote-executor.ts";
import { remoteSweep } from "./remote-sweep.ts";

const stem = { type: "small", width: 8 } as const;
const frame = { ...smallImageFrame, input: { height: 8, width: 8, channels: 1 }, stem };

/** Its kernels are among those of the populations' first network: most of the time here they compile. */
function planOf(width: number, batch: number) {
  const spec = networkOf(frame, [{ block: "vanilla", depth: 1, width, stride: 2 }]);
  return compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse: allFusions });
}

const plan = planOf(4, 4);
const batch = {
  from: "values",
  images: Float32Array.from({ length: 4 * 64 }, (_, i) => Math.sin(i)),
  targets: Float32Array.from({ length: 40 }, (_, i) => (i % 11 === 0 ? 1 : 0)),
} as const;
const set = {
  shape: [8, 8, 1],
  count: 20,
  images: Uint8Array.from({ length: 20 * 64 }, (_, i) => (i * 7919) % 256),
  labels: Uint8Array.from({ length: 20 }, (_, i) => i % 10),
  mean: [0.4],
  std: [0.3],
} as const;

const loadKernels = nodeKernels(fileURLToPath(new URL("../../../public/kernels", import.meta.url)));

/** Two populations of two tiny networks each, one of far narrower stages; of the wide ones one has groups and squeeze-and-excitation. */
const vanilla = { block: "vanilla", depth: 1 } as const;
const grouped = {
  block: "res_bottleneck",
  depth: 1,
  bottleneckRatio: 1,
  groupWidth: 8,
  seRatio: 0.25,
} as const;
const population = (
  [
    [vanilla, 4, 4],
    [vanilla, 4, 8],
    [grouped, 16, 32],
    [vanilla, 24, 40],
  ] as const
).map(([block, first, second]) =>
  networkOf({ ...smallImageFrame, stem }, [
    { ...block, width: first, stride: 4 },
    { ...block, width: second, stride: 2 },
  ]),
);
const regime = regimeSchema.parse({ images: 128, testImages: 100, batch: 16, epochs: 2 });

async function trainAll(executor: Executor): Promise<TrainOutcome[]> {
  const data = await loadTrainingData(executor, regime, nodeSource());
  const outcomes: TrainOutcome[] = [];
  for (const spec of population)
    outcomes.push(await trainNetwork({ spec, regime, seed: 3, executor, data, control: createControl() }));
  data.dispose();
  return outcomes;
}

function meanError(outcomes: readonly TrainOutcome[]): number {
  return outcomes.reduce((sum, { epochs }) => sum + epochs.at(-1)!.testError, 0) / outcomes.length;
}

describe("the WebGPU device", () => {
  let executor: RemoteExecutor;
  beforeAll(async () => {
    executor = await sharedRemoteExecutor();
    // Compiles what the tests run: seconds, on a busy machine many.
    (await executor.load(plan, initialState(plan, 0))).dispose();
    await selfTest(executor);
  }, 120_000);
  afterAll(() => executor.dispose());

  test("that passed the self-test: 20 networks leave no buffer and make no new pipeline behind the first", async () => {
    const counts = [];
    for (let i = 0; i < 20; i++) {
      const session = await executor.load(plan, initialState(plan, i));
      await session.step(batch, 0.1);
      session.dispose();
      counts.push(await executor.counts());
    }
    expect(new Set(counts.map(({ buffers }) => buffers))).toEqual(new Set([0]));
    expect(counts.at(-1)?.pipelines).toBe(counts[0]?.pipelines);
  });

  test("whose kernels of depthwise convolutions compute wrong trains networks without any; at the first that has some the study goes on with wasm", async () => {
    const faulty = await openFaultyExecutor("depthwise");
    const devices = new Devices({
      openGpu: async () => ({ executor: faulty, software: true, lost: new Promise(() => {}) }),
      openWasm: async () => createWasmExecutor({ loadKernels }),
      openReference: async () => createReferenceExecutor(),
      selfTest: (executor) => selfTest(executor, ["blocks"]),
      cores: 2,
      suggested: 1,
    });
    const mbconv = {
      block: "mbconv",
      depth: 1,
      width: 8,
      stride: 2,
      expansion: 2,
      kernel: 3,
      seRatio: 0,
    } as const;
    const depthwise = networkOf({ ...smallImageFrame, stem }, [mbconv]);
    const study = parseStudy({
      version: 1,
      populations: [{ name: "one", networks: [population[0], depthwise, population[1]] }],
      regime: { images: 32, testImages: 32, batch: 16, epochs: 1 },
    });
    const opened: OpenDevice[] = [];
    const { trials, starts } = await remoteSweep(
      study,
      async () => {
        opened.push(await devices.open({ executor: "webgpu" }));
        return opened.at(-1)!.executor;
      },
      undefined,
      (reason) => devices.refuseGpu(reason),
    );
    const trained = trials.map(({ status, device }) => `${status} on ${device.split(" ")[0]}`);
    expect(trained).toEqual(["done on webgpu", "done on wasm", "done on wasm"]);
    // Not a step was made on it.
    expect(starts.map(({ steps }) => steps.at(-1) ?? 0)).toEqual([2, 0, 2, 2]);
    expect(opened[1]?.info.note).toMatch(
      /^Trained on the processor: webgpu .* computes wrong: losses of a test network of depthwise convolutions are off by [\d.]+%$/,
    );
    expect((await faulty.counts()).buffers).toBe(0);
  }, 60_000);

  test("steps asked for at once are those of single calls, bit for bit, and so are evaluations; no timer is asked for", async () => {
    const before = await pageTimers();
    const images = await executor.attach(set);
    const resident = (count: number, from: number) =>
      ({
        from: "resident",
        images,
        indices: Uint32Array.from({ length: count }, (_, i) => (from + 3 * i) % 20),
      }) as const;
    // More than go between two read-backs; one whose values are given, which has to wait for those before it.
    const steps = Array.from({ length: 68 }, (_, i) => ({
      batch: i === 5 ? batch : resident(4, i),
      learningRate: 0.1 / (i + 1),
    }));
    const evaluations = [resident(4, 0), resident(2, 9), batch];
    const [single, together] = [
      await executor.load(plan, initialState(plan, 1)),
      await executor.load(plan, initialState(plan, 1)),
    ];
    const one = [];
    for (const step of steps.slice(0, 7)) one.push(await single.step(step.batch, step.learningRate));
    one.push(...((await single.steps?.(steps.slice(7))) ?? []));
    expect(await together.steps?.(steps)).toEqual(one);
    expect(await together.readState()).toEqual(await single.readState());
    const evaluated = [];
    for (const each of evaluations) evaluated.push(await single.evaluate(each));
    expect(await together.evaluations?.(evaluations)).toEqual(evaluated);
    expect(evaluated.map(({ count }) => count)).toEqual([4, 2, 4]);
    single.dispose();
    together.dispose();
    images.dispose();
    expect((await executor.counts()).buffers).toBe(0);
    expect(await pageTimers()).toBe(before);
  });

  test("a profile times every call of a step, and leaves no buffer", async () => {
    const session = await executor.load(plan, initialState(plan, 1));
    const times = (await session.profile?.()) ?? [];
    const calls = (list: readonly { readonly op: string; readonly label: string }[]) =>
      [...new Set(list.map(({ op, label }) => `${op} ${label}`))].toSorted();
    expect(calls(times.map(({ call }) => call))).toEqual(calls(plan.train));
    for (const { ms } of times) expect(ms).toBeGreaterThan(0);
    session.dispose();
    expect((await executor.counts()).buffers).toBe(0);
  });

  test("trains a small population as wasm does: losses agree, and so does the order of networks and populations", async () => {
    const wasm = await createWasmExecutor({ loadKernels });
    const found = await trainAll(executor);
    const wanted = await trainAll(wasm);
    await wasm.dispose();
    for (const [i, { epochs }] of found.entries()) {
      const { epochs: others } = wanted[i]!;
      // What float32 in another order explains.
      for (const [epoch, { trainLoss }] of epochs.entries())
        expect(Math.abs(trainLoss / others[epoch]!.trainLoss - 1)).toBeLessThan(1e-4);
      expect(Math.abs(epochs.at(-1)!.testError - others.at(-1)!.testError)).toBeLessThan(0.03);
    }
    const order = (outcomes: readonly TrainOutcome[]) =>
      outcomes
        .map(({ epochs }, i) => [epochs.at(-1)!.trainLoss, i] as const)
        .toSorted((a, b) => a[0] - b[0])
        .map(([, i]) => i);
    expect(order(found)).toEqual(order(wanted));
    const better = (outcomes: readonly TrainOutcome[]) =>
      meanError(outcomes.slice(0, 2)) < meanError(outcomes.slice(2));
    expect(better(found)).toBe(better(wanted));
    // The comparison says something: the populations are further apart than two executors may be.
    expect(Math.abs(meanError(wanted.slice(0, 2)) - meanError(wanted.slice(2)))).toBeGreaterThan(0.03);
  }, 90_000);

  test("a network with a weight that is NaN ends as diverged, though a rectifier hides it from the loss", async () => {
    const data = await loadTrainingData(executor, regime, nodeSource());
    const outcome = await trainNetwork({
      ...{ spec: population[0]!, regime, seed: 3, data, control: createControl() },
      executor: {
        ...executor,
        load: (own, state) => {
          const weights = Float32Array.from(state.get("stem.conv.weight")!);
          weights[0] = Number.NaN;
          return executor.load(own, new Map([...state, ["stem.conv.weight", weights]]));
        },
      },
    });
    data.dispose();
    expect(outcome).toMatchObject({ status: "diverged", error: 1, epochs: [] });
    expect(outcome.reason).toContain("NaN");
  });

  test("refuses a plan that does not fit, proposing a smaller batch, and goes on", async () => {
    const large = planOf(8, 524_288);
    const { needed, available, within } = await executor.roomFor(large);
    expect(needed).toBeGreaterThan(available);
    expect(within).toBe("one buffer");
    expect(await executor.roomFor(plan)).toMatchObject({ available });
    const refused = executor.load(large, initialState(large, 1));
    await expect(refused).rejects.toMatchObject({ name: "ExecutorError", code: "out-of-memory" });
    await expect(refused).rejects.toThrow("try a batch of 262144");
    expect((await executor.counts()).buffers).toBe(0);
    const session = await executor.load(plan, initialState(plan, 1));
    expect((await session.step(batch, 0.1)).lossSum).toBeGreaterThan(0);
    session.dispose();
  });

  test("that is lost in the middle of a trial's second epoch: a new one goes on from the first, to the same records and bits", async () => {
    const study = parseStudy({
      version: 1,
      populations: [{ name: "one", networks: population.slice(0, 1) }],
      regime: { images: 64, testImages: 32, batch: 16, epochs: 2, ema: 0.9, flip: true },
    });
    const undisturbed = await remoteSweep(study, async () => executor);
    expect(undisturbed.starts).toEqual([{ from: 0, steps: [3, 4, 7, 8] }]);
    const opened: RemoteExecutor[] = [];
    let destroyed: Promise<void> | undefined;
    const disturbed = await remoteSweep(
      study,
      async () => {
        // Compiling all kernels anew takes most of the time: what is there already does for the second.
        opened.push(opened.length > 0 ? executor : await openRemoteExecutor());
        return opened.at(-1)!;
      },
      (step) => {
        if (step === 7) destroyed = opened[0]!.destroyDevice();
      },
    );
    await destroyed;
    expect(opened).toHaveLength(2);
    expect(disturbed.starts).toEqual([
      { from: 0, steps: [3, 4, 7] },
      { from: 1, steps: [7, 8] },
    ]);
    expect(disturbed.trials).toEqual(undisturbed.trials);
    expect(undisturbed.trials).toMatchObject([{ status: "done", epochs: [{ epoch: 1 }, { epoch: 2 }] }]);
    expect(disturbed.weights).toEqual(undisturbed.weights);
    expect(undisturbed.weights[0]?.size).toBeGreaterThan(0);
  }, 90_000);

  test("that is lost between two steps, or under one, fails the step as lost; a new one goes on", async () => {
    const lost = await openRemoteExecutor();
    const session = await lost.load(plan, initialState(plan, 1));
    const first = await session.step(batch, 0.1);
    const under = session.step(batch, 0.1);
    await lost.destroyDevice();
    await under.catch((error) => expect(error).toMatchObject({ code: "lost" }));
    await expect(session.step(batch, 0.1)).rejects.toMatchObject({ name: "ExecutorError", code: "lost" });
    await expect(lost.load(plan, initialState(plan, 1))).rejects.toMatchObject({ code: "lost" });
    session.dispose();
    const next = await openRemoteExecutor();
    const again = await next.load(plan, initialState(plan, 1));
    expect(await again.step(batch, 0.1)).toEqual(first);
    await next.dispose();
    // Each of the two devices compiles its kernels anew.
  }, 90_000);
});
