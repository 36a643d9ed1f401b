import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { buildGraph } from "../../graph/build.ts";
import { defaultNorm, type NetworkSpec, type StageSpec } from "../../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../plan/compile.ts";
import type { Plan } from "../../plan/plan.ts";
import { initialState } from "../../training/initialize.ts";
import { ExecutorError, type ModelState, type ResidentImages } from "../executor.ts";
import { createReferenceExecutor } from "../reference/executor.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "./executor.ts";
import { nodeKernels } from "./node-kernels.ts";

const loadKernels = nodeKernels(fileURLToPath(new URL("../../../../public/kernels", import.meta.url)));
const create = (options: Partial<WasmExecutorOptions> = {}) =>
  createWasmExecutor({ loadKernels, tileRows: 4, ...options });

const stages: Record<string, StageSpec[]> = {
  "X blocks, group width 8": [
    {
      block: "res_bottleneck",
      depth: 2,
      width: 24,
      stride: 2,
      bottleneckRatio: 1,
      groupWidth: 8,
      seRatio: 0,
    },
  ],
  "Y blocks, group width 3": [
    {
      block: "res_bottleneck",
      depth: 1,
      width: 18,
      stride: 2,
      bottleneckRatio: 1,
      groupWidth: 3,
      seRatio: 0.25,
    },
  ],
  MBConv: [{ block: "mbconv", depth: 2, width: 20, stride: 2, expansion: 4, kernel: 5, seRatio: 0.25 }],
};

function planOf(name: string, batch: number, width = 9): Plan {
  const spec: NetworkSpec = {
    version: 1,
    input: { height: 13, width, channels: 3 },
    classes: 10,
    stem: { type: "small", width: 12 },
    stages: stages[name] ?? [],
    head: { width: 30 },
    activation: name === "MBConv" ? "silu" : "relu",
    norm: defaultNorm,
  };
  return compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer });
}

function imageSet(count: number): ResidentImages {
  const shape = [13, 9, 3] as const;
  return {
    shape,
    count,
    images: Uint8Array.from({ length: count * 13 * 9 * 3 }, (_, i) => (i * 7919 + (i >> 5) * 131) % 256),
    labels: Uint8Array.from({ length: count }, (_, i) => (i * 7) % 10),
    mean: [0.4, 0.5, 0.6],
    std: [0.2, 0.25, 0.3],
  };
}

/** Two steps and an evaluation of a part of a batch; everything that comes out. */
async function train(plan: Plan, options: Partial<WasmExecutorOptions>, stale?: ResidentImages) {
  const executor = await create(options);
  if (stale) (await executor.attach(stale)).dispose();
  const images = await executor.attach(imageSet(40));
  const session = await executor.load(plan, initialState(plan, 3));
  const indices = Uint32Array.from({ length: plan.batch }, (_, i) => (i * 11) % 40);
  const results = [
    await session.step({ from: "resident", images, indices }, 0.1),
    await session.step({ from: "resident", images, indices }, 0.05),
    await session.evaluate({ from: "resident", images, indices: indices.subarray(0, 5) }),
  ];
  const state = [...(await session.readState())].map(([name, values]) => [name, [...values]]);
  await executor.dispose();
  return JSON.stringify({ results, state });
}

describe.each(Object.keys(stages))("%s", (name) => {
  const plan = planOf(name, 23);

  test.each(["relaxed", "simd"] as const)("%s: the same bits for any number of shares", async (build) => {
    const one = await train(plan, { build });
    expect(await train(plan, { build, shares: 2 })).toBe(one);
    expect(await train(plan, { build, shares: 3 })).toBe(one);
    expect(await train(plan, { build, shares: 16 })).toBe(one);
  });

  test("the same bits whatever the tile height, and again", async () => {
    const four = await train(plan, { tileRows: 4 });
    expect(await train(plan, { tileRows: 6 })).toBe(four);
    expect(await train(plan, { tileRows: 4 })).toBe(four);
  });

  test("the same bits in memory that others left full of NaN", async () => {
    const images = new Uint8Array(8_000_000).fill(255);
    const stale = {
      shape: [1, 1, 1],
      count: images.length,
      images,
      labels: images,
      mean: [0],
      std: [1],
    } as const;
    expect(await train(plan, {}, stale)).toBe(await train(plan, {}));
  });

  test("a batch from resident images gives what the reference gives", async () => {
    const batch = { from: "resident", indices: Uint32Array.of(3, 0, 39, 39, 7) } as const;
    const state = initialState(plan, 5);
    const [wasm, reference] = await Promise.all(
      [await create(), createReferenceExecutor()].map(async (executor) => {
        const images = await executor.attach(imageSet(40));
        const session = await executor.load(plan, state);
        const result = await session.evaluate({ ...batch, images });
        return { result, logits: (await session.read("logits")).subarray(0, 50) };
      }),
    );
    expect(wasm?.result.count).toBe(5);
    expect(wasm?.result.correct).toBe(reference?.result.correct);
    expect(wasm?.result.lossSum).toBeCloseTo(reference?.result.lossSum ?? 0, 4);
    const largest = Math.max(...(reference?.logits.map(Math.abs) ?? []));
    reference?.logits.forEach((value, i) => {
      expect(Math.abs((wasm?.logits[i] ?? Number.NaN) - value)).toBeLessThan(1e-5 * largest);
    });
  });
});

describe("a session", () => {
  const plan = planOf("X blocks, group width 8", 4);

  test("500 networks leave the memory as large as the first did", async () => {
    const executor = await create();
    const sessionBytes: number[] = [];
    for (let i = 0; i < 500; i++) {
      const session = await executor.load(plan, initialStateOnce(plan));
      sessionBytes.push(executor.memoryBytes);
      session.dispose();
    }
    expect(new Set(sessionBytes).size).toBe(1);
  });

  test("a plan that does not fit is refused with its size before memory grows; a smaller one still runs", async () => {
    const executor = await create({ memoryLimit: 2 ** 21 });
    const before = executor.memoryBytes;
    const large = planOf("X blocks, group width 8", 256);
    const refusal = executor.load(large, initialState(large, 1));
    await expect(refusal).rejects.toThrow(ExecutorError);
    await expect(refusal).rejects.toThrow(/a network at batch 256 needs [\d.]+ MB \(\d+ bytes\), [\d.]+ MB/);
    await expect(refusal).rejects.toHaveProperty("code", "out-of-memory");
    expect(executor.memoryBytes).toBe(before);
    const small = planOf("X blocks, group width 8", 1);
    await expect(executor.load(small, initialState(small, 1))).resolves.toBeDefined();
  });

  test("says what is wrong with what it is given", async () => {
    const executor = await create();
    const state = new Map(initialState(plan, 1));
    const [first = ""] = state.keys();
    const without = new Map(state);
    without.delete(first);
    await expect(executor.load(plan, without)).rejects.toThrow(`${first}: no values given`);
    await expect(executor.load(plan, new Map(state).set(first, new Float32Array(1)))).rejects.toThrow(
      `${first}: 1 values given`,
    );
    const session = await executor.load(plan, state);
    const images = await executor.attach(imageSet(3));
    const batch = (...indices: number[]) =>
      ({ from: "resident", images, indices: Uint32Array.from(indices) }) as const;
    await expect(session.step(batch(0, 1), 0.1)).rejects.toThrow("2 images for a plan of 4");
    await expect(session.evaluate(batch(0, 3))).rejects.toThrow("image 3 of a set of 3");
    await expect(session.read("nothing")).rejects.toThrow('no tensor "nothing"');
    images.dispose();
    await expect(session.evaluate(batch(0))).rejects.toThrow("not attached");
    session.dispose();
    session.dispose();
    await expect(session.readState()).rejects.toThrow("disposed");
  });

  test("NaN is seen: it spreads to the loss instead of ending in a ReLU", async () => {
    const executor = await create();
    const state = new Map(initialState(plan, 1));
    const [weights = ""] = state.keys();
    state.set(weights, new Float32Array(state.get(weights)?.length ?? 0).fill(Number.NaN));
    const session = await executor.load(plan, state);
    const images = await executor.attach(imageSet(4));
    const { lossSum } = await session.step(
      { from: "resident", images, indices: Uint32Array.of(0, 1, 2, 3) },
      0.1,
    );
    expect(lossSum).toBeNaN();
  });
});

test("builds and devices have names", async () => {
  expect((await create({ build: "auto" })).device).toBe("wasm relaxed-simd, 1 thread");
  expect((await create({ build: "simd" })).device).toBe("wasm simd, 1 thread");
  const broken = createWasmExecutor({ loadKernels: async () => Uint8Array.of(0, 97, 115, 109, 9, 0, 0, 0) });
  await expect(broken).rejects.toHaveProperty("code", "unsupported");
});

let once: ModelState | undefined;
function initialStateOnce(plan: Plan): ModelState {
  once ??= initialState(plan, 1);
  return once;
}
