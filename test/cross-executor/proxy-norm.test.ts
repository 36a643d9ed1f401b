import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import {
  type NetworkSpec,
  type NormSpec,
  proxyLayerNorm,
  type StageSpec,
} from "../../src/engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import type { Plan } from "../../src/engine/plan/plan.ts";
import { keepLength } from "../../src/engine/runtime/checks.ts";
import type { Executor, ModelState } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { executors } from "./executors.ts";

const common = { depth: 2, width: 20, stride: 2 };
const x: StageSpec = {
  block: "res_bottleneck",
  ...common,
  bottleneckRatio: 0.5,
  groupWidth: 5,
  seRatio: 0.25,
};
const mbconv: StageSpec = { block: "mbconv", ...common, expansion: 3, kernel: 5, seRatio: 0.25 };
const groupNorm: NormSpec = { type: "group", groupWidth: 5, epsilon: 1e-3, proxyEpsilon: 0.03 };

interface Case {
  readonly name: string;
  readonly stage: StageSpec;
  readonly norm: NormSpec;
  readonly activation: NetworkSpec["activation"];
  readonly stochasticDepth: boolean;
}

const cases: readonly Case[] = [false, true].flatMap((stochasticDepth) =>
  (
    [
      ["X, layer norm", x, proxyLayerNorm, "relu"],
      ["X, group norm", x, groupNorm, "silu"],
      ["MBConv, layer norm", mbconv, proxyLayerNorm, "silu"],
      ["MBConv, group norm", mbconv, groupNorm, "relu"],
    ] as const
  ).map(([name, stage, norm, activation]) => ({
    name: `${name}${stochasticDepth ? ", stochastic depth" : ""}`,
    stage,
    norm,
    activation,
    stochasticDepth,
  })),
);

const batch = 6;

function planOf({ stage, norm, activation, stochasticDepth }: Case): Plan {
  const spec: NetworkSpec = {
    version: 1,
    input: { height: 9, width: 9, channels: 2 },
    classes: 4,
    stem: { type: "small", width: 10 },
    stages: [stage],
    head: { width: 0 },
    activation,
    norm,
  };
  return compilePlan(buildGraph(spec, { stochasticDepth }), { batch, optimizer: defaultOptimizer });
}

/** Losses of three steps and of the evaluation that follows; each branch of an image is left out half of the time. */
async function lossesOf(executor: Executor, plan: Plan, state: ModelState): Promise<number[]> {
  const rng = createRng(4, "proxy norm");
  const session = await executor.load(plan, state);
  const images = Float32Array.from({ length: batch * 162 }, () => rng.normal());
  const targets = Float32Array.from({ length: batch * plan.classes }, (_, i) => (i % 5 === 0 ? 1 : 0));
  const values = { from: "values", images, targets } as const;
  const losses: number[] = [];
  for (let step = 0; step < 3; step++) {
    const keep = Float32Array.from({ length: keepLength(plan) }, () => (rng.float() < 0.5 ? 0 : 2));
    losses.push((await session.step(values, 0.05, keep)).lossSum);
  }
  losses.push((await session.evaluate(values)).lossSum);
  session.dispose();
  return losses;
}

/** What the reference finds in each case; every executor is held to it. */
const wanted = new Map<Case, number[]>();
beforeAll(async () => {
  const oracle = createReferenceExecutor();
  for (const each of cases) {
    const plan = planOf(each);
    wanted.set(each, await lossesOf(oracle, plan, initialState(plan, 3)));
  }
});

describe.each(executors)("$name trains proxy-normalized networks", ({ create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test.each(cases)("$name: losses of three steps are the reference's within 1e-5", async (each) => {
    const plan = planOf(each);
    expect(plan.drops).toHaveLength(each.stochasticDepth ? (each.stage.block === "mbconv" ? 1 : 2) : 0);
    const losses = await lossesOf(executor, plan, initialState(plan, 3));
    losses.forEach((loss, i) => {
      expect(Math.abs(loss / (wanted.get(each)?.[i] ?? Number.NaN) - 1)).toBeLessThan(1e-5);
    });
    expect(new Set(losses).size).toBe(4);
  });

  test("a step says how many factors it wants", async () => {
    const plan = planOf({ ...cases[0]!, stochasticDepth: true });
    const session = await executor.load(plan, initialState(plan, 3));
    const images = new Float32Array(batch * 162);
    const targets = new Float32Array(batch * plan.classes);
    const step = session.step({ from: "values", images, targets }, 0.1, new Float32Array(5));
    await expect(step).rejects.toThrow("keep: 5 factors given, 12 needed");
    session.dispose();
  });
});
