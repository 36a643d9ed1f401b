import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { nodeSource } from "../../src/engine/data/node-source.ts";
import { ExecutorError } from "../../src/engine/runtime/executor.ts";
import { createWasmExecutor } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../../src/engine/runtime/wasm/node-threads.ts";
import type { Thread, ThreadHost } from "../../src/engine/runtime/wasm/thread-host.ts";
import { createControl } from "../../src/engine/runtime/worker/control.ts";
import { runSweep } from "../../src/engine/sweep/scheduler.ts";
import { parseStudy } from "../../src/engine/sweep/study.ts";
import { withoutTimes } from "../../src/engine/sweep/trial.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { loadTrainingData } from "../../src/engine/training/load-data.ts";
import { trainNetwork } from "../../src/engine/training/trainer.ts";
import { memoryRecorder } from "../fixtures/fake-training.ts";
import { smallPlan, trainBriefly } from "../fixtures/small-training.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));
const common = { loadKernels, tileRows: 4 } as const;
const host = nodeThreads();

/** Node's threads, kept, so that a test can end one. @param newsTakes ms until the executor hears of an end. */
function watched(newsTakes = 0): { readonly host: ThreadHost; readonly started: Thread[] } {
  const started: Thread[] = [];
  const start: ThreadHost["start"] = (settings) => {
    const thread = host.start(settings);
    started.push(thread);
    if (newsTakes === 0) return thread;
    return { ...thread, ended: thread.ended.then((reason) => setTimeout(newsTakes, reason)) };
  };
  return { host: { ...host, start }, started };
}

test("a thread that dies in a step fails the step with a reason; the next network has new threads", async () => {
  const { host: watchedHost, started } = watched();
  const executor = await createWasmExecutor({ ...common, threads: 3, host: watchedHost });
  const wanted = await trainBriefly(executor);
  // Ends while thread 0 walks the list: nobody hears of it before thread 0 misses it at a barrier.
  started[1]?.terminate();
  const broken = trainBriefly(executor);
  await expect(broken).rejects.toThrow(ExecutorError);
  await expect(broken).rejects.toThrow(/thread 2 of 3 ended/);
  await expect(broken).rejects.toHaveProperty("code", "interrupted");
  expect(await trainBriefly(executor)).toBe(wanted);
  expect(started).toHaveLength(4);
  await executor.dispose();
});

test("a thread that died between two steps is replaced", async () => {
  const { host: watchedHost, started } = watched();
  const executor = await createWasmExecutor({ ...common, threads: 2, host: watchedHost });
  const wanted = await trainBriefly(executor);
  started[0]?.terminate();
  await started[0]?.ended;
  expect(await trainBriefly(executor)).toBe(wanted);
  await executor.dispose();
});

test("disposing ends the threads", async () => {
  const { host: watchedHost, started } = watched();
  const executor = await createWasmExecutor({ ...common, threads: 3, host: watchedHost });
  await executor.dispose();
  expect(await Promise.all(started.map(({ ended }) => ended))).toEqual(["exit code 0", "exit code 0"]);
});

test("where threads cannot be had, one thread does the work, and says why", async () => {
  const refuse: ThreadHost["start"] = () => {
    const ready = Promise.reject(new Error("no more workers here"));
    return { ready, ended: Promise.resolve("never began"), terminate() {} };
  };
  const refused = await createWasmExecutor({
    ...common,
    threads: 2,
    host: { ...host, start: refuse },
  });
  expect(refused.device).toMatch(/, 1 thread$/);
  expect(refused.note).toMatch(/^Training on one thread instead of 2: .*no more workers here$/);
  const note = "not isolated";
  const noted = await createWasmExecutor({
    ...common,
    threads: "auto",
    host: { ...host, suggested: 1, note },
  });
  expect(noted).toMatchObject({ note, device: expect.stringMatching(/, 1 thread$/) });
  await expect(createWasmExecutor({ ...common, threads: 0, host })).rejects.toThrow("whole number from 1");
});

test("a session whose step was cut short takes no other: its values are half written", async () => {
  const { host: watchedHost, started } = watched();
  const executor = await createWasmExecutor({ ...common, threads: 2, host: watchedHost });
  const session = await executor.load(smallPlan, initialState(smallPlan, 1));
  const { height, width, channels, classes } = { ...smallPlan.input, classes: 10 };
  const batch = {
    from: "values",
    images: new Float32Array(smallPlan.batch * height * width * channels),
    targets: new Float32Array(smallPlan.batch * classes),
  } as const;
  started[0]?.terminate();
  await expect(session.step(batch, 0.1)).rejects.toThrow(/thread 1 of 2 ended/);
  await expect(session.step(batch, 0.1)).rejects.toHaveProperty("code", "interrupted");
  await expect(session.readState()).rejects.toThrow("cut short");
  session.dispose();
  await executor.dispose();
});

test("a trial whose thread dies goes on from its last epoch, with the same bits; one whose threads die every time fails", async () => {
  // News that come between two steps would have the thread replaced, and nothing would fail.
  const { host: watchedHost, started } = watched(500);
  const executor = await createWasmExecutor({ ...common, threads: 2, host: watchedHost });
  const study = parseStudy({
    version: 1,
    seed: 4,
    populations: [
      { name: "line", space: "regnetx", count: 3, stemWidth: 8, budget: { flops: "200k..500k" } },
    ],
    regime: { images: 128, testImages: 32, batch: 32, epochs: 2 },
  });
  const data = await loadTrainingData(executor, study.regime, nodeSource());
  const control = createControl();
  const recorder = memoryRecorder();
  const run = (deaths: number) => {
    let left = deaths;
    return runSweep({
      study,
      studyId: "s",
      recorded: [],
      train: (job) => {
        const onStep = (step: number) => {
          if (job.trial.index !== 1 || step !== 6 || left-- <= 0) return;
          started.at(-1)?.terminate();
          // A step takes less time than ending a thread may take on a busy machine.
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
        };
        return trainNetwork({ ...job, onStep, executor, data });
      },
      recorder,
      listener: {},
      control,
      device: executor.device,
      version: "0",
    });
  };
  const untimed = () => recorder.trials.splice(0).map(withoutTimes);
  expect(await run(0)).toMatchObject({ outcome: "complete", trials: 3 });
  const undisturbed = untimed();
  await run(1);
  expect(started).toHaveLength(2);
  expect(untimed()).toEqual(undisturbed);
  await run(4);
  expect(started).toHaveLength(6);
  const [first, second, third] = untimed();
  expect([first, third]).toEqual([undisturbed[0], undisturbed[2]]);
  expect(second).toMatchObject({ status: "failed", error: null });
  expect(second?.reason).toMatch(/^a step could not be finished: thread 1 of 2 ended: exit code 1$/);
  expect(second?.epochs).toHaveLength(1);
  await executor.dispose();
});
