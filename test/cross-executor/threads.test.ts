import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import type { TensorId } from "../../src/engine/plan/calls.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { ExecutorError } from "../../src/engine/runtime/executor.ts";
import { goldenTolerances, verifyGolden } from "../../src/engine/runtime/verify/golden.ts";
import {
  createWasmExecutor,
  type WasmExecutor,
  type WasmExecutorOptions,
} from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../../src/engine/runtime/wasm/node-threads.ts";
import type { Thread, ThreadHost } from "../../src/engine/runtime/wasm/thread-host.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { goldenNames, readGolden } from "../fixtures/golden-files.ts";
import { callCases, inputsOf } from "./cases.ts";
import { runSingleCall } from "./single-call.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url)));

/** A hash of all outputs: comparing arrays element by element takes the test runner seconds. */
function bitsOf(outputs: ReadonlyMap<TensorId, Float32Array | Float64Array>): string {
  const bytes = [...outputs.values()].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  return createHash("sha256").update(Buffer.concat(bytes)).digest("hex");
}

const common = { loadKernels, tileRows: 4 } as const;
const host = nodeThreads();

// Shares of work are cut by shapes; a sum that followed the threads would differ in its last bits.
describe("results do not depend on the number of threads", () => {
  let executors: readonly WasmExecutor[];
  beforeAll(async () => {
    const make = (options: Partial<WasmExecutorOptions>) =>
      createWasmExecutor({ ...common, build: "simd", ...options });
    const settings = [{}, { shares: 2 }, { shares: 3 }, { threads: 2, host }, { threads: 3, host }];
    executors = await Promise.all(settings.map(make));
  });
  afterAll(() => Promise.all(executors.map((executor) => executor.dispose())));

  test.each(Object.entries(callCases))(
    "%s: 1, 2 and 3 threads give the same bits, and so do shares done by turns",
    async (_op, cases) => {
      await fc.assert(
        fc.asyncProperty(cases, fc.integer({ min: 0, max: 1e9 }), async (callCase, seed) => {
          const rng = createRng(seed, "inputs");
          const inputs = inputsOf(callCase, () => rng.float());
          const results = await Promise.all(
            executors.map((executor) => runSingleCall(executor, callCase, inputs)),
          );
          const [alone, ...shared] = results.map(bitsOf);
          for (const bits of shared) expect(bits).toBe(alone);
        }),
        { numRuns: 20, seed: 20_261 },
      );
    },
  );
});

const plan = compilePlan(
  buildGraph(
    networkOf({ ...smallImageFrame, stem: { type: "small", width: 8 } }, [
      {
        block: "res_bottleneck",
        depth: 2,
        width: 24,
        stride: 2,
        bottleneckRatio: 1,
        groupWidth: 8,
        seRatio: 0.25,
      },
      { block: "mbconv", depth: 1, width: 20, stride: 2, expansion: 4, kernel: 5, seRatio: 0.25 },
    ]),
  ),
  { batch: 24, optimizer: defaultOptimizer },
);
const { height, width, channels } = plan.input;
const images = {
  shape: [height, width, channels],
  count: 100,
  images: Uint8Array.from(
    { length: 100 * height * width * channels },
    (_, i) => (i * 7919 + (i >> 5) * 131) % 256,
  ),
  labels: Uint8Array.from({ length: 100 }, (_, i) => (i * 7) % 10),
  mean: Array.from({ length: channels }, () => 0.4),
  std: Array.from({ length: channels }, () => 0.3),
} as const;

/** Four steps and the evaluation of a partial batch: losses and the state's bits. */
async function train(executor: WasmExecutor): Promise<string> {
  const handle = await executor.attach(images);
  const session = await executor.load(plan, initialState(plan, 3));
  const batch = (count: number, step: number) =>
    ({
      from: "resident",
      images: handle,
      indices: Uint32Array.from({ length: count }, (_, i) => (i * 11 + step * 5) % images.count),
    }) as const;
  try {
    const results = [];
    for (let step = 0; step < 4; step++) results.push(await session.step(batch(plan.batch, step), 0.05));
    results.push(await session.evaluate(batch(7, 0)));
    const state = bitsOf(new Map([...(await session.readState()).values()].entries()));
    return JSON.stringify({ results, state });
  } finally {
    session.dispose();
    handle.dispose();
  }
}

describe("training with threads", () => {
  test.each(["relaxed", "simd"] as const)(
    "%s: 1, 2, 3 and 4 threads end with the same bits, and again when run twice",
    async (build) => {
      const alone = await createWasmExecutor({ ...common, build });
      const wanted = await train(alone);
      for (const threads of [2, 3, 4]) {
        const executor = await createWasmExecutor({ ...common, build, threads, host });
        expect(executor.device).toBe(`wasm ${build === "simd" ? build : "relaxed-simd"}, ${threads} threads`);
        expect(executor.note).toBeUndefined();
        expect(await train(executor), `${threads} threads`).toBe(wanted);
        expect(await train(executor), `${threads} threads, again`).toBe(wanted);
        await executor.dispose();
      }
    },
  );

  test.each(goldenNames)("%s on 2 threads trains as PyTorch does", async (name) => {
    const executor = await createWasmExecutor({ ...common, threads: 2, host });
    const { sidecar, tensors } = readGolden(name);
    const errors = await verifyGolden(sidecar, tensors, executor);
    for (const part of Object.keys(goldenTolerances) as (keyof typeof goldenTolerances)[])
      expect(errors[part], part).toBeLessThanOrEqual(goldenTolerances[part]);
    await executor.dispose();
  });

  test("500 networks leave the shared memory as large as the first did", async () => {
    const executor = await createWasmExecutor({ ...common, threads: 2, host });
    const state = initialState(plan, 1);
    const sizes = new Set<number>();
    for (let i = 0; i < 500; i++) {
      const session = await executor.load(plan, state);
      sizes.add(executor.memoryBytes);
      session.dispose();
    }
    expect(sizes.size).toBe(1);
    await executor.dispose();
  });
});

describe("threads that fail", () => {
  /** Node's threads, kept, so that a test can end one. */
  function watched(): { readonly host: ThreadHost; readonly started: Thread[] } {
    const started: Thread[] = [];
    const start: ThreadHost["start"] = (settings) => {
      const thread = host.start(settings);
      started.push(thread);
      return thread;
    };
    return { host: { ...host, start }, started };
  }

  test("a thread that dies in a step fails the step with a reason; the next network has new threads", async () => {
    const { host: watchedHost, started } = watched();
    const executor = await createWasmExecutor({ ...common, threads: 3, host: watchedHost });
    const wanted = await train(executor);
    // Ends while thread 0 walks the list: nobody hears of it before thread 0 misses it at a barrier.
    started[1]?.terminate();
    const broken = train(executor);
    await expect(broken).rejects.toThrow(ExecutorError);
    await expect(broken).rejects.toThrow(/thread 2 of 3 ended/);
    await expect(broken).rejects.toHaveProperty("code", "lost");
    expect(await train(executor)).toBe(wanted);
    expect(started).toHaveLength(4);
    await executor.dispose();
  });

  test("a thread that died between two steps is replaced", async () => {
    const { host: watchedHost, started } = watched();
    const executor = await createWasmExecutor({ ...common, threads: 2, host: watchedHost });
    const wanted = await train(executor);
    started[0]?.terminate();
    await started[0]?.ended;
    expect(await train(executor)).toBe(wanted);
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
      return { ready, ended: new Promise(() => {}), terminate() {} };
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
});
