import { expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { defaultNorm, type NetworkSpec } from "../../src/engine/network/spec.ts";
import { writesOf } from "../../src/engine/plan/calls.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { allFusions, type Fusions, noFusions } from "../../src/engine/plan/fusion.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { executors } from "./executors.ts";

const spec: NetworkSpec = {
  version: 1,
  input: { height: 8, width: 8, channels: 1 },
  classes: 4,
  stem: { type: "small", width: 8 },
  stages: [
    {
      block: "res_bottleneck",
      depth: 2,
      width: 16,
      stride: 2,
      bottleneckRatio: 1,
      groupWidth: 8,
      seRatio: 0,
    },
    {
      block: "res_bottleneck",
      depth: 2,
      width: 16,
      stride: 2,
      bottleneckRatio: 1,
      groupWidth: 8,
      seRatio: 0.25,
    },
    { block: "mbconv", depth: 2, width: 16, stride: 1, expansion: 2, kernel: 3, seRatio: 0 },
  ],
  head: { width: 0 },
  activation: "relu",
  norm: defaultNorm,
};

const each = Object.keys(allFusions).map((name) => [name, { ...allFusions, [name]: false }] as const);

// Rectified or swish: the first norms its convolutions' input as they read, the second stores it.
test.each([
  ["all fusions", allFusions],
  ["norms alone", { ...noFusions, norms: true }],
  ...each.map(([name, fusions]) => [`all but ${name}`, fusions] as const),
] as const)(
  "%s: three steps and an evaluation give the losses of none to 1e-12 in double precision",
  async (_name, fusions) => {
    for (const activation of ["relu", "silu"] as const) {
      const separate = await losses({ ...spec, activation }, noFusions);
      const fused = await losses({ ...spec, activation }, fusions);
      for (const [i, loss] of fused.entries())
        expect(Math.abs(loss - (separate[i] ?? Number.NaN))).toBeLessThan(1e-12 * Math.abs(loss));
    }
  },
);

test("between two convolutions nothing normalized is stored", () => {
  const plan = compilePlan(buildGraph(spec), { batch: 4, optimizer: defaultOptimizer, fuse: allFusions });
  const stored = plan.train.flatMap(writesOf).map((id) => plan.tensors[id]?.name);
  expect(stored).toContain("s1.b1.f.a");
  expect(stored.filter((name) => name?.startsWith("s1.b1.f.a") && name?.endsWith("relu"))).toEqual([]);
  expect(plan.train.filter(({ op }) => op === "batchNormStats" || op === "batchNormInputGrad")).toEqual([]);
});

// The default leaves some fusions out; executors have them all the same.
test.each(executors)("$name: all fusions and none give the same losses to 1e-5", async ({ create }) => {
  const executor = await create();
  const [fused = [], separate = []] = [
    await losses(spec, allFusions, executor),
    await losses(spec, noFusions, executor),
  ];
  for (const [i, loss] of fused.entries())
    expect(Math.abs(loss - (separate[i] ?? Number.NaN))).toBeLessThan(1e-5 * Math.abs(loss));
  await executor.dispose();
});

async function losses(
  network: NetworkSpec,
  fusions: Fusions,
  executor: Executor = createReferenceExecutor(),
): Promise<number[]> {
  const batch = 4;
  const rng = createRng(5, "fusion");
  const values = (length: number) => Float64Array.from({ length }, () => 0.3 * rng.normal());
  const plan = compilePlan(buildGraph(network), { batch, optimizer: defaultOptimizer, fuse: fusions });
  const lengthOf = (tensor: number) => plan.tensors[tensor]?.length ?? 0;
  const named = [...plan.parameters, ...plan.statistics];
  const state = new Map(named.map(({ name, tensor }) => [name, values(lengthOf(tensor)).map((x) => 1 + x)]));
  const images = values(lengthOf(plan.kept.images));
  const targets = new Float64Array(batch * network.classes);
  for (let n = 0; n < batch; n++) targets[n * network.classes + (n % network.classes)] = 1;
  const session = await executor.load(plan, state);
  const run: number[] = [];
  for (let step = 0; step < 3; step++)
    run.push((await session.step({ from: "values", images, targets }, 0.05)).lossSum);
  run.push((await session.evaluate({ from: "values", images, targets })).lossSum);
  return run;
}
