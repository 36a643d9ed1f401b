import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { keepFactors } from "../../src/engine/training/keep-factors.ts";
import { executors } from "./executors.ts";

const batch = 6;
const width = 11;
const chances = { stochasticDepth: 0.3, dropout: 0.4 };
const spec = networkOf({ ...smallImageFrame, input: { height: 9, width: 7, channels: 1 } }, [
  { block: "res_basic", depth: 2, width, stride: 2 },
]);
const graph = buildGraph(spec, { stochasticDepth: true, dropout: true });
const plan = compilePlan(graph, { batch, optimizer: defaultOptimizer });
const rng = createRng(8, "dropout");
const images = Float32Array.from({ length: batch * 63 }, () => rng.normal());
const targets = Float32Array.from({ length: batch * 10 }, (_, i) => (i % 11 === 0 ? 1 : 0));
const values = { from: "values", images, targets } as const;

/** Losses of three steps with their own factors, then of an evaluation. */
async function lossesOf(executor: Executor): Promise<number[]> {
  const session = await executor.load(plan, initialState(plan, 3));
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    const keep = keepFactors(plan, chances, (name) => createRng(5, name, step));
    losses.push((await session.step(values, 0.05, keep)).lossSum);
  }
  losses.push((await session.evaluate(values)).lossSum);
  session.dispose();
  return losses;
}

describe.each(executors)("$name leaves units out before the classifier", ({ create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test("losses of three steps and of an evaluation are the reference's within 1e-5", async () => {
    const wanted = await lossesOf(createReferenceExecutor());
    const losses = await lossesOf(executor);
    losses.forEach((loss, i) => {
      expect(Math.abs(loss / wanted[i]! - 1)).toBeLessThan(1e-5);
    });
  });

  test("a unit that is left out of every image has no gradient", async () => {
    const session = await executor.load(plan, initialState(plan, 3));
    const gradient = async (factor: (unit: number) => number) => {
      const branches = new Array(2 * batch).fill(1);
      const units = Array.from({ length: batch * width }, (_, i) => factor(i % width));
      // No step is taken: the learning rate is 0, and so are the momenta's effects.
      await session.step(values, 0, Float32Array.from([...branches, ...units]));
      return Array.from(await session.read("grad:head.fc.weight"));
    };
    const all = await gradient(() => 1);
    const without = await gradient((unit) => (unit === 4 ? 0 : 1));
    // [unit][class], as a 1×1 convolution's filters.
    expect(without.slice(40, 50)).toEqual(new Array(10).fill(0));
    expect(all.slice(40, 50).every((value) => value !== 0)).toBe(true);
    session.dispose();
  });

  test("an evaluation keeps every unit", async () => {
    const plain = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer });
    const session = await executor.load(plan, initialState(plan, 3));
    const other = await executor.load(plain, initialState(plain, 3));
    expect(await session.evaluate(values)).toEqual(await other.evaluate(values));
    session.dispose();
    other.dispose();
  });
});
