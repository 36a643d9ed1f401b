import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraph } from "../../../src/engine/graph/build.ts";
import { networkOf, smallImageFrame } from "../../../src/engine/network/frame.ts";
import { compilePlan, defaultOptimizer } from "../../../src/engine/plan/compile.ts";
import { allFusions } from "../../../src/engine/plan/fusion.ts";
import { selfTest } from "../../../src/engine/runtime/webgpu/self-test.ts";
import { initialState } from "../../../src/engine/training/initialize.ts";
import { openRemotePage, type RemoteExecutor, type RemotePage } from "./remote-executor.ts";

const frame = { ...smallImageFrame, input: { height: 8, width: 8, channels: 1 } } as const;

function planOf(width: number, batch: number) {
  const spec = networkOf(frame, [{ block: "vanilla", depth: 1, width, stride: 2 }]);
  return compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse: allFusions });
}

const plan = planOf(8, 4);
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

// One browser for the file: starting one and compiling kernels takes longer than all else here.
describe("the WebGPU device", () => {
  let page: RemotePage;
  let executor: RemoteExecutor;
  beforeAll(async () => {
    page = await openRemotePage();
    executor = await page.open();
  }, 90_000);
  afterAll(() => page.close());

  test("passes the self-test; 20 networks leave no buffer and make no new pipeline behind the first", async () => {
    await selfTest(executor);
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

  test("steps asked for at once are those of single calls, bit for bit, and so are evaluations; no timer is asked for", async () => {
    const before = await page.timers();
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
    expect(await page.timers()).toBe(before);
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

  test("refuses a plan that does not fit, proposing a smaller batch, and goes on", async () => {
    const large = planOf(8, 524_288);
    const refused = executor.load(large, initialState(large, 1));
    await expect(refused).rejects.toMatchObject({ name: "ExecutorError", code: "out-of-memory" });
    await expect(refused).rejects.toThrow("try a batch of 262144");
    expect((await executor.counts()).buffers).toBe(0);
    const session = await executor.load(plan, initialState(plan, 1));
    expect((await session.step(batch, 0.1)).lossSum).toBeGreaterThan(0);
    session.dispose();
  });

  test("that is lost between two steps, or under one, fails the step as lost; a new one goes on", async () => {
    const session = await executor.load(plan, initialState(plan, 1));
    const first = await session.step(batch, 0.1);
    const under = session.step(batch, 0.1);
    await executor.destroyDevice();
    await under.catch((error) => expect(error).toMatchObject({ code: "lost" }));
    await expect(session.step(batch, 0.1)).rejects.toMatchObject({ name: "ExecutorError", code: "lost" });
    await expect(executor.load(plan, initialState(plan, 1))).rejects.toMatchObject({ code: "lost" });
    session.dispose();
    const next = await page.open();
    const again = await next.load(plan, initialState(plan, 1));
    expect(await again.step(batch, 0.1)).toEqual(first);
    await next.dispose();
  });
});
