import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OptimizerSpec, Plan } from "../../src/engine/plan/plan.ts";
import type { Executor, ModelState, Session } from "../../src/engine/runtime/executor.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { executors } from "./executors.ts";
import { batchOf, planWith } from "./one-block.ts";

describe.each(executors)("moving averages and spared norms: $name", ({ create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  async function withSession<T>(plan: Plan, state: ModelState, use: (session: Session) => Promise<T>) {
    const session = await executor.load(plan, state);
    try {
      return await use(session);
    } finally {
      session.dispose();
    }
  }

  test("averages of parameters and running statistics follow average = d·average + (1 − d)·value", async () => {
    const plan = planWith({ ema: 0.8 });
    const start = initialState(plan, 2);
    await withSession(plan, start, async (session) => {
      let wanted = new Map([...start].map(([name, values]) => [name, Float64Array.from(values)]));
      for (let step = 0; step < 4; step++) {
        await session.step(batchOf(plan, step), 0.1);
        const trained = await session.readState();
        wanted = new Map(
          [...wanted].map(([name, average]) => [
            name,
            average.map((value, i) => 0.8 * value + (1 - 0.8) * trained.get(name)![i]!),
          ]),
        );
      }
      const averages = await session.readState("averages");
      expect([...averages.keys()]).toEqual([...(await session.readState()).keys()]);
      for (const [name, values] of averages) {
        const largest = wanted.get(name)!.reduce((most, value) => Math.max(most, Math.abs(value)), 0.01);
        values.forEach((value, i) => {
          expect(Math.abs(value - wanted.get(name)![i]!) / largest, `${name}[${i}]`).toBeLessThan(1e-6);
        });
      }
      expect(await session.read("ema:s1.b1.f.a.weight")).toEqual(averages.get("s1.b1.f.a.weight"));
    });
  });

  test("evaluation by averages is that of a network that has them as its weights", async () => {
    const plan = planWith({ ema: 0.5 });
    const plain = planWith({});
    const [batch, picture] = [batchOf(plan, 1), batchOf(plan, 2)];
    const { byAverages, trained, averages } = await withSession(
      plan,
      initialState(plan, 2),
      async (session) => {
        await session.step(batch, 0.2);
        await session.step(batch, 0.2);
        const byAverages = await session.evaluate(picture, "averages");
        return {
          byAverages,
          trained: await session.evaluate(picture),
          averages: await session.readState("averages"),
        };
      },
    );
    expect(byAverages.lossSum).not.toBe(trained.lossSum);
    expect(await withSession(plain, averages, (session) => session.evaluate(picture))).toEqual(byAverages);
  });

  test("keeping averages changes no trained bit", async () => {
    const run = (plan: Plan) =>
      withSession(plan, initialState(plan, 3), async (session) => {
        for (let step = 0; step < 3; step++) await session.step(batchOf(plan, step), 0.1);
        return session.readState();
      });
    expect(await run(planWith({ ema: 0.9 }))).toEqual(await run(planWith({})));
  });

  test("a plan without averages refuses to evaluate or read them", async () => {
    const plan = planWith({});
    await withSession(plan, initialState(plan, 2), async (session) => {
      await expect(session.evaluate(batchOf(plan, 1), "averages")).rejects.toThrow(/no moving averages/);
      await expect(session.readState("averages")).rejects.toThrow(/no moving averages/);
    });
  });

  test("weight decay that spares norms leaves every vector as without decay and every weight as with it", async () => {
    const stepped = (optimizer: Partial<OptimizerSpec>) => {
      const plan = planWith(optimizer);
      return withSession(plan, initialState(plan, 3), async (session) => {
        await session.step(batchOf(plan, 4), 0.1);
        return session.readState();
      });
    };
    const spared = await stepped({ weightDecay: 0.2, spareNorms: true });
    const decayed = await stepped({ weightDecay: 0.2 });
    const free = await stepped({ weightDecay: 0 });
    let [weights, vectors] = [0, 0];
    for (const { name, kind } of planWith({}).parameters) {
      const isWeight = kind === "conv" || kind === "linear";
      expect(spared.get(name), name).toEqual((isWeight ? decayed : free).get(name));
      if (isWeight) weights++;
      else vectors++;
    }
    expect(spared.get("s1.b1.f.a_bn.weight")).not.toEqual(decayed.get("s1.b1.f.a_bn.weight"));
    // Stem, three convolutions, shortcut, two of squeeze-and-excitation, linear; a norm for five, a bias for three.
    expect([weights, vectors]).toEqual([8, 5 * 2 + 3]);
  });
});
