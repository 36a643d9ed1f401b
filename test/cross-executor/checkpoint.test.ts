import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../src/engine/plan/plan.ts";
import type { Executor, ModelState, Session } from "../../src/engine/runtime/executor.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { executors } from "./executors.ts";
import { batchOf, planWith } from "./one-block.ts";

describe.each(executors)("checkpoints: $name", ({ create }) => {
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

  /** Steps from..to − 1; gives their losses and what the session then carries. */
  const steps = (plan: Plan, state: ModelState, from: number, to: number) =>
    withSession(plan, state, async (session) => {
      const losses = [];
      for (let step = from; step < to; step++)
        losses.push((await session.step(batchOf(plan, step), 0.1)).lossSum);
      return { losses, state: await session.readCheckpoint() };
    });

  test.each([{}, { ema: 0.8 }])(
    "two steps, a reload and two steps are four steps, bit for bit (%j)",
    async (optimizer) => {
      const plan = planWith(optimizer);
      const start = initialState(plan, 2);
      const whole = await steps(plan, start, 0, 4);
      const first = await steps(plan, start, 0, 2);
      const second = await steps(plan, first.state, 2, 4);
      expect([...first.losses, ...second.losses]).toEqual(whole.losses);
      expect(second.state).toEqual(whole.state);
      // Without the momenta, or with averages that begin anew, the end is another one.
      const trained = new Map([...first.state].filter(([name]) => !name.includes(":")));
      const forgetful = await steps(plan, trained, 2, 4);
      expect(forgetful.state).not.toEqual(whole.state);
    },
  );

  test("a checkpoint names a momentum for every parameter and an average for every value", async () => {
    const plan = planWith({ ema: 0.8 });
    const { state } = await steps(plan, initialState(plan, 2), 0, 1);
    const parameters = plan.parameters.map(({ name }) => name);
    const values = [...parameters, ...plan.statistics.map(({ name }) => name)];
    const names = [
      ...values,
      ...values.map((name) => `ema:${name}`),
      ...parameters.map((name) => `momentum:${name}`),
    ];
    expect([...state.keys()].toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const length = state.get(name.replace(/^(ema|momentum):/, ""))?.length;
      expect(state.get(name)?.length, name).toBe(length);
    }
  });

  test("an entry of the wrong length is refused by name", async () => {
    const plan = planWith({ ema: 0.8 });
    for (const name of ["momentum:s1.b1.f.a.weight", "ema:s1.b1.f.a.weight"]) {
      const state = new Map([...initialState(plan, 2), [name, new Float32Array(3)]]);
      await expect(executor.load(plan, state)).rejects.toThrow(`${name}: 3 values given`);
    }
  });
});
