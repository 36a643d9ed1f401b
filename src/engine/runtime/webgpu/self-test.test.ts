import { expect, test } from "vitest";
import { buildGraph } from "../../graph/build.ts";
import { networkOf, smallImageFrame } from "../../network/frame.ts";
import type { StageSpec } from "../../network/spec.ts";
import type { KernelCall } from "../../plan/calls.ts";
import { compilePlan, defaultOptimizer } from "../../plan/compile.ts";
import type { Plan } from "../../plan/plan.ts";
import { ExecutorError, type ModelState } from "../executor.ts";
import { createReferenceExecutor } from "../reference/executor.ts";
import { type KernelFamily, LaterTests, laterFamilies, selfTest } from "./self-test.ts";

const frame = { ...smallImageFrame, input: { height: 8, width: 8, channels: 1 } } as const;
const stage = { depth: 1, width: 8, stride: 2 } as const;
const x = { ...stage, block: "res_bottleneck", bottleneckRatio: 1, groupWidth: 4 } as const;
const mb = { ...stage, block: "mbconv", expansion: 2, kernel: 3 } as const;

function planOf(last: StageSpec): Plan {
  return compilePlan(buildGraph(networkOf(frame, [last])), { batch: 2, optimizer: defaultOptimizer });
}

const plans = {
  x: planOf({ ...x, seRatio: 0 }),
  y: planOf({ ...x, seRatio: 0.25 }),
  mb: planOf({ ...mb, seRatio: 0 }),
  mbWithSqueeze: planOf({ ...mb, seRatio: 0.25 }),
};

/** Whether a call is one of the family's, by what a driver would see of it. */
const callOf: Readonly<Record<KernelFamily, (call: KernelCall) => boolean>> = {
  blocks: ({ op }) => op === "conv2d",
  squeeze: ({ op }) => op === "squeezeExcite",
  depthwise: (call) =>
    call.op === "conv2d" && call.attrs.groups === call.attrs.channels && call.attrs.groups > 1,
};

/** The reference, but calls of a family use parameters that are a hundredth too large. Counts what it loads. */
function wrongIn(family: KernelFamily | undefined) {
  const reference = createReferenceExecutor();
  const loaded: Plan[] = [];
  const load = (plan: Plan, state: ModelState) => {
    loaded.push(plan);
    const calls = plan.train.filter((call) => family !== undefined && callOf[family](call));
    const read = new Set(calls.flatMap((call) => Object.values<unknown>(call.in)));
    const names = new Set(plan.parameters.filter(({ tensor }) => read.has(tensor)).map(({ name }) => name));
    const spoiled = [...state].map(([name, values]) => {
      return [name, names.has(name) ? values.map((value) => 1.01 * value) : values] as const;
    });
    return reference.load(plan, new Map(spoiled));
  };
  return { executor: { device: "test adapter", load }, loaded };
}

test.each([
  ["x", []],
  ["y", ["squeeze"]],
  ["mb", ["depthwise"]],
  ["mbWithSqueeze", ["depthwise", "squeeze"]],
] as const)("a plan of %s needs %j beyond what all networks do", (name, families) => {
  expect([...laterFamilies(plans[name])].toSorted()).toEqual(families);
});

test.each(["blocks", "squeeze", "depthwise"] as const)(
  "of an executor wrong in %s only that family's test fails",
  async (wrong) => {
    const { executor } = wrongIn(wrong);
    const others = (["squeeze", "depthwise"] as const).filter((family) => family !== wrong);
    // What all networks have the other families' networks have, too.
    if (wrong !== "blocks") await selfTest(executor, ["blocks", ...others]);
    await expect(selfTest(executor, [wrong])).rejects.toThrow(/^test adapter computes wrong: losses of/);
    await expect(selfTest(executor)).rejects.toMatchObject({ code: "wrong" });
  },
);

test("a wrong family is told when a plan first needs it, and each time after; others are taken", async () => {
  const { executor, loaded } = wrongIn("depthwise");
  const tests = new LaterTests(executor);
  await tests.before(plans.x);
  expect(loaded).toHaveLength(0);
  await tests.before(plans.y);
  expect(loaded).toHaveLength(1);
  for (const plan of [plans.mb, plans.mbWithSqueeze, plans.mb])
    await expect(tests.before(plan)).rejects.toThrow("a test network of depthwise convolutions");
  await tests.before(plans.y);
  // Each family once.
  expect(loaded).toHaveLength(2);
});

test("a family whose kernels the driver refuses is as one that computes wrong: the adapter is not used for it", async () => {
  const { executor, loaded } = wrongIn(undefined);
  const tests = new LaterTests({
    ...executor,
    load: async (plan, state) => {
      await executor.load(plan, state);
      throw new ExecutorError("unsupported", "the GPU does not take the kernel conv2d depthwise");
    },
  });
  for (const plan of [plans.mb, plans.mbWithSqueeze])
    await expect(tests.before(plan)).rejects.toMatchObject({
      code: "wrong",
      message:
        "test adapter cannot train a test network of depthwise convolutions: the GPU does not take the kernel conv2d depthwise",
    });
  expect(loaded).toHaveLength(1);
});

test("a test without a verdict, its device having failed, is made again", async () => {
  const { executor, loaded } = wrongIn(undefined);
  let failures = 1;
  const tests = new LaterTests({
    ...executor,
    load: async (plan, state) => {
      if (failures-- > 0) throw new RangeError("no memory just now");
      return executor.load(plan, state);
    },
  });
  await expect(tests.before(plans.mb)).rejects.toThrow("no memory");
  await tests.before(plans.mb);
  expect(loaded).toHaveLength(1);
});
